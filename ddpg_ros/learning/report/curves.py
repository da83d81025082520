"""The metrics of a run as series short enough to draw."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from ddpg_ros.learning.metrics import read_metrics

_MOST_POINTS = 300
SIGNS = ("q", "critic_loss", "saturation")
"""Metrics that show whether the networks are well."""


def curves(metrics: Path) -> dict[str, Any]:
    """Returns with and without noise and :data:`SIGNS`, by step, as JSON values."""
    rows = read_metrics(metrics)
    judged = [row for row in rows if row["evaluation_return"]]
    return {
        "training": _series(rows, "episode_return"),
        "evaluation": {
            "step": [int(row["step"]) for row in judged],
            "mean": [float(row["evaluation_return"]) for row in judged],
            "confidence_95": [float(row["evaluation_confidence"]) for row in judged],
        },
        "signs": {name: _series(rows, name) for name in SIGNS},
    }


def _series(rows: list[dict[str, str]], name: str) -> dict[str, list[float]]:
    """Steps and values of a column, neighbours averaged where there are many."""
    known = [(float(row["step"]), float(row[name])) for row in rows if row[name]]
    known = [point for point in known if math.isfinite(point[1])]
    if not known:
        return {"step": [], "value": []}
    parts = np.array_split(np.array(known), min(len(known), _MOST_POINTS))
    steps, values = zip(*(part.mean(axis=0).tolist() for part in parts), strict=True)
    return {"step": list(steps), "value": list(values)}
