"""Rooms furnished at random, with room to pass everything."""

from __future__ import annotations

import math

import numpy as np

from ddpg_ros.worlds.rover.arena import Arena, Boxes, Discs, Movers
from ddpg_ros.worlds.rover.levels import Level

MOVER_RADIUS = 0.16
"""[m]"""

_GAP = 0.40
"""Between things that stand, and between them and the room's walls [m]."""
_PASS = 0.40
"""Between a mover and anything else, wherever it is on its way [m]; the robot takes 0.21."""
_WALL = 0.075
"""Half the thickness of a wall [m]."""
_TRIES = 64
"""Places drawn at once for one thing; the first that fits is taken."""

_SIDE = np.linspace(-1.0, 1.0, 5)
_ENDS = np.repeat((-1.0, 1.0), len(_SIDE))
_OUTLINE = np.vstack(
    [np.stack([np.tile(_SIDE, 2), _ENDS], axis=1), np.stack([_ENDS, np.tile(_SIDE, 2)], axis=1)]
)
"""Points around a box of half sides 1."""
_OUTER_OUTLINE = _OUTLINE[_OUTLINE[:, 0] >= 0.0]
_ALONG = np.linspace(0.0, 1.0, 7)


def furnish(level: Level, rng: np.random.Generator) -> Arena | None:
    """A room of ``level``, None if something found no place in it."""
    arena = Arena(level.half)
    for thing in (
        *[_mover] * level.movers,
        *[_spur] * level.spurs,
        *[_screen] * level.screens,
        *[_box] * level.boxes,
        *[_pillar] * level.pillars,
    ):
        fuller = thing(arena, rng)
        if fuller is None:
            return None
        arena = fuller
    return arena


def _spur(arena: Arena, rng: np.random.Generator) -> Arena | None:
    """A wall that stands out from one of the room's, a good way from its corners."""
    length = rng.uniform(0.45, 0.55, _TRIES)
    aside = rng.uniform(-1.0, 1.0, _TRIES) * (arena.half - 2 * _GAP)
    inward = rng.integers(4, size=_TRIES) * (math.pi / 2)
    out = length - arena.half
    cos, sin = np.cos(inward), np.sin(inward)
    centres = np.stack([out * cos - aside * sin, out * sin + aside * cos], axis=1)
    halves = np.stack([length, np.full(_TRIES, _WALL)], axis=1)
    return _with_box(arena, Boxes(centres, halves, inward), _OUTER_OUTLINE)


def _screen(arena: Arena, rng: np.random.Generator) -> Arena | None:
    halves = np.stack([rng.uniform(0.4, 0.5, _TRIES), np.full(_TRIES, _WALL)], axis=1)
    return _with_box(arena, _anywhere(arena, rng, halves), _OUTLINE)


def _box(arena: Arena, rng: np.random.Generator) -> Arena | None:
    halves = rng.uniform(0.15, 0.225, (_TRIES, 2))
    return _with_box(arena, _anywhere(arena, rng, halves), _OUTLINE)


def _anywhere(arena: Arena, rng: np.random.Generator, halves: np.ndarray) -> Boxes:
    centres = rng.uniform(-1.0, 1.0, (_TRIES, 2)) * (arena.half - _GAP)
    return Boxes(centres, halves, rng.uniform(0.0, math.pi, _TRIES))


def _with_box(arena: Arena, places: Boxes, outline: np.ndarray) -> Arena | None:
    cos, sin = np.cos(places.angles), np.sin(places.angles)
    turns = np.stack([cos, sin, -sin, cos], axis=1).reshape(-1, 2, 2)
    around = places.centres[:, None] + (outline * places.halves[:, None]) @ turns
    found = _first(arena, around, _GAP, 0.0)
    if found is None:
        return None
    chosen = (values[found : found + 1] for values in places)
    boxes = Boxes(*(np.concatenate(pair) for pair in zip(arena.boxes, chosen, strict=True)))
    return Arena(arena.half, boxes, arena.pillars, arena.movers)


def _pillar(arena: Arena, rng: np.random.Generator) -> Arena | None:
    centres = rng.uniform(-1.0, 1.0, (_TRIES, 2)) * (arena.half - _GAP)
    radii = rng.uniform(0.10, 0.16, _TRIES)
    found = _first(arena, centres[:, None], _GAP, radii)
    if found is None:
        return None
    pillars = Discs(
        np.vstack([arena.pillars.centres, centres[found]]),
        np.append(arena.pillars.radii, radii[found]),
    )
    return Arena(arena.half, arena.boxes, pillars, arena.movers)


def _mover(arena: Arena, rng: np.random.Generator) -> Arena | None:
    """A cylinder that lets the robot pass on either side, wherever it is on its way."""
    starts = rng.uniform(-1.0, 1.0, (_TRIES, 2)) * (arena.half - _PASS - MOVER_RADIUS)
    lengths, angles = rng.uniform(0.5, 1.3, _TRIES), rng.uniform(-math.pi, math.pi, _TRIES)
    ways = lengths[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    tracks = starts[:, None] + _ALONG[:, None] * ways[:, None]
    found = _first(arena, tracks, _PASS, MOVER_RADIUS)
    if found is None:
        return None
    mover = Movers(
        starts[found : found + 1],
        ways[found : found + 1],
        rng.uniform(0.05, 0.12, 1) / lengths[found],
        rng.uniform(0.0, 2.0, 1),
        np.array((MOVER_RADIUS,)),
    )
    movers = Movers(*(np.concatenate(pair) for pair in zip(arena.movers, mover, strict=True)))
    return Arena(arena.half, arena.boxes, arena.pillars, movers)


def _first(
    arena: Arena, places: np.ndarray, clearance: np.ndarray | float, radii: np.ndarray | float
) -> int | None:
    """The first of ``places`` ``(n, k, 2)`` where a thing can stand, or a mover go.

    Args:
        arena: What is there already.
        places: Points of the thing, [m].
        clearance: Between them and what stands, ``(n,)`` [m].
        radii: Of the thing around its points, ``(n,)`` [m].
    """
    points = places.reshape(-1, 2)
    stands = arena.clearance(points, arena.pillars).reshape(len(places), -1).min(axis=1)
    moves = arena.movers.aside(points).reshape(len(places), -1).min(axis=1) - MOVER_RADIUS
    fits = np.flatnonzero((stands >= clearance + radii) & (moves >= _PASS + radii))
    return int(fits[0]) if len(fits) else None
