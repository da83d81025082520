"""What is kept of a training."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MEASURED = ("episode_return", "q", "q_minus_monte_carlo", "critic_loss", "saturation")
"""Metrics kept beside the return of each evaluation."""


@dataclass(frozen=True)
class Row:
    """What an evaluation found, and the metrics up to it.

    Args:
        step: Steps trained.
        score: Mean return without noise.
        measured: The metrics called ``MEASURED``; NaN where there was nothing to measure.
    """

    step: int
    score: float
    measured: Mapping[str, float]


@dataclass(frozen=True)
class Outcome:
    """What a training left.

    Args:
        rows: One for each evaluation.
        largest_q: Largest magnitude of Q, averaged over the batches between two rows of metrics.
        q_bound: Largest magnitude that the rewards allow, max |r| / (1 - gamma).
        error: Why it stopped before its end; empty if it did not.
        seconds: Wall-clock time of it [s].
        commit: Of the package that trained.
    """

    rows: tuple[Row, ...]
    largest_q: float
    q_bound: float
    error: str
    seconds: float
    commit: str

    @property
    def diverged(self) -> bool:
        """Whether a number was not finite, or Q went beyond what the rewards allow.

        The latter is the soft divergence of van Hasselt et al. 2018, "Deep Reinforcement Learning
        and the Deadly Triad", https://arxiv.org/abs/1812.02648.
        """
        return bool(self.error) or self.largest_q > self.q_bound

    def to_dict(self) -> dict[str, Any]:
        """JSON values that :meth:`from_dict` turns back into an equal outcome."""
        rows = [
            {"step": r.step, "return": r.score, **{k: _json(v) for k, v in r.measured.items()}}
            for r in self.rows
        ]
        return {
            "rows": rows,
            "largest_q": _json(self.largest_q),
            "q_bound": _json(self.q_bound),
            "error": self.error,
            "seconds": round(self.seconds, 2),
            "commit": self.commit,
        }

    @staticmethod
    def from_dict(content: dict[str, Any]) -> Outcome:
        """What :meth:`to_dict` wrote.

        Raises:
            KeyError: It is something else.
        """
        return Outcome(
            rows=tuple(
                Row(r["step"], r["return"], {name: float(r[name]) for name in MEASURED})
                for r in content["rows"]
            ),
            largest_q=float(content["largest_q"]),
            q_bound=float(content["q_bound"]),
            error=content["error"],
            seconds=content["seconds"],
            commit=content["commit"],
        )


@dataclass(frozen=True)
class Course:
    """How a training went, as its metrics file tells it.

    Args:
        rows: One for each evaluation, with the metrics up to it.
        largest_q: Largest magnitude of Q in a row.
        largest_reward: Largest magnitude of a reward.
    """

    rows: tuple[Row, ...]
    largest_q: float
    largest_reward: float

    @staticmethod
    def read(lines: Sequence[Mapping[str, str]]) -> Course:
        """The course in the ``lines`` of a metrics file."""
        rows, latest = [], dict.fromkeys(MEASURED, math.nan)
        for line in lines:
            latest.update((name, float(line[name])) for name in MEASURED if line[name])
            if line["evaluation_return"]:
                rows.append(Row(int(line["step"]), float(line["evaluation_return"]), dict(latest)))
        return Course(tuple(rows), _largest(lines, "q"), _largest(lines, "largest_reward"))


def _largest(lines: Sequence[Mapping[str, str]], name: str) -> float:
    return max((abs(float(line[name])) for line in lines if line[name]), default=0.0)


def _json(value: float) -> float | str:
    """JSON has no word for what is not finite."""
    return value if math.isfinite(value) else str(value)
