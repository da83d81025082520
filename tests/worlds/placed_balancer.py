"""The balancer, put where a test wants it."""

from __future__ import annotations

import math

import numpy as np

from ddpg_ros.worlds.balancer import BalancerWorld

UP, HANGING = 0.0, math.pi
REST = np.zeros(1)


def placed(
    angle: float, arm: float = 0.0, speed: float = 0.0, arm_speed: float = 0.0
) -> BalancerWorld:
    """A balancer whose episode begins with the pendulum at ``angle`` [rad], the arm at ``arm``."""
    world = BalancerWorld()
    world.reset(seed=0)
    world.data.qpos[:] = arm, angle
    world.data.qvel[:] = arm_speed, speed
    return world
