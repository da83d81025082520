"""A robot of one's own from a URDF: a two-joint arm that brings its tool to a goal in the plane."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mujoco
import numpy as np

from ddpg_ros.contract import Reading, readings
from ddpg_ros.contract.yaml_file import load_contract
from ddpg_ros.worlds import PeriodEnd
from ddpg_ros.worlds.mujoco_world import MujocoWorld

HERE = Path(__file__).parent
JOINTS = ["shoulder", "elbow"]
POSES = np.array([[-1.5, 0.5], [1.5, 2.3]])  # rad, between which episodes begin and goals lie
LENGTHS = np.array([0.3, 0.25])  # m
EPISODE = 80  # control periods, 4 s
NEAR = 0.02  # m


def model() -> mujoco.MjModel:
    """The URDF, and what a URDF does not say: motors, a goal to look at, light and a camera."""
    spec = mujoco.MjSpec.from_file(str(HERE / "planar_arm.urdf"))
    spec.option.timestep = 0.01
    spec.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    spec.option.disableflags = mujoco.mjtDisableBit.mjDSBL_CONTACT
    for joint in JOINTS:
        motor = spec.add_actuator(name=joint, target=joint, trntype=mujoco.mjtTrn.mjTRN_JOINT)
        motor.set_to_velocity(kv=5.0)
    goal = spec.worldbody.add_body(name="goal", mocap=True)
    goal.add_geom(type=mujoco.mjtGeom.mjGEOM_SPHERE, size=[NEAR, 0, 0], rgba=[0.9, 0.3, 0.2, 1])
    spec.worldbody.add_light(pos=[0, 0, 2])
    spec.worldbody.add_camera(name="film", pos=[0, 0, 1.6])
    return spec.compile()


class PlanarArm(MujocoWorld):
    """Reward: 1 with the tool at the goal, less with distance and speed. 4 s to get there."""

    def __init__(self) -> None:
        super().__init__(model(), load_contract(HERE / "planar_arm.yaml"), steps_per_substep=5)

    def readings(self) -> dict[str, Reading]:
        """What the sensors say now, by topic."""
        return {
            "joint_states": readings.joint_state(JOINTS, self.data.qpos, self.data.qvel),
            "tool_pose": readings.pose_stamped([*tool(self.data.qpos), 0.0]),
            "goal_pose": readings.pose_stamped(self.data.mocap_pos[0]),
        }

    def _restart(self, seed: int | None) -> dict[str, Any]:
        """An episode's start, drawn from ``self.np_random`` alone."""
        mujoco.mj_resetData(self.model, self.data)
        self.data.qpos = self.np_random.uniform(*POSES)
        self.data.mocap_pos[0, :2] = tool(self.np_random.uniform(*POSES))
        self.periods = 0
        return {}

    def _advance(self, command: np.ndarray) -> PeriodEnd:
        """A control period: the command is applied, physics run, the result is judged."""
        self.data.ctrl = command
        self._simulate()
        self.periods += 1
        distance = np.linalg.norm(tool(self.data.qpos) - self.data.mocap_pos[0, :2])
        reward = np.exp(-10 * distance) - 0.02 * np.abs(self.data.qvel).sum()
        over = self.periods == EPISODE
        outcome = "success" if distance < NEAR else "failure"
        return PeriodEnd(float(reward), False, over, {"outcome": outcome} if over else {})


def tool(angles: np.ndarray) -> np.ndarray:
    """Where the tool is, ``(2,)`` [m]."""
    towards = np.cumsum(angles)
    return np.array([LENGTHS @ np.cos(towards), LENGTHS @ np.sin(towards)])
