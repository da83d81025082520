"""Whether a joint's position moves as its velocity says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_ENOUGH_TICKS = 20
_ENOUGH_MOTION = 0.05
"""Below it [rad, m] position and velocity are mostly noise."""
_JUMP = 3.0
"""Times the 90th percentile of its moves, from which on one was no motion but a reset or a wrap."""
_CORRELATED = 0.95
"""Square of the correlation above which the ratio means something."""


@dataclass(frozen=True)
class JointMotion:
    """A joint whose position the policy reads.

    Args:
        columns: Elements of the observation computed from it: one, or its cosine and its sine.
        position: What the robot said, ``(k,)``; NaN where it said nothing.
        ratio: How many times as fast it moved as its velocity says; None where that is unknown.
        reads_velocity: Whether the policy reads the velocity too.
    """

    columns: tuple[int, ...]
    position: np.ndarray
    ratio: float | None = None
    reads_velocity: bool = False


def speed_ratio(times: np.ndarray, position: np.ndarray, velocity: np.ndarray) -> float | None:
    """How many times as fast ``position`` moves as ``velocity`` says; 1 where they agree.

    Args:
        times: ``(k,)`` [s].
        position: ``(k,)``; a driver may wrap it, a simulator reset it.
        velocity: ``(k,)``.

    Returns:
        The slope of the position over the integral of the velocity, negative where they run
        against each other; None where the joint moved too little to tell.
    """
    heard = np.isfinite(position) & np.isfinite(velocity)
    times, position, velocity = times[heard], position[heard], velocity[heard]
    if len(times) < _ENOUGH_TICKS:
        return None
    moves, said = np.diff(position), np.diff(times) * (velocity[1:] + velocity[:-1]) / 2
    smooth = np.abs(moves) <= _JUMP * np.percentile(np.abs(moves), 90)
    moved, travelled = np.cumsum(moves[smooth]), np.cumsum(said[smooth])
    if min(np.ptp(moved), np.ptp(travelled)) < _ENOUGH_MOTION:
        return None
    (spread, both), (_, seen) = np.cov(travelled, moved)
    return float(both / spread) if both**2 > _CORRELATED * spread * seen else None
