"""How often which command was chosen, and which return came about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ddpg_ros.contract import Contract
from ddpg_ros.contract.action import SATURATED
from ddpg_ros.learning.report.flights import Flight

_COMMAND_BINS = 25
_RETURN_BINS = 24


def commands(contract: Contract, flights: Sequence[Flight]) -> list[dict[str, Any]]:
    """Of each action element: name, unit, limits, share of each bin and of saturated commands."""
    chosen = np.concatenate([flight.commands for flight in flights])
    found = []
    for name, element, values in zip(
        contract.action_names, contract.actions, chosen.T, strict=True
    ):
        low, high = element.low, element.high
        effort = np.abs(values - (low + high) / 2) / ((high - low) / 2)
        found.append(
            {
                "name": name,
                "unit": element.unit,
                **_histogram(np.clip(values, low, high), _COMMAND_BINS, (low, high)),
                "mean": float(values.mean()),
                "std": float(values.std()),
                "saturated": float((effort > SATURATED).mean()),
            }
        )
    return found


def returns(values: Sequence[float]) -> dict[str, Any]:
    """Share of the episodes by their return."""
    low, high = min(values), max(values)
    if high - low < 1e-9 * max(1.0, abs(high)):
        low, high = low - 0.5, high + 0.5
    return _histogram(np.array(values), _RETURN_BINS, (low, high))


def _histogram(values: np.ndarray, bins: int, span: tuple[float, float]) -> dict[str, Any]:
    counts, edges = np.histogram(values, bins, span)
    return {
        "low": float(edges[0]),
        "high": float(edges[-1]),
        "share": (counts / len(values)).tolist(),
    }
