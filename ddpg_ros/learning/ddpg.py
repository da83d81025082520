"""Deep Deterministic Policy Gradient.

Lillicrap et al. 2015, "Continuous control with deep reinforcement learning", Algorithm 1,
https://arxiv.org/abs/1509.02971; with Fujimoto et al. 2018, "Addressing function approximation
error in actor-critic methods" (TD3), https://arxiv.org/abs/1802.09477, where the configuration
says so.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ddpg_ros.contract.action import SATURATED
from ddpg_ros.errors import TrainingDiverged
from ddpg_ros.learning.compute.adam import Adam
from ddpg_ros.learning.compute.parameters import Parameters
from ddpg_ros.learning.compute.partner import Alone, Task
from ddpg_ros.learning.compute.perceptron import Perceptron
from ddpg_ros.learning.compute.precision import operand_type
from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.networks import Actor, Critic
from ddpg_ros.learning.normaliser import ObservationNormaliser
from ddpg_ros.learning.replay import Batch


class UpdateReport(NamedTuple):
    """What one update measured.

    Args:
        critic_loss: Mean squared error of the critic against its target, over all critics.
        actor_loss: Minus the mean value of the actor's own actions.
        q: Mean value of the actions in the batch.
        saturation: Fraction of the actor's action elements beyond ``SATURATED``.
    """

    critic_loss: float
    actor_loss: float
    q: float
    saturation: float


class Ddpg:
    """Actor, critics, a slow target of each, and the update that trains them.

    Args:
        observation_size: n.
        action_size: m.
        config: Learning rates, discount, network shape and so on.
        device: Where the networks live.
        partner: Does the actor's share of an update, in this process or beside it.

    Attributes:
        updates: How many there have been.
    """

    def __init__(
        self,
        observation_size: int,
        action_size: int,
        config: DdpgConfig,
        device: torch.device | str = "cpu",
        partner: Alone | None = None,
    ) -> None:
        self.config = config
        self.device = torch.device(device)
        self._partner = partner or Alone(self.device)
        self.updates = 0
        sizes = (observation_size, action_size, config.hidden_sizes)
        self.normaliser = ObservationNormaliser(observation_size, config.normalise_observations)
        self.normaliser.to(self.device)

        self.actor = Actor(*sizes).to(self.device)
        critics = [Critic(*sizes, config.layer_norm) for _ in range(config.critics)]
        self.critics = nn.ModuleList(critics).to(self.device)
        self.target_actor = copy.deepcopy(self.actor).requires_grad_(False)
        target_critics = copy.deepcopy(critics)
        self.target_critics = nn.ModuleList(target_critics).requires_grad_(False)

        allocate, dtype = self._partner.allocate, operand_type(config, self.device)
        self._mu_weights = Parameters(self.actor, dtype, allocate)
        self._q_weights = Parameters(self.critics, dtype, allocate)
        self._target_mu_weights = Parameters(self.target_actor, dtype, allocate)
        self._target_q_weights = Parameters(self.target_critics, dtype, allocate)
        self._mu = Perceptron(self.actor.body, self._mu_weights, exact=False)
        self._target_mu = Perceptron(self.target_actor.body, self._target_mu_weights, exact=False)
        self._q = [Perceptron(critic.body, self._q_weights) for critic in critics]
        self._target_q = [
            Perceptron(critic.body, self._target_q_weights) for critic in target_critics
        ]
        longest = config.max_grad_norm
        self._mu_adam = Adam(self._mu_weights, config.actor_lr, 0.0, longest, allocate)
        self._q_adam = Adam(
            self._q_weights, config.critic_lr, config.weight_decay, longest, allocate
        )
        count = config.batch_size * action_size
        self._next_actions = allocate(count, torch.float32).view(-1, action_size)
        self._actor_report = allocate(2, torch.float32)
        self._partner.tasks = self.actor_tasks()

    @torch.inference_mode()
    def act(self, observations: np.ndarray) -> np.ndarray:
        """Noise-free actions in [-1, 1], ``(batch, m)``, for ``(batch, n)`` in SI units."""
        inputs = torch.as_tensor(observations, dtype=torch.float32, device=self.device)
        actions: np.ndarray = self.actor.forward(self.normaliser.forward(inputs)).cpu().numpy()
        return actions

    @torch.inference_mode()
    def value(self, observations: np.ndarray, actions: np.ndarray) -> np.ndarray:
        """Q(s, a), ``(batch,)``, of actions ``(batch, m)`` in [-1, 1], by the first critic."""
        states = torch.as_tensor(observations, dtype=torch.float32, device=self.device)
        taken = torch.as_tensor(actions, dtype=torch.float32, device=self.device)
        values: np.ndarray = self.critics[0](self.normaliser(states), taken).cpu().numpy()
        return values

    @torch.inference_mode()
    def update(
        self,
        batch: Batch,
        meanwhile: Callable[[], None] | None = None,
        measured: bool = True,
    ) -> None:
        """Learn from one batch: Algorithm 1, from "Set y_i" to the end of the inner loop.

        Both gradients are taken at the same weights, so that they can be found side by side.

        Args:
            batch: What to learn from.
            meanwhile: Called when the partner has begun and this process has not.
            measured: Whether :meth:`measure` may be called for this update.
        """
        config, partner = self.config, self._partner
        normalise = self.normaliser.forward
        s, next_s = partner.share(normalise(batch.observations), normalise(batch.next_observations))
        self.look_at(s, next_s)
        next_actions = partner.begin(self.find_next_actions)
        moves_actor = self.updates % config.policy_delay == 0
        actor_gradient = 0
        if moves_actor or measured:
            actor_gradient = partner.begin(self.find_actor_gradient)
        if measured:
            actor_gradient = partner.begin(self.measure_actor)
        if meanwhile is not None:
            meanwhile()

        # y = r + gamma Q'(s', mu'(s')), and y = r where the episode ended by itself.
        partner.finish(next_actions)
        next_a = self._smooth(self._next_actions[: len(s)])
        next_q = self._target_value(torch.cat((next_s, next_a), 1))
        discount = (1 - batch.terminated[:, None]).mul_(config.gamma)
        y = torch.addcmul(batch.rewards[:, None], discount, next_q)

        # The critic minimises the mean of (Q(s, a) - y)^2.
        inputs = torch.cat((s, batch.actions), 1)
        q, traces = zip(*(critic.forward(inputs) for critic in self._q), strict=True)
        errors = [value - y for value in q]
        for critic, trace, error in zip(self._q, traces, errors, strict=True):
            critic.backward(trace, error * (2 / len(y)))

        partner.finish(actor_gradient)
        actor_step = partner.begin(self.step_actor) if moves_actor else 0
        self._q_adam.step()
        # theta' <- tau theta + (1 - tau) theta'
        self._target_q_weights.follow(self._q_weights, config.tau)
        partner.finish(actor_step)
        self.updates += 1
        if measured:
            self._latest = batch, errors, q[0]

    def measure(self) -> UpdateReport:
        """What the latest update that was ``measured`` found.

        Raises:
            TrainingDiverged: A loss is not finite; the networks are no longer to be trusted.
        """
        batch, errors, q = self._latest
        critic_loss, value = torch.stack(errors).square().mean().item(), q.mean().item()
        actor_loss, saturation = self._actor_report.tolist()
        report = UpdateReport(critic_loss, actor_loss, value, saturation)
        if not (math.isfinite(report.critic_loss) and math.isfinite(report.actor_loss)):
            raise TrainingDiverged(
                f"the critic's loss is {report.critic_loss}, the actor's {report.actor_loss}; "
                "both must be finite. Try smaller learning rates, max_grad_norm=1 or a smaller "
                "tau.",
                batch._asdict(),
            )
        return report

    @torch.inference_mode()
    def find_next_actions(self) -> None:
        """What the target actor would do next, mu'(s')."""
        outputs, _ = self._target_mu.forward(self._next_s)
        torch.tanh(outputs, out=self._next_actions[: len(outputs)])

    @torch.inference_mode()
    def find_actor_gradient(self) -> None:
        """The gradient of minus the mean of Q(s, mu(s)) by the actor's weights alone."""
        s, n = self._s, self._s.shape[1]
        outputs, actor_trace = self._mu.forward(s)
        actions = outputs.tanh_()
        hidden, critic_trace = self._q[0].hidden(torch.cat((s, actions), 1))
        by_action = self._q[0].input_gradient(critic_trace, len(s))[:, n:]
        slope = (1 - actions * actions).mul_(-1 / len(s))
        self._mu.backward(actor_trace, by_action * slope)
        self._ascended = hidden, actions

    @torch.inference_mode()
    def step_actor(self) -> None:
        """One step of the actor; its target follows."""
        self._mu_adam.step()
        self._target_mu_weights.follow(self._mu_weights, self.config.tau)

    @torch.inference_mode()
    def measure_actor(self) -> None:
        """Report the actor's loss, and how many of its actions are at their ends."""
        hidden, actions = self._ascended
        self._actor_report[0] = -self._q[0].outputs(hidden).mean()
        self._actor_report[1] = (actions.abs() > SATURATED).float().mean()

    def actor_tasks(self) -> list[Task]:
        """The actor's share of an update."""
        return [
            self.find_next_actions,
            self.find_actor_gradient,
            self.step_actor,
            self.measure_actor,
        ]

    def look_at(self, observations: Tensor, next_observations: Tensor) -> None:
        """Where the actor's share finds the batch: normalised, ``(batch, n)``."""
        self._s, self._next_s = observations, next_observations

    def state(self) -> dict[str, Any]:
        """Everything :meth:`restore` needs: networks, optimisers, normaliser."""
        networks = {name: network.state_dict() for name, network in self._networks()}
        return {
            **networks,
            "actor_optimiser": self._mu_adam.state(),
            "critic_optimiser": self._q_adam.state(),
            "updates": self.updates,
            "normaliser": self.normaliser.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what :meth:`state` returned."""
        for name, network in self._networks():
            network.load_state_dict(state[name])
        self._mu_adam.restore(state["actor_optimiser"])
        self._q_adam.restore(state["critic_optimiser"])
        self.updates = state["updates"]
        self.normaliser.restore(state["normaliser"])
        self.refresh()

    def refresh(self) -> None:
        """Call after writing to a network's weights from outside."""
        for weights in self._weights():
            weights.refresh()

    def is_finite(self) -> bool:
        """Whether every weight of every network is finite."""
        return all(bool(weights.values.isfinite().all()) for weights in self._weights())

    def _networks(self) -> list[tuple[str, nn.Module]]:
        names = ("actor", "critics", "target_actor", "target_critics")
        return [(name, getattr(self, name)) for name in names]

    def _weights(self) -> tuple[Parameters, ...]:
        return (
            self._mu_weights,
            self._q_weights,
            self._target_mu_weights,
            self._target_q_weights,
        )

    def _smooth(self, actions: Tensor) -> Tensor:
        """Actions with clipped noise: similar ones shall have similar values (TD3, 5.3)."""
        config = self.config
        if config.target_noise_std == 0:
            return actions
        limit = config.target_noise_clip
        noise = (torch.randn_like(actions) * config.target_noise_std).clamp_(-limit, limit)
        return (actions + noise).clamp_(-1, 1)

    def _target_value(self, inputs: Tensor) -> Tensor:
        """The target critic's values ``(batch, 1)``, the smaller of two (TD3, 4.2)."""
        values = [critic.forward(inputs)[0] for critic in self._target_q]
        return values[0] if len(values) == 1 else torch.minimum(*values)
