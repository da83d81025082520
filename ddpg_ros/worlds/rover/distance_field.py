"""How far it is to the goal along the ways that are free."""

from __future__ import annotations

import math

import numpy as np

from ddpg_ros.worlds.rover.arena import Arena

CELL = 0.1
"""Distance between the nodes of the grid [m]."""
PASSAGE = 0.16
"""Half the width of the narrowest gap that counts as a way [m]."""

_COMFORT = 0.35
"""Clearance from which on a way costs nothing extra [m]."""
_CROWDED = 1.5
"""What a way costs extra where there is no clearance at all, as a fraction of its length."""
_FAR = 1e6
_REACHED = 1e3
"""Below it a distance is one; beyond it something stands on the way [m]."""
_SETTLED = 1e-3
_OVERHANG = 3
"""Nodes without a way that get a value from those beside them, so that it can be interpolated."""


class DistanceField:
    """Distance to a goal among what stands, the longer the less clearance there is on the way.

    It solves the eikonal equation |grad u| = c on a grid, with the upwind scheme of Rouy and
    Tourin (1992): c is 1 in the open and up to 1.4 beside an obstacle, so that the steepest way
    down goes through the middle of gaps.

    Args:
        arena: The room; what moves in it is not looked at.
        clearance: Clearance of the nodes of its grid, ``(n, n)`` [m].
        goal: (x, y) [m].

    Attributes:
        distances: Of the nodes, ``(n, n)`` [m]; above 1000 where there is no way to the goal.
    """

    def __init__(self, arena: Arena, clearance: np.ndarray, goal: tuple[float, float]) -> None:
        self._half = arena.half
        shortage = np.maximum(0.0, 1.0 - clearance / _COMFORT)
        step = CELL * (1.0 + _CROWDED * shortage * shortage)
        step[clearance < PASSAGE] = _FAR
        self.distances = _solve(step, self._around(goal, len(clearance)))
        self._values: list[list[float]] = _filled(self.distances).tolist()

    def at(self, x: float, y: float) -> float:
        """Distance from (x, y) to the goal [m], interpolated."""
        last = len(self._values) - 1
        column, row = (x + self._half) / CELL, (y + self._half) / CELL
        i, j = min(max(int(column), 0), last - 1), min(max(int(row), 0), last - 1)
        right, up = column - i, row - j
        here, there = self._values[i], self._values[i + 1]
        return (1.0 - right) * ((1.0 - up) * here[j] + up * here[j + 1]) + right * (
            (1.0 - up) * there[j] + up * there[j + 1]
        )

    def _around(self, goal: tuple[float, float], count: int) -> np.ndarray:
        """Where the solution starts: distances of the nodes around the goal, else far."""
        starts = np.full((count, count), _FAR)
        i, j = (int((c + self._half) / CELL) for c in goal)
        for a in (i, i + 1):
            for b in (j, j + 1):
                starts[a, b] = math.hypot(
                    a * CELL - self._half - goal[0], b * CELL - self._half - goal[1]
                )
        return starts


def grid_nodes(half: float) -> np.ndarray:
    """The nodes of a room's grid, x by x, ``(n, n, 2)`` [m]."""
    line = np.linspace(-half, half, round(2 * half / CELL) + 1)
    return np.stack(np.meshgrid(line, line, indexing="ij"), axis=-1)


def _solve(step: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Distances from the starts, ``(n, n)``, where crossing a cell costs ``step`` ``(n, n)``."""
    padded = np.pad(starts, 1, constant_values=_FAR)
    values = padded[1:-1, 1:-1]
    twice_squared = 2.0 * step * step
    change = _FAR
    while change > _SETTLED:
        a = np.minimum(padded[:-2, 1:-1], padded[2:, 1:-1])
        b = np.minimum(padded[1:-1, :-2], padded[1:-1, 2:])
        gap = a - b
        root = np.sqrt(np.maximum(0.0, twice_squared - gap * gap))
        slanting, straight = 0.5 * (a + b + root), np.minimum(a, b) + step
        new = np.minimum(values, np.where(np.abs(gap) < step, slanting, straight))
        change = float((values - new).max())
        values[:] = new
    return values.copy()


def _filled(distances: np.ndarray) -> np.ndarray:
    """The same, with values a little way into what has none, and a far one beyond."""
    padded = np.pad(distances, 1, constant_values=_FAR)
    values = padded[1:-1, 1:-1]
    for _ in range(_OVERHANG):
        across = np.minimum(padded[:-2, 1:-1], padded[2:, 1:-1])
        along = np.minimum(padded[1:-1, :-2], padded[1:-1, 2:])
        values[:] = np.where(values < _REACHED, values, np.minimum(across, along) + CELL)
    reached = values < _REACHED
    values[~reached] = values[reached].max()
    return values
