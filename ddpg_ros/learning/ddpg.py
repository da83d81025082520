"""Deep Deterministic Policy Gradient.

Lillicrap et al. 2015, "Continuous control with deep reinforcement learning", Algorithm 1,
https://arxiv.org/abs/1509.02971.
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ddpg_ros.contract.action import SATURATED
from ddpg_ros.errors import TrainingDiverged
from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.networks import Actor, Critic
from ddpg_ros.learning.normaliser import ObservationNormaliser
from ddpg_ros.learning.replay import Batch


@dataclass(frozen=True)
class UpdateReport:
    """What one update measured.

    Args:
        critic_loss: Mean squared error of the critic against its target.
        actor_loss: Minus the mean value of the actor's own actions.
        q: Mean value of the actions in the batch.
        saturation: Fraction of the actor's action elements beyond ``SATURATED``.
    """

    critic_loss: float
    actor_loss: float
    q: float
    saturation: float


class Ddpg:
    """Four networks and the update that trains two of them.

    Args:
        observation_size: n.
        action_size: m.
        config: Learning rates, discount, network shape and so on.
        device: Where the networks live.
    """

    def __init__(
        self,
        observation_size: int,
        action_size: int,
        config: DdpgConfig,
        device: torch.device | str = "cpu",
    ) -> None:
        self.config = config
        self.device = torch.device(device)
        sizes = (observation_size, action_size, config.hidden_sizes)
        self.normaliser = ObservationNormaliser(observation_size, config.normalise_observations)
        self.normaliser.to(self.device)
        self.actor = Actor(*sizes).to(self.device)
        self.critic = Critic(*sizes).to(self.device)
        self.target_actor = copy.deepcopy(self.actor).requires_grad_(False)
        self.target_critic = copy.deepcopy(self.critic).requires_grad_(False)
        self.actor_optimiser = torch.optim.Adam(
            self.actor.parameters(), lr=config.actor_lr, fused=True
        )
        self.critic_optimiser = torch.optim.Adam(
            self.critic.parameters(),
            lr=config.critic_lr,
            weight_decay=config.weight_decay,
            fused=True,
        )

    @torch.no_grad()
    def act(self, observations: np.ndarray) -> np.ndarray:
        """Noise-free actions in [-1, 1], ``(batch, m)``, for ``(batch, n)`` in SI units."""
        inputs = torch.as_tensor(observations, dtype=torch.float32, device=self.device)
        actions: np.ndarray = self.actor(self.normaliser(inputs)).cpu().numpy()
        return actions

    @torch.no_grad()
    def value(self, observations: np.ndarray, actions: np.ndarray) -> np.ndarray:
        """Q(s, a), ``(batch,)``, of actions ``(batch, m)`` in [-1, 1]."""
        states = torch.as_tensor(observations, dtype=torch.float32, device=self.device)
        taken = torch.as_tensor(actions, dtype=torch.float32, device=self.device)
        values: np.ndarray = self.critic(self.normaliser(states), taken).cpu().numpy()
        return values

    def update(self, batch: Batch) -> UpdateReport:
        """Learn from one batch: Algorithm 1, from "Set y_i" to the end of the inner loop.

        Raises:
            TrainingDiverged: A loss is not finite; the networks are no longer to be trusted.
        """
        s = self.normaliser(batch.observations)
        next_s = self.normaliser(batch.next_observations)

        # y = r + gamma Q'(s', mu'(s')), and y = r where the episode ended by itself.
        with torch.no_grad():
            next_q = self.target_critic(next_s, self.target_actor(next_s))
            y = batch.rewards + self.config.gamma * (1 - batch.terminated) * next_q

        # The critic minimises the mean of (y - Q(s, a))^2.
        q = self.critic(s, batch.actions)
        critic_loss = F.mse_loss(q, y)
        self._descend(critic_loss, self.critic, self.critic_optimiser)

        # The actor ascends the mean of Q(s, mu(s)); only its own weights move.
        actions = self.actor(s)
        actor_loss = -self.critic(s, actions).mean()
        self._descend(actor_loss, self.actor, self.actor_optimiser)

        # theta' <- tau theta + (1 - tau) theta'
        _follow(self.target_actor, self.actor, self.config.tau)
        _follow(self.target_critic, self.critic, self.config.tau)

        saturation = (actions.detach().abs() > SATURATED).float().mean()
        report = UpdateReport(
            critic_loss.item(), actor_loss.item(), q.detach().mean().item(), saturation.item()
        )
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
        state = {name: part.state_dict() for name, part in self._parts().items()}
        return {**state, "normaliser": self.normaliser.state()}

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what :meth:`state` returned."""
        for name, part in self._parts().items():
            part.load_state_dict(state[name])
        self.normaliser.restore(state["normaliser"])

    def is_finite(self) -> bool:
        """Whether every weight of every network is finite."""
        networks = (self.actor, self.critic, self.target_actor, self.target_critic)
        return all(bool(p.isfinite().all()) for net in networks for p in net.parameters())

    def _parts(self) -> dict[str, Any]:
        return {
            "actor": self.actor,
            "critic": self.critic,
            "target_actor": self.target_actor,
            "target_critic": self.target_critic,
            "actor_optimiser": self.actor_optimiser,
            "critic_optimiser": self.critic_optimiser,
        }

    def _descend(self, loss: Tensor, network: nn.Module, optimiser: torch.optim.Optimizer) -> None:
        parameters = list(network.parameters())
        gradients = torch.autograd.grad(loss, parameters)
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.grad = gradient
        if self.config.max_grad_norm > 0:
            nn.utils.clip_grad_norm_(parameters, self.config.max_grad_norm)
        optimiser.step()


@torch.no_grad()
def _follow(target: nn.Module, network: nn.Module, tau: float) -> None:
    """Move ``target`` the share ``tau`` of the way to ``network``."""
    followers: list[Tensor] = list(target.parameters())
    leaders: list[Tensor] = list(network.parameters())
    torch._foreach_lerp_(followers, leaders, tau)
