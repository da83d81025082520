"""What the trainings of a variant have in common."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ddpg_ros.learning.study.outcome import Outcome, Row
from ddpg_ros.learning.study.statistics import bootstrap_interval, interquartile_mean

FINAL_SHARE = 4
"""The final score is the mean of the last quarter of the evaluations."""


@dataclass(frozen=True)
class Estimate:
    """An interquartile mean over seeds and its 95 % interval; arrays ``(k,)``."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @staticmethod
    def of(scores: np.ndarray) -> Estimate:
        """The estimate from ``(seeds, k)``; seeds without a number are left out.

        One seed says nothing of how sure its number is: it has no interval, none has no number.
        """
        known = scores[np.isfinite(scores).all(axis=1)]
        if len(known) < 2:
            nothing = np.full(scores.shape[1], math.nan)
            return Estimate(known[0] if len(known) else nothing, nothing, nothing)
        return Estimate(interquartile_mean(known), *bootstrap_interval(known))


class VariantSummary:
    """A variant over its seeds.

    A training that stopped early keeps the policy, and the score, of its last evaluation.

    Args:
        name: The variant's name.
        outcomes: What the training of each seed left.

    Attributes:
        steps: Steps at each evaluation, ``(k,)``.
        curve: Estimate of the return at each evaluation, ``(k,)``.
        finals: Mean return of the last quarter of the evaluations, of each seed.
        final: Estimate of the same, ``(1,)``.
        overall: Estimate of the mean return of all evaluations, ``(1,)``: higher if learned sooner.
        best: Estimate of the return of the best evaluation, ``(1,)``.
        diverged: Trainings that diverged.
        stopped: Trainings that stopped since a number was not finite.
    """

    def __init__(self, name: str, outcomes: Sequence[Outcome]) -> None:
        self.name = name
        self.outcomes = tuple(outcomes)
        longest = max((outcome.rows for outcome in outcomes), key=len)
        self.steps = np.array([row.step for row in longest] or [0])
        scores = np.array([_filled(outcome.rows, len(self.steps)) for outcome in outcomes])
        last = -(-len(self.steps) // FINAL_SHARE)
        self.curve = Estimate.of(scores)
        self.finals = scores[:, -last:].mean(axis=1)
        self.final = Estimate.of(self.finals[:, None])
        self.overall = Estimate.of(scores.mean(axis=1, keepdims=True))
        self.best = Estimate.of(scores.max(axis=1, keepdims=True))
        self.diverged = sum(outcome.diverged for outcome in outcomes)
        self.stopped = sum(bool(outcome.error) for outcome in outcomes)

    def at_end(self, name: str) -> float:
        """Interquartile mean over seeds of a metric at the last evaluation."""
        return self._middle(lambda o: o.rows[-1].measured[name] if o.rows else math.nan)

    @property
    def q_over_bound(self) -> float:
        """Interquartile mean over seeds of the largest |Q| in terms of what rewards allow."""
        return self._middle(lambda o: o.largest_q / o.q_bound if o.q_bound else math.nan)

    def _middle(self, measure: Callable[[Outcome], float]) -> float:
        values = np.array([[measure(outcome)] for outcome in self.outcomes])
        return float(Estimate.of(values).value[0])


def _filled(rows: Sequence[Row], length: int) -> list[float]:
    scores = [row.score for row in rows]
    return scores + [scores[-1] if scores else math.nan] * (length - len(scores))
