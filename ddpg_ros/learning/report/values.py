"""What the critic expected of an episode, against what followed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.export import ExportedPolicy
from ddpg_ros.learning.networks import Critic
from ddpg_ros.learning.report.flights import Flight

_MOST_POINTS = 400
"""Of the states that are drawn; the figures are of all."""
_LARGEST_SHARE = 0.1


class Judge:
    """The critic of the moment in which a run's best policy was judged best.

    It values the actor that it taught and that taught it. The critic at the end of the run is one
    of another actor: its difference to what followed would be no error.

    Args:
        policy: The best policy.
        config: Shape of the networks, and the discount.
        best: What the run kept of that moment; its ``critic`` among it.
    """

    def __init__(self, policy: ExportedPolicy, config: DdpgConfig, best: dict[str, Any]) -> None:
        sizes = (policy.contract.observation_size, policy.contract.action_size)
        norms = config.layer_norm, config.batch_norm
        self._critic = Critic(*sizes, config.hidden_sizes, *norms)
        self._critic.load_state_dict(best["critic"])
        self._policy, self._gamma = policy, config.gamma

    @torch.inference_mode()
    def values(self, observations: np.ndarray) -> np.ndarray:
        """Q(s, mu(s)) of observations ``(k, n)`` in SI units, ``(k,)``."""
        states = self._policy.normaliser(torch.from_numpy(observations))
        values: np.ndarray = self._critic(states, self._policy.actor(states)).double().numpy()
        return values

    def compare(self, flights: Sequence[Flight]) -> dict[str, Any]:
        """Q and the discounted return that followed, state by state, as JSON values.

        What would have followed the end of an episode that its time limit cut, nobody saw: there
        the critic's value of the last state stands in, as it does in training. Lest it be compared
        with itself, of such an episode only states are taken in which that has at most a tenth of
        the weight; where it is too short for that, those of its first tenth.
        """
        expected, followed, shares = [], [], [0.0]
        for flight in flights:
            values = self.values(flight.observations)
            returns = self._returns(flight, values[-1])
            taken = len(returns)
            if not flight.terminated:
                weights = self._gamma ** np.arange(len(returns), 0.0, -1.0)
                taken = max(int((weights <= _LARGEST_SHARE).sum()), math.ceil(len(returns) / 10))
                shares.append(float(weights[taken - 1]))
            expected.append(values[:taken])
            followed.append(returns[:taken])
        q, monte_carlo = np.concatenate(expected), np.concatenate(followed)
        drawn = np.linspace(0, len(q) - 1, min(len(q), _MOST_POINTS)).astype(int)
        return {
            "episodes": len(flights),
            "states": len(q),
            "gamma": self._gamma,
            "mean_q": float(q.mean()),
            "mean_monte_carlo": float(monte_carlo.mean()),
            "mean_difference": float((q - monte_carlo).mean()),
            "root_mean_square_difference": float(np.sqrt(np.square(q - monte_carlo).mean())),
            "correlation": _correlation(q, monte_carlo),
            "largest_share_of_the_critic": max(shares),
            "q": q[drawn].tolist(),
            "monte_carlo": monte_carlo[drawn].tolist(),
        }

    def _returns(self, flight: Flight, last_value: float) -> np.ndarray:
        """Discounted return from each step on, ``(steps,)``."""
        returns = np.empty(len(flight.rewards))
        following = 0.0 if flight.terminated else last_value
        for step in reversed(range(len(returns))):
            following = flight.rewards[step] + self._gamma * following
            returns[step] = following
        return returns


def _correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    """Pearson's; None where one of both is constant."""
    if len(one) < 2 or one.std() < 1e-9 or other.std() < 1e-9:
        return None
    return float(np.corrcoef(one, other)[0, 1])
