"""A laser that turns: 360 rays, cast at once."""

from __future__ import annotations

import math

import numpy as np

from ddpg_ros.worlds.rover.arena import Arena

RAYS = 360
ANGLE_INCREMENT = 2 * math.pi / RAYS
RANGE_MIN, RANGE_MAX = 0.12, 3.5
"""What a TurtleBot3's LDS-01 can measure [m]."""

_BEARINGS = ANGLE_INCREMENT * np.arange(RAYS)
_DIRECTIONS = np.stack([np.cos(_BEARINGS), np.sin(_BEARINGS)])

_SLANT = 1e-9
"""Turns rays that run exactly along a slab away from it, so that nothing is divided by zero."""


def ray_lengths(arena: Arena, time: float, x: float, y: float, yaw: float) -> np.ndarray:
    """How far each ray goes from (x, y) [m] before it meets something, ``(360,)`` [m].

    Ray ``i`` points to ``yaw + i`` degrees. A box is entered where the last of its two slabs is,
    if that is before the first is left; the room is left where the first of its slabs is.
    """
    cos, sin = math.cos(yaw), math.sin(yaw)
    turn = np.array(((cos, -sin), (sin, cos)))
    here = np.array((x, y))
    slabs = len(arena.halves)
    inverse = 1.0 / (arena.axes @ turn @ _DIRECTIONS + _SLANT)
    middle = (arena.offsets - arena.axes @ here)[:, None] * inverse
    reach = arena.halves[:, None] * np.abs(inverse)
    entries, exits = (middle - reach).reshape(2, slabs // 2, RAYS), middle + reach
    exits = exits.reshape(2, slabs // 2, RAYS)
    entered, left = np.maximum(entries[0], entries[1]), np.minimum(exits[0], exits[1])
    lengths: np.ndarray = left[0]
    if slabs > 2:
        hit = (entered[1:] <= left[1:]) & (entered[1:] > 0.0)
        to_boxes = np.where(hit, entered[1:], np.inf)
        lengths = np.minimum(lengths, to_boxes.min(axis=0))
    discs = arena.discs(time)
    if len(discs.radii):
        offset = discs.centres - here
        ahead = offset @ turn @ _DIRECTIONS
        miss = (offset * offset).sum(axis=1) - discs.radii**2
        square = ahead * ahead - miss[:, None]
        to_discs = ahead - np.sqrt(np.maximum(square, 0.0))
        hit = (square >= 0.0) & (ahead > 0.0)
        lengths = np.minimum(lengths, np.where(hit, to_discs, np.inf).min(axis=0))
    return lengths


def measured(lengths: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """What the laser reports of ray lengths ``(360,)`` [m], with ``noise`` ``(360,)`` [m] added.

    No return is infinity, too near to measure is minus infinity (REP-117).
    """
    ranges = lengths + noise
    ranges[lengths > RANGE_MAX] = math.inf
    ranges[ranges > RANGE_MAX] = math.inf
    ranges[ranges < RANGE_MIN] = -math.inf
    return ranges
