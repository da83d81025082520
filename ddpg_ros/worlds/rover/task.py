"""A room, a place to start from and a goal that can be reached from it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ddpg_ros.worlds.rover.arena import Arena
from ddpg_ros.worlds.rover.distance_field import CELL, DistanceField, grid_nodes
from ddpg_ros.worlds.rover.furnishing import MOVER_RADIUS, furnish
from ddpg_ros.worlds.rover.levels import Level

_BERTH = 0.25
"""Clearance of start and goal [m]."""
_START_APART = 0.6
"""Clearance of the start from where movers are then [m]."""
_GOAL_ASIDE = MOVER_RADIUS + 0.25
"""Between the goal and the ways of movers [m]."""
_NEAREST, _FARTHEST = 1.0, 6.0
"""Shortest and longest way to the goal, as the distance field measures it [m]."""


class Task(NamedTuple):
    """What an episode asks for: from ``start`` (x, y [m], yaw [rad]) to ``goal`` (x, y) [m]."""

    arena: Arena
    start: tuple[float, float, float]
    goal: tuple[float, float]
    field: DistanceField


def draw_task(level: Level, rng: np.random.Generator) -> Task:
    """A task whose goal can be reached on a way wide enough for the robot."""
    while True:
        arena = furnish(level, rng)
        task = arena and _start_and_goal(arena, rng)
        if task:
            return task


def _start_and_goal(arena: Arena, rng: np.random.Generator) -> Task | None:
    nodes = grid_nodes(arena.half)
    points = nodes.reshape(-1, 2)
    clearance = arena.clearance(points, arena.pillars)
    berth = clearance >= _BERTH
    goals = np.flatnonzero(berth & (arena.movers.aside(points) >= _GOAL_ASIDE))
    if not len(goals):
        return None
    x, y = _jittered(points[rng.choice(goals)], rng)
    field = DistanceField(arena, clearance.reshape(nodes.shape[:2]), (x, y))
    way = field.distances.ravel()
    apart = arena.clearance(points, arena.discs(0.0)) >= np.minimum(clearance, _START_APART)
    starts = np.flatnonzero(berth & apart & (way >= _NEAREST) & (way <= _FARTHEST))
    if not len(starts):
        return None
    start = _jittered(points[rng.choice(starts)], rng)
    return Task(arena, (*start, rng.uniform(-math.pi, math.pi)), (x, y), field)


def _jittered(node: np.ndarray, rng: np.random.Generator) -> tuple[float, float]:
    x, y = node + rng.uniform(-0.5, 0.5, 2) * CELL
    return float(x), float(y)
