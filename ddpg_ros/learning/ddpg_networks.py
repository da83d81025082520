"""The networks of DDPG together: what acts, what judges, and what is kept of them."""

from __future__ import annotations

import copy
from itertools import zip_longest
from typing import Any

import numpy as np
import torch
from torch import nn

from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.networks import Actor, Critic
from ddpg_ros.learning.normaliser import ObservationNormaliser


class DdpgNetworks(nn.Module):
    """Actor, critics, and a slow target of each.

    With ``batch_norm`` critics have no targets, and :attr:`target_critics` is empty.

    Args:
        observation_size: n.
        action_size: m.
        config: Shape of the networks, and which of them there are.

    Attributes:
        flown_actor: The policy that is judged and exported: an average of actors, or the actor.
        normaliser: What scales observations for all of them.
    """

    def __init__(self, observation_size: int, action_size: int, config: DdpgConfig) -> None:
        super().__init__()
        sizes = (observation_size, action_size, config.hidden_sizes)
        self.normaliser = ObservationNormaliser(observation_size, config.normalise_observations)

        self.actor = Actor(*sizes, config.batch_norm)
        norms = config.layer_norm, config.batch_norm
        self._critics = [Critic(*sizes, *norms) for _ in range(config.critics)]
        self.critics = nn.ModuleList(self._critics)
        self.target_actor = copy.deepcopy(self.actor).requires_grad_(False)
        self._target_critics = [] if config.batch_norm else copy.deepcopy(self._critics)
        self.target_critics = nn.ModuleList(self._target_critics).requires_grad_(False)
        self.flown_actor = self.actor
        if config.policy_average < 1:
            self.flown_actor = copy.deepcopy(self.actor).requires_grad_(False)

    def pairs(self) -> list[tuple[Critic, Critic | None]]:
        """Each critic and its target, if it has one."""
        return list(zip_longest(self._critics, self._target_critics))

    @torch.inference_mode()
    def act(self, observations: np.ndarray) -> np.ndarray:
        """Noise-free actions in [-1, 1], ``(batch, m)``, for ``(batch, n)`` in SI units."""
        return self._actions(self.actor, observations)

    @torch.inference_mode()
    def fly(self, observations: np.ndarray) -> np.ndarray:
        """Those of the policy that is judged and exported."""
        return self._actions(self.flown_actor, observations)

    @torch.inference_mode()
    def value(self, observations: np.ndarray, actions: np.ndarray) -> np.ndarray:
        """Q(s, a), ``(batch,)``, of actions ``(batch, m)`` in [-1, 1], by the first critic."""
        states = self.normaliser(self._tensor(observations))
        values: np.ndarray = self.critics[0](states, self._tensor(actions)).cpu().numpy()
        return values

    def state(self) -> dict[str, Any]:
        """Everything :meth:`restore` needs."""
        networks = {name: network.state_dict() for name, network in self._trained()}
        return {**networks, "normaliser": self.normaliser.state()}

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what :meth:`state` returned."""
        for name, network in self._trained():
            network.load_state_dict(state[name])
        self.normaliser.restore(state["normaliser"])

    def _trained(self) -> list[tuple[str, nn.Module]]:
        """By name; an actor that is flown itself is there once."""
        return [(n, child) for n, child in self.named_children() if child is not self.normaliser]

    def _actions(self, actor: Actor, observations: np.ndarray) -> np.ndarray:
        states = self.normaliser.forward(self._tensor(observations))
        actions: np.ndarray = actor.forward(states).cpu().numpy()
        return actions

    def _tensor(self, values: np.ndarray) -> torch.Tensor:
        return torch.as_tensor(values, dtype=torch.float32, device=self.normaliser.mean.device)
