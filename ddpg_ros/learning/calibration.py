"""How far two critics are mistrusted, by what their values came to.

Dorka et al. 2021, "Adaptively Calibrated Critic Estimates for Deep Reinforcement Learning",
https://arxiv.org/abs/2111.12673.
"""

from __future__ import annotations

import numpy as np

from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.ddpg import Ddpg
from ddpg_ros.learning.replay import Batch, ReplayBuffer

_INTERVAL = 1_000
"""Steps from one adjustment to the next."""

_LATEST = 5_000
"""Steps whose returns are compared: those of the policy of now, or of not long ago."""

_LARGEST = 0.03
"""Adjustment where every value is too high, or every one too low."""


class Calibration:
    """Compares values with returns, and adjusts how near a target is to the smaller of two values.

    Args:
        ddpg: Whose critics, and whose ``pessimism``.
        replay: Where the latest steps are found.
        config: Discount, and the number of agents.
    """

    def __init__(self, ddpg: Ddpg, replay: ReplayBuffer, config: DdpgConfig) -> None:
        self._ddpg, self._replay = ddpg, replay
        self._gamma, self._agents = config.gamma, config.num_envs

    def adjust_if_due(self, step: int) -> None:
        """Adjust if the agents' latest step was the first of an interval."""
        begun = step // _INTERVAL > (step - self._agents) // _INTERVAL
        if begun and self._ddpg.updates:
            wanted = self._ddpg.pessimism + _LARGEST * self.overestimation()
            self._ddpg.pessimism = min(max(wanted, 0.0), 1.0)

    def overestimation(self) -> float:
        """Mean error of the values of the latest steps, as a share of their mean absolute one."""
        count = min(_LATEST, self._replay.size) // self._agents * self._agents
        latest = Batch(*(column.cpu() for column in self._replay.latest(count)))
        s, a, _, next_s, _ = (column.numpy() for column in latest)
        next_values = self._ddpg.value(next_s, self._ddpg.act(next_s))
        errors = self._ddpg.value(s, a) - returns(latest, next_values, self._gamma, self._agents)
        return float(errors.mean() / max(np.abs(errors).mean(), np.finfo(np.float32).tiny))


def returns(steps: Batch, next_values: np.ndarray, gamma: float, agents: int = 1) -> np.ndarray:
    """Discounted returns of steps that follow one another, ``(steps,)``.

    Args:
        steps: Those of the first agent, the second and so on, then the next ones of each.
        next_values: What comes after each step is worth, ``(steps,)``. It is asked for where that
            is not among the steps: after the latest ones, and after a time limit.
        gamma: Discount.
        agents: How many there are.
    """
    s, _, rewards, next_s, terminated = (column.numpy() for column in steps)
    goes_on = (next_s[:-agents] == s[agents:]).all(1)
    later = next_values * (1.0 - terminated)
    found = rewards + gamma * later
    for step in reversed(range(len(goes_on))):
        if goes_on[step] and not terminated[step]:
            found[step] = rewards[step] + gamma * found[step + agents]
    return found
