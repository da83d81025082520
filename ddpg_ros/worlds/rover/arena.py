"""A square room with boxes, pillars, and obstacles that move to and fro."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Boxes(NamedTuple):
    """Boxes that stand: ``centres``, ``halves`` of their sides ``(b, 2)`` [m], ``angles`` [rad]."""

    centres: np.ndarray
    halves: np.ndarray
    angles: np.ndarray


class Discs(NamedTuple):
    """Upright cylinders, seen from above: ``centres`` ``(d, 2)``, ``radii`` ``(d,)`` [m]."""

    centres: np.ndarray
    radii: np.ndarray


class Movers(NamedTuple):
    """Cylinders that go along a straight way and back, for ever, at a constant speed.

    Args:
        starts: One end of each way, ``(m, 2)`` [m].
        ways: From there to the other end, ``(m, 2)`` [m].
        rates: Ways a second, ``(m,)``.
        phases: Ways gone at time 0, in [0, 2), ``(m,)``.
        radii: ``(m,)`` [m].
    """

    starts: np.ndarray
    ways: np.ndarray
    rates: np.ndarray
    phases: np.ndarray
    radii: np.ndarray

    def centres(self, time: float) -> np.ndarray:
        """Where they are at ``time`` [s], ``(m, 2)`` [m]."""
        gone = 1.0 - np.abs((self.phases + self.rates * time) % 2.0 - 1.0)
        return self.starts + gone[:, None] * self.ways

    def aside(self, points: np.ndarray) -> np.ndarray:
        """Distance from each of ``points`` ``(n, 2)`` to the nearest way, ``(n,)`` [m]."""
        if not len(self.radii):
            return np.full(len(points), np.inf)
        along = points @ self.ways.T - (self.starts * self.ways).sum(axis=1)
        gone = np.clip(along / (self.ways**2).sum(axis=1), 0.0, 1.0)
        x, y = (
            points[:, axis, None] - self.starts[:, axis] - gone * self.ways[:, axis]
            for axis in (0, 1)
        )
        distance: np.ndarray = np.sqrt((x * x + y * y).min(axis=1))
        return distance


NO_BOXES = Boxes(np.empty((0, 2)), np.empty((0, 2)), np.empty(0))
NO_DISCS = Discs(np.empty((0, 2)), np.empty(0))
NO_MOVERS = Movers(np.empty((0, 2)), np.empty((0, 2)), np.empty(0), np.empty(0), np.empty(0))


class Arena:
    """A room whose middle is the origin, its sides along the axes, and what is in it.

    A box is two slabs at right angles, and so is the room, seen from inside. All slabs are kept
    in one table: the first axes of the room and of every box, then their second axes.

    Args:
        half: Half the side of the room [m].
        boxes: What stands in it with edges.
        pillars: What stands in it and is round.
        movers: What moves in it.

    Attributes:
        axes: Unit normal of each slab, ``(2 (b + 1), 2)``.
        offsets: Where along it the slab's middle lies, ``(2 (b + 1),)`` [m].
        halves: Half its thickness, ``(2 (b + 1),)`` [m].
    """

    def __init__(
        self,
        half: float,
        boxes: Boxes = NO_BOXES,
        pillars: Discs = NO_DISCS,
        movers: Movers = NO_MOVERS,
    ) -> None:
        self.half, self.boxes, self.pillars, self.movers = half, boxes, pillars, movers
        cos, sin = np.cos(boxes.angles), np.sin(boxes.angles)
        first = np.vstack([[(1.0, 0.0)], np.stack([cos, sin], axis=1)])
        second = np.vstack([[(0.0, 1.0)], np.stack([-sin, cos], axis=1)])
        centres = np.vstack([[(0.0, 0.0)], boxes.centres])
        halves = np.vstack([[(half, half)], boxes.halves])
        self.axes = np.vstack([first, second])
        self.offsets = np.concatenate(
            [(first * centres).sum(axis=1), (second * centres).sum(axis=1)]
        )
        self.halves = halves.T.ravel()
        self._radii = np.concatenate([pillars.radii, movers.radii])

    def discs(self, time: float) -> Discs:
        """Everything round, as it stands at ``time`` [s]."""
        centres = np.concatenate([self.pillars.centres, self.movers.centres(time)])
        return Discs(centres, self._radii)

    def clearance(self, points: np.ndarray, discs: Discs) -> np.ndarray:
        """Distance from each of ``points`` ``(n, 2)`` to what is nearest, ``(n,)`` [m].

        It is 0 in a box, and below 0 in a disc and beyond the room's walls.

        Args:
            points: [m].
            discs: What is round: :attr:`pillars` alone, or :meth:`discs` of a time.
        """
        beyond = np.abs(points @ self.axes.T - self.offsets) - self.halves
        count = len(self.halves) // 2
        first, second = beyond[:, :count], beyond[:, count:]
        nearest: np.ndarray = -np.maximum(first[:, 0], second[:, 0])
        if count > 1:
            x, y = np.maximum(first[:, 1:], 0.0), np.maximum(second[:, 1:], 0.0)
            np.minimum(nearest, np.sqrt((x * x + y * y).min(axis=1)), out=nearest)
        if len(discs.radii):
            x, y = (points[:, axis, None] - discs.centres[:, axis] for axis in (0, 1))
            to_discs = np.sqrt(x * x + y * y) - discs.radii
            np.minimum(nearest, to_discs.min(axis=1), out=nearest)
        return nearest
