"""What is remembered of a run's metrics to judge it by."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.evaluation import confidence_of

_SATURATED = 0.9
"""Above this fraction actions are saturated; tasks that need full effort stay below it."""


class Evaluated(NamedTuple):
    """An evaluation during training: its step, return, 95 % half width, and Q's overestimate."""

    step: int
    mean: float
    confidence: float
    overestimate: float


class Start(NamedTuple):
    """What a run began with: a return, its uncertainty, whose it is, and what was judged later."""

    mean: float
    confidence: float
    name: str
    later: list[Evaluated]

    def beaten_by(self, evaluated: Evaluated) -> bool:
        """Whether that is better by more than both of them are uncertain."""
        return evaluated.mean - evaluated.confidence > self.mean + self.confidence


class Streak:
    """Rows in a row in which something held: how many, since when, its first and last number."""

    def __init__(self) -> None:
        self.rows, self.since, self.first, self.last = 0, 0, math.nan, math.nan

    def hear(self, step: int, number: float, holds: bool) -> None:
        """Take in one more row."""
        if not holds:
            self.rows = 0
            return
        if self.rows == 0:
            self.since, self.first = step, number
        self.rows, self.last = self.rows + 1, number


class Course:
    """What the rows of a run's metrics have told so far.

    Args:
        config: The run's hyperparameters.

    Attributes:
        step: Of the latest row.
        largest_reward: In magnitude; NaN before the first.
        largest_return: In magnitude, of all episodes.
        length: Of the latest episodes [steps]; NaN before the first.
        beyond: Of rows in which Q is out of reach.
        saturated: Of rows in which most actions are saturated.
        noiseless: Whether there was no noise in the latest row.
        evaluations: All of them, in order.
    """

    def __init__(self, config: DdpgConfig) -> None:
        self._config = config
        self.step = 0
        self.largest_reward = math.nan
        self.largest_return = 0.0
        self.length = math.nan
        self._early_returns: list[float] = []
        self.beyond = Streak()
        self.saturated = Streak()
        self.noiseless = False
        self.evaluations: list[Evaluated] = []

    def hear(self, step: int, row: Mapping[str, float]) -> None:
        """Take in what a row of metrics knows."""
        self.step = step
        self.largest_reward = _larger(self.largest_reward, row.get("largest_reward", math.nan))
        for name in ("episode_return", "evaluation_return"):
            self.largest_return = max(self.largest_return, abs(row.get(name, 0.0)))
        self.length = row.get("episode_length", self.length)
        warmup = step <= self._config.warmup_steps
        if "episode_return" in row and (warmup or not self._early_returns):
            self._early_returns.append(row["episode_return"])
        if "q" in row:
            self.beyond.hear(step, row["q"], abs(row["q"]) > self.reach)
        if "saturation" in row:
            ends = row["saturation"]
            self.saturated.hear(step, ends, ends > _SATURATED)
        if "noise_std" in row:
            self.noiseless = row["noise_std"] == 0.0
        if "evaluation_return" in row:
            columns = ("evaluation_return", "evaluation_confidence", "q_minus_monte_carlo")
            self.evaluations.append(Evaluated(step, *(row.get(c, 0.0) for c in columns)))

    @property
    def start(self) -> Start:
        """The first evaluation where it was of an untrained policy, else the earliest episodes.

        There is one evaluation at least.
        """
        first, *later = self.evaluations
        untrained = first.step <= 1.2 * self._config.warmup_steps
        unchanged = later and all(evaluated.mean == first.mean for evaluated in later)
        early = self._early_returns
        if untrained or unchanged or not early:
            return Start(first.mean, first.confidence, "the first evaluation", later)
        mean = sum(early) / len(early)
        confidence = confidence_of(early) if len(early) > 1 else first.confidence
        return Start(mean, confidence, "the episodes it began with", list(self.evaluations))

    @property
    def reach(self) -> float:
        """The largest value that rewards as large as those seen can give."""
        largest = self.largest_reward
        return self._config.value_bound(largest) if largest > 0 else math.inf

    @property
    def beyond_episode(self) -> float:
        """How many times its return a state may be worth where a time limit ends episodes early."""
        left = (1.0 - self._config.gamma) * self.length
        return max(1.0, 1.0 / left) if left > 0 else 1.0


def _larger(one: float, other: float) -> float:
    """The larger of two numbers, of which one may be unknown."""
    return other if math.isnan(one) or other > one else one
