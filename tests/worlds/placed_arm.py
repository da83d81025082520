"""The arm, put where a test wants it, and a controller that brings its tool to the goal."""

from __future__ import annotations

from collections.abc import Sequence

import mujoco
import numpy as np

from ddpg_ros.worlds.arm import ArmWorld

HOME = (0.0, -np.pi / 2, np.pi / 2, -np.pi / 2, -np.pi / 2, 0.0)
REST = np.zeros(6)


def placed(pose: Sequence[float] = HOME, goal: Sequence[float] | None = None) -> ArmWorld:
    """An arm at rest in ``pose`` [rad] whose goal is ``goal`` [m], the tool itself if None."""
    world = ArmWorld()
    world.reset(seed=0)
    world.data.qpos[:] = pose
    mujoco.mj_forward(world.model, world.data)
    world.data.mocap_pos[0] = tool(world) if goal is None else goal
    mujoco.mj_forward(world.model, world.data)
    return world


def tool(world: ArmWorld) -> np.ndarray:
    """Where the tool is [m], of the data's own making."""
    scene = mujoco.MjData(world.model)
    scene.qpos[:] = world.data.qpos
    mujoco.mj_kinematics(world.model, scene)
    return scene.site("tool").xpos.copy()


def jacobian(world: ArmWorld) -> np.ndarray:
    """Velocity of the tool by velocities of the joints [m/rad], of MuJoCo's own making, (3, 6)."""
    scene = mujoco.MjData(world.model)
    scene.qpos[:] = world.data.qpos
    mujoco.mj_fwdPosition(world.model, scene)
    moves = np.zeros((3, world.model.nv))
    mujoco.mj_jacSite(world.model, scene, moves, None, world.model.site("tool").id)
    return moves


def towards(world: ArmWorld) -> np.ndarray:
    """Joint velocities that move the tool to the goal [rad/s], by the damped Jacobian."""
    moves, offset = jacobian(world), world.data.mocap_pos[0] - tool(world)
    return 4.0 * moves.T @ np.linalg.solve(moves @ moves.T + 0.01 * np.eye(3), offset)
