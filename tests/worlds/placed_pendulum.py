"""The pendulum, put where a test wants it."""

from __future__ import annotations

import math

import numpy as np

from ddpg_ros.worlds.pendulum import PendulumWorld

UP, LEVEL, HANGING = 0.0, math.pi / 2, math.pi
REST = np.zeros(1)


def placed(angle: float, speed: float = 0.0) -> PendulumWorld:
    """A pendulum whose episode begins at ``angle`` [rad] with ``speed`` [rad/s]."""
    world = PendulumWorld()
    world.reset(seed=0)
    world.data.qpos[0], world.data.qvel[0] = angle, speed
    return world
