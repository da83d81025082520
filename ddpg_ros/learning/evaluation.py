"""Noise-free evaluation."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ddpg_ros.worlds import World

_PERCENTILES = (50, 95, 99, 100)

Policy = Callable[[np.ndarray], np.ndarray]
"""Observation ``(n,)`` to command ``(m,)``, both in SI units."""


@dataclass(frozen=True)
class Evaluation:
    """Episodes without noise.

    Args:
        seeds: Seed of each episode.
        returns: Undiscounted sum of rewards of each.
        lengths: Steps of each.
        outcomes: How each ended: ``success``, ``failure``, ``terminated``, ``time_limit``, ...
        discounted: Discounted sum of rewards of each; empty where nobody looked.
        starts: First observation of each, ``(n,)``; likewise.
        ends: The numbers in the last step's info of each, by name; likewise.
    """

    seeds: tuple[int, ...]
    returns: tuple[float, ...]
    lengths: tuple[int, ...]
    outcomes: tuple[str, ...]
    discounted: tuple[float, ...] = ()
    starts: tuple[np.ndarray, ...] = ()
    ends: tuple[dict[str, float], ...] = ()

    @property
    def mean(self) -> float:
        """Mean return."""
        return float(np.mean(self.returns))

    @property
    def std(self) -> float:
        """Sample deviation of the returns; 0 for a single episode."""
        return _std(self.returns)

    @property
    def confidence(self) -> float:
        """Half width of the 95 % interval of the mean."""
        return confidence_of(self.returns)

    def rate(self, outcome: str) -> float:
        """Fraction of episodes that ended so."""
        return self.outcomes.count(outcome) / len(self.outcomes)

    @property
    def rank(self) -> tuple[float, float]:
        """What policies are compared by: the share of successes, if any, then the mean return.

        A return may be raised by doing the usual a little better, at the price of a failure.
        """
        return self.rate("success"), self.mean

    def summary(self) -> dict[str, Any]:
        """JSON values for files and provenance."""
        return {
            "episodes": len(self.returns),
            "mean": self.mean,
            "std": self.std,
            "confidence_95": self.confidence,
            "min": min(self.returns),
            "max": max(self.returns),
            "mean_length": float(np.mean(self.lengths)),
            "outcomes": dict(Counter(self.outcomes)),
        }

    def at_end(self) -> dict[str, dict[str, float]]:
        """Of each number that every episode's info ends with: the percentiles 50, 95, 99, 100."""
        names = sorted(set.intersection(*map(set, self.ends))) if self.ends else []
        numbers = {name: [end[name] for end in self.ends] for name in names}
        return {
            name: {f"p{p}": float(np.percentile(values, p)) for p in _PERCENTILES}
            for name, values in numbers.items()
        }

    def __str__(self) -> str:
        outcomes = ", ".join(f"{n} {name}" for name, n in Counter(self.outcomes).most_common())
        spread = f" ± {self.confidence:.2f} (95 %), deviation {self.std:.2f}"
        count = len(self.returns)
        return f"return {self.mean:.2f}{spread if count > 1 else ''}, {_counted(count)}: {outcomes}"


def confidence_of(returns: Sequence[float]) -> float:
    """Half width of the 95 % interval of their mean, 1.96 std / sqrt(n); 0 of a single one."""
    return 1.96 * _std(returns) / math.sqrt(len(returns))


def _counted(episodes: int) -> str:
    return f"{episodes} episodes" if episodes > 1 else "1 episode"


def _std(returns: Sequence[float]) -> float:
    return float(np.std(returns, ddof=1)) if len(returns) > 1 else 0.0


def evaluate(
    policy: Policy,
    world: World,
    seeds: Iterable[int],
    gamma: float = 1.0,
    stopped: Callable[[], bool] = lambda: False,
) -> Evaluation | None:
    """Fly one episode for each seed.

    Args:
        policy: Chooses the commands.
        world: Where; it is reset with each seed.
        seeds: One for each episode.
        gamma: Discount of :attr:`Evaluation.discounted`.
        stopped: Asked every step whether to give up.

    Returns:
        The evaluation, None if it was given up.
    """
    flown: list[tuple[Any, ...]] = []
    for seed in seeds:
        observation, _ = world.reset(seed=seed)
        start = observation.copy()
        total = discounted = 0.0
        length, weight, over = 0, 1.0, False
        info: dict[str, Any] = {}
        while not over:
            if stopped():
                return None
            observation, reward, terminated, truncated, info = world.step(policy(observation))
            total += reward
            discounted += weight * reward
            weight *= gamma
            length += 1
            over = terminated or truncated
        outcome = str(info.get("outcome", ""))
        flown.append((seed, total, length, outcome, discounted, start, _numbers(info)))
    return Evaluation(*zip(*flown, strict=True))


def _numbers(info: dict[str, Any]) -> dict[str, float]:
    return {
        name: float(value)
        for name, value in info.items()
        if isinstance(value, int | float | np.number) and not isinstance(value, bool)
    }
