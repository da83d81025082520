"""Deep Deterministic Policy Gradient.

Lillicrap et al. 2015, "Continuous control with deep reinforcement learning", Algorithm 1,
https://arxiv.org/abs/1509.02971; with Fujimoto et al. 2018, "Addressing function approximation
error in actor-critic methods" (TD3), https://arxiv.org/abs/1802.09477, where the configuration
says so, or Bhatt et al. 2024, "CrossQ: Batch Normalization in Deep Reinforcement Learning for
Greater Sample Efficiency and Simplicity", https://arxiv.org/abs/1902.05605.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from ddpg_ros.errors import TrainingDiverged
from ddpg_ros.learning.actor_learner import ActorLearner
from ddpg_ros.learning.compute.adam import Adam, StepSize
from ddpg_ros.learning.compute.parameters import Parameters
from ddpg_ros.learning.compute.partner import Alone
from ddpg_ros.learning.compute.perceptron import Perceptron
from ddpg_ros.learning.compute.precision import operand_type
from ddpg_ros.learning.compute.shared_batch import SharedBatch
from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.critic_learner import CriticLearner
from ddpg_ros.learning.ddpg_networks import DdpgNetworks
from ddpg_ros.learning.replay import Batch
from ddpg_ros.learning.update_report import UpdateReport

_NOTHING: Iterator[None] = iter(())


class Ddpg:
    """The networks, and the update that trains them.

    Args:
        observation_size: n.
        action_size: m.
        config: Learning rates, discount, network shape and so on.
        device: Where the networks live.
        partner: Does shares of an update, in this process or beside it.

    Attributes:
        networks: Actor, critics, and a slow target of each.
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
        self.config, self.updates = config, 0
        device = torch.device(device)
        self.networks = DdpgNetworks(observation_size, action_size, config).to(device)
        self._partner = partner or Alone(device)

        allocate, dtype = self._partner.allocate, operand_type(config, device)
        self._batch = SharedBatch(config.batch_size, observation_size, action_size, allocate)
        self._q_weights = Parameters(self.networks.critics, dtype, allocate)
        self._target_q_weights = Parameters(self.networks.target_critics, dtype, allocate)
        pairs = self.networks.pairs()
        self._critic_learners = [
            CriticLearner(
                Perceptron(critic.body, self._q_weights, training=True),
                None if target is None else Perceptron(target.body, self._target_q_weights),
                self._batch,
                config.loss_power,
                allocate,
            )
            for critic, target in pairs
        ]
        rate, longest = config.critic_lr, config.max_grad_norm
        step_size = StepSize(rate, rate * config.lr_final, config.updates())
        self._q_adam = Adam(
            self._q_weights, step_size, config.adam_beta1, config.weight_decay, longest, allocate
        )
        first, _ = pairs[0]
        critic = Perceptron(first.body, self._q_weights)
        self._actor_learner = ActorLearner(
            self.networks, critic, self._batch, config, dtype, allocate
        )
        self._partner.tasks = [
            *self._actor_learner.tasks,
            *(task for learner in self._critic_learners for task in learner.tasks),
        ]

    @torch.inference_mode()
    def update(
        self,
        batch: Batch,
        act: Callable[[], None] | None = None,
        meanwhile: Iterator[None] = _NOTHING,
        measured: bool = True,
    ) -> None:
        """Learn from one batch: Algorithm 1, from "Set y_i" to the end of the inner loop.

        Both gradients are taken at the same weights, so that they can be found side by side.

        Args:
            batch: What to learn from.
            act: Called when the partner has begun, and before a weight changes.
            meanwhile: Work in pieces, done after ``act`` where this process would wait for the
                partner. What there was no time for is left.
            measured: Whether :meth:`measure` may be called for this update.
        """
        config, partner = self.config, self._partner
        actor, critics, shared = self._actor_learner, self._critic_learners, self._batch
        if len(shared) != len(batch.rewards):
            shared.resize(len(batch.rewards))
        normaliser = self.networks.normaliser
        shared.s.copy_(normaliser.forward(batch.observations))
        shared.a.copy_(batch.actions)
        shared.next_s.copy_(normaliser.forward(batch.next_observations))
        next_actions = partner.begin(actor.find_next_actions)
        moves_actor = self.updates % config.policy_delay == 0
        actor_gradient = actor_step = 0
        if moves_actor or measured:
            actor_gradient = partner.begin(actor.find_gradient)
        if measured:
            actor_gradient = partner.begin(actor.measure)
        if act is not None:
            act()
        if moves_actor:
            actor_step = partner.begin(actor.step)
        partner.meanwhile = meanwhile
        partner.finish(next_actions)

        # y = r + gamma Q'(s', mu'(s')), and y = r where the episode ended by itself.
        self._smooth(shared.next_a)
        partner.side_by_side([critic.find_values for critic in critics])
        # The smaller of two values (TD3, 4.2).
        next_q = functools.reduce(torch.minimum, [critic.next_q for critic in critics])
        discount = (1 - batch.terminated[:, None]).mul_(config.gamma)
        torch.addcmul(batch.rewards[:, None], discount, next_q, out=shared.y)

        # The critic minimises the mean of (Q(s, a) - y)^2.
        partner.side_by_side([critic.find_gradient for critic in critics])

        partner.finish(actor_gradient)
        self._q_adam.step()
        if config.batch_norm:
            partner.side_by_side([critic.gather for critic in critics])
        else:
            # theta' <- tau theta + (1 - tau) theta'
            self._target_q_weights.follow(self._q_weights, config.tau)
        partner.finish(actor_step)
        partner.meanwhile = _NOTHING
        self.updates += 1
        if measured:
            errors = torch.stack([critic.q - shared.y for critic in critics])
            self._latest = batch, errors, critics[0].q.mean()

    def measure(self) -> UpdateReport:
        """What the latest update that was ``measured`` found.

        Raises:
            TrainingDiverged: A loss is not finite; the networks are no longer to be trusted.
        """
        batch, errors, q = self._latest
        critic_loss, value = errors.square().mean().item(), q.item()
        actor_loss, saturation = self._actor_learner.report.tolist()
        report = UpdateReport(critic_loss, actor_loss, value, saturation)
        if not (math.isfinite(report.critic_loss) and math.isfinite(report.actor_loss)):
            raise TrainingDiverged(
                f"the critic's loss is {report.critic_loss}, the actor's {report.actor_loss}; "
                "both must be finite. Try smaller learning rates, max_grad_norm=1 or a smaller "
                "tau.",
                batch._asdict(),
            )
        return report

    def state(self) -> dict[str, Any]:
        """Everything :meth:`restore` needs: networks, optimisers, normaliser."""
        return {
            **self.networks.state(),
            "actor_optimiser": self._actor_learner.adam.state(),
            "critic_optimiser": self._q_adam.state(),
            "updates": self.updates,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what :meth:`state` returned."""
        self.networks.restore(state)
        self._actor_learner.adam.restore(state["actor_optimiser"])
        self._q_adam.restore(state["critic_optimiser"])
        self.updates = state["updates"]
        self.refresh()

    def refresh(self) -> None:
        """Call after writing to a network's weights from outside."""
        for weights in self._weights():
            weights.refresh()

    def is_finite(self) -> bool:
        """Whether every weight of every network is finite."""
        return all(bool(weights.everything.isfinite().all()) for weights in self._weights())

    def _weights(self) -> tuple[Parameters, ...]:
        actor = self._actor_learner
        followers = actor.target_weights, actor.average_weights, self._target_q_weights
        return (actor.weights, self._q_weights, *followers)

    def _smooth(self, actions: Tensor) -> None:
        """Put clipped noise on actions: similar ones shall have similar values (TD3, 5.3)."""
        config = self.config
        if config.target_noise_std > 0:
            limit = config.target_noise_clip
            noise = (torch.randn_like(actions) * config.target_noise_std).clamp_(-limit, limit)
            actions.add_(noise).clamp_(-1, 1)
