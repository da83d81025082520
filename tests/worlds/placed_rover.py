"""The rover, put where a test wants it."""

from __future__ import annotations

import math

import numpy as np

from ddpg_ros.worlds.rover import RoverWorld
from ddpg_ros.worlds.rover.arena import Arena, Boxes, Discs, Movers
from ddpg_ros.worlds.rover.distance_field import DistanceField, grid_nodes
from ddpg_ros.worlds.rover.drive import RoverParameters
from ddpg_ros.worlds.rover.levels import LEVELS
from ddpg_ros.worlds.rover.task import Task

HALT, AHEAD = np.array((0.0, 0.0)), np.array((0.22, 0.0))
SILENT = RoverParameters(scan_noise=0.0)


def one_box(x: float, y: float, half: tuple[float, float], angle: float = 0.0) -> Boxes:
    return Boxes(np.array([(x, y)]), np.array([half]), np.array([angle]))


def one_disc(x: float, y: float, radius: float) -> Discs:
    return Discs(np.array([(x, y)]), np.array([radius]))


def one_mover(start: tuple[float, float], way: tuple[float, float], speed: float) -> Movers:
    """A mover of 0.16 m that begins at ``start`` and goes at ``speed`` [m/s]."""
    rate = speed / math.hypot(*way)
    return Movers(
        np.array([start]), np.array([way]), np.array([rate]), np.zeros(1), np.array([0.16])
    )


def field(arena: Arena, goal: tuple[float, float]) -> DistanceField:
    nodes = grid_nodes(arena.half)
    clearance = arena.clearance(nodes.reshape(-1, 2), arena.pillars)
    return DistanceField(arena, clearance.reshape(nodes.shape[:2]), goal)


def placed(
    arena: Arena, start: tuple[float, float, float], goal: tuple[float, float]
) -> RoverWorld:
    """A rover without noise whose episode begins at ``start`` in ``arena``."""
    world = RoverWorld(LEVELS["rover-1"], SILENT)
    world.reset(seed=0)
    world.begin(Task(arena, start, goal, field(arena, goal)))
    return world
