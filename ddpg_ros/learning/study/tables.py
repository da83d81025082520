"""A study as CSV: every evaluation, and a row for each variant."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ddpg_ros.learning.atomic import write_atomically
from ddpg_ros.learning.study.outcome import MEASURED, Outcome
from ddpg_ros.learning.study.study import Study
from ddpg_ros.learning.study.summary import VariantSummary
from ddpg_ros.learning.study.training import Training

_SCORES = ("final", "overall", "best")

CURVE_COLUMNS = (
    *("study", "world", "variant", "seed", "step", "return", *MEASURED),
    *("largest_q", "q_bound", "diverged", "stopped", "steps", "commit"),
)
"""Columns of a row for each evaluation of each training."""

SUMMARY_COLUMNS = (
    *("study", "world", "variant", "steps", "seeds"),
    *(f"{score}{end}" for score in _SCORES for end in ("", "_low", "_high")),
    *("final_worst", "final_best"),
    *("diverged", "stopped", "q_over_bound", "q_minus_monte_carlo", "saturation", "commit"),
)
"""Columns of a row for each variant."""


def write_curves(path: Path, study: Study, trained: Iterable[tuple[Training, Outcome]]) -> None:
    """Write a row for each evaluation; a training that stopped before its first has none."""
    rows = (
        {
            "study": study.name,
            "world": study.world,
            "variant": training.variant,
            "seed": training.config.seed,
            "step": row.step,
            "return": row.score,
            **row.measured,
            "largest_q": outcome.largest_q,
            "q_bound": outcome.q_bound,
            "diverged": int(outcome.diverged),
            "stopped": int(bool(outcome.error)),
            "steps": training.config.total_steps,
            "commit": outcome.commit,
        }
        for training, outcome in trained
        for row in outcome.rows
    )
    _write(path, CURVE_COLUMNS, rows)


def write_summary(path: Path, study: Study, summaries: Sequence[VariantSummary]) -> None:
    """Write a row for each variant."""
    _write(path, SUMMARY_COLUMNS, (_summary_row(study, summary) for summary in summaries))


def commits(summaries: Iterable[VariantSummary]) -> str:
    """The commits that trained, in most cases one."""
    return " ".join(sorted({o.commit or "unknown" for s in summaries for o in s.outcomes}))


def _summary_row(study: Study, summary: VariantSummary) -> dict[str, Any]:
    estimates = {score: getattr(summary, score) for score in _SCORES}
    scores = {
        f"{score}{end}": float(values[0])
        for score, e in estimates.items()
        for end, values in (("", e.value), ("_low", e.low), ("_high", e.high))
    }
    return {
        "study": study.name,
        "world": study.world,
        "variant": summary.name,
        "steps": study.steps,
        "seeds": len(summary.outcomes),
        **scores,
        "final_worst": float(np.fmin.reduce(summary.finals)),
        "final_best": float(np.fmax.reduce(summary.finals)),
        "diverged": summary.diverged,
        "stopped": summary.stopped,
        "q_over_bound": summary.q_over_bound,
        "q_minus_monte_carlo": summary.at_end("q_minus_monte_carlo"),
        "saturation": summary.at_end("saturation"),
        "commit": commits([summary]),
    }


def _write(path: Path, columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> None:
    def fill(partial: Path) -> None:
        with partial.open("w", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows({name: _cell(value) for name, value in r.items()} for r in rows)

    write_atomically(path, fill)


def _cell(value: Any) -> Any:
    """Six digits of a number, nothing where there is none."""
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.6g}"
    return value
