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


def read_rows(lines: Sequence[Mapping[str, str]]) -> tuple[tuple[Row, ...], float]:
    """The evaluations in a metrics file, each with the metrics up to it, and the largest |Q|."""
    rows, latest, largest_q = [], dict.fromkeys(MEASURED, math.nan), 0.0
    for line in lines:
        latest.update((name, float(line[name])) for name in MEASURED if line[name])
        if line["q"]:
            largest_q = max(largest_q, abs(latest["q"]))
        if line["evaluation_return"]:
            rows.append(Row(int(line["step"]), float(line["evaluation_return"]), dict(latest)))
    return tuple(rows), largest_q


def _json(value: float) -> float | str:
    """JSON has no word for what is not finite."""
    return value if math.isfinite(value) else str(value)
