"""Reward functions as a user writes them, right and wrong."""

from __future__ import annotations

from typing import Any

FACTOR = 2.0
calls: list[tuple[Any, Any, Any]] = []


def record(observation: Any, readings: Any, command: Any) -> tuple[float, bool]:
    """Remembers what it was given."""
    calls.append(({name: v.copy() for name, v in observation.items()}, dict(readings), command))
    return 0.5, False


def fallen(observation: Any, readings: Any, command: Any) -> tuple[float, bool, str]:
    """Ends the episode at once."""
    return -1.0, True, "fallen"


def fails(observation: Any, readings: Any, command: Any) -> tuple[float, bool]:
    """Asks for a term that there is not."""
    return observation["height"], False


def bare(observation: Any, readings: Any, command: Any) -> float:
    """Forgets to say whether the episode is over."""
    return 1.0
