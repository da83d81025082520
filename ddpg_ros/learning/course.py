"""What is remembered of a run's metrics to judge it by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from ddpg_ros.learning.evaluation import confidence_of


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


def start_of(
    evaluations: Sequence[Evaluated], early_returns: Sequence[float], warmup_steps: int
) -> Start:
    """The first evaluation where it was of an untrained policy, else the earliest episodes.

    Args:
        evaluations: All so far, one at least.
        early_returns: Of the episodes of warm-up, or of the first after it.
        warmup_steps: How long that lasted.
    """
    first, *later = evaluations
    untrained = first.step <= 1.2 * warmup_steps
    unchanged = later and all(evaluated.mean == first.mean for evaluated in later)
    if untrained or unchanged or not early_returns:
        return Start(first.mean, first.confidence, "the first evaluation", later)
    mean = sum(early_returns) / len(early_returns)
    confidence = confidence_of(early_returns) if len(early_returns) > 1 else first.confidence
    return Start(mean, confidence, "the episodes it began with", list(evaluations))


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
