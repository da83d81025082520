"""A six-joint arm that brings the tip of its tool to points in space."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import mujoco
import numpy as np

from ddpg_ros.contract import (
    ActionElement,
    Command,
    Contract,
    CosSin,
    ObservationTerm,
    Reading,
    Source,
    ToolToGoal,
)
from ddpg_ros.contract.readings import (
    FLOAT64_MULTI_ARRAY,
    JOINT_STATE,
    POSE_STAMPED,
    PREVIOUS_COMMAND,
    joint_state,
    pose_stamped,
)
from ddpg_ros.worlds.chain_of import chain_of
from ddpg_ros.worlds.mujoco_world import MujocoWorld
from ddpg_ros.worlds.sensor_noise import Deviations
from ddpg_ros.worlds.world import PeriodEnd

_MODEL = Path(__file__).parent / "models" / "arm.xml"
_TOOL = "tool"
_BASE = "base_link"
"""Frame of the goal."""
_PERIOD = 0.08
"""Long enough for a command to matter: at half of it the tool rests a centimetre off [s]."""
_SPEED = 0.5
"""Share of the joints' velocity limits that is commanded: the tool moves at 1.6 m/s at most."""
_ACCELERATION = 40.0
"""Largest change of a joint's commanded velocity [rad/s^2].

From any command any other can be had within a period. Commands beyond the limit would make no
difference, so there would be nothing to learn from them.
"""

_HOME = np.array([0.0, -0.5, 0.5, -0.5, -0.5, 0.0]) * math.pi
_AROUND_HOME = np.array([2.0, 0.9, 0.9, 1.0, 1.0, math.pi])
"""Starts and goals are poses within this of home [rad]: elbow up, tool down, not behind."""
_LOWEST = 0.05
"""Lowest tool at a start and at a goal [m]."""

_EPISODE_PERIODS = 50

_SENSOR_NOISE: Deviations = {"joint_states": {"position": 0.0005, "velocity": 0.01}}
"""Deviations [rad, rad/s]: encoders at the joints, and what they make of the speeds."""

_NEAR = 0.015
"""Scale of the last centimetres in what the policy sees [m]."""
_REACHED = 0.01
"""Largest distance that counts as reached [m]."""
_COLLIDED = -6.0
_HELD_PERIODS = 7
"""An episode is a success when the goal was reached for all of its last periods: half a second."""


class ArmWorld(MujocoWorld):
    """An arm with a UR5e's chain, masses and limits, on a table; the goal is a point.

    Reads ``joint_states`` and ``goal_pose``; drives the joints' velocities [rad/s]. The reward is
    1 a period with the tool at the goal and at rest. It falls with the distance, most of all in the
    last centimetres; speed costs a little, and so does to change it. An episode lasts 4 s. It is a
    success when the tool was within 1 cm of the goal for the last half second, and ends at once, as
    a collision, when the arm touches itself or the table. ``info`` has the distance [m].
    """

    sensor_noise = _SENSOR_NOISE

    def __init__(self) -> None:
        super().__init__(_MODEL, arm_contract(), steps_per_substep=2)
        self._joints = [self.model.joint(i).name for i in range(self.model.njnt)]
        self._tool = self.data.site_xpos[self.model.site(_TOOL).id]
        self._goal = self.data.mocap_pos[0]
        self._periods = 0
        self._reached_for = 0
        self._change, self._charged = 0.0, 0

    @property
    def distance(self) -> float:
        """From the tool to the goal [m]."""
        return math.dist(self._tool.tolist(), self._goal.tolist())

    def readings(self) -> dict[str, Reading]:
        data = self.data
        return {
            "joint_states": joint_state(self._joints, data.qpos, data.qvel, data.qfrc_actuator),
            "goal_pose": pose_stamped(self._goal, frame=_BASE),
        }

    def _restart(self, seed: int | None) -> dict[str, Any]:
        mujoco.mj_resetData(self.model, self.data)
        self._take_a_pose()
        np.copyto(self._goal, self._tool)
        self._take_a_pose()
        self._periods = self._reached_for = self._charged = 0
        return {"distance": self.distance}

    def _advance(self, command: np.ndarray) -> PeriodEnd:
        self._charge(command - self.data.ctrl)
        self.data.ctrl[:] = command
        self._simulate()
        mujoco.mj_kinematics(self.model, self.data)  # a step leaves the tool where it began
        distance, motion = self.distance, float(self.data.qvel @ self.data.qvel)
        near, nearer = math.exp(-distance / 0.1), math.exp(-distance / 0.02)
        reward = 0.3 * (1.0 - distance) + 0.3 * near + 0.4 * nearer
        reward -= 0.01 * motion + 0.02 * self._change
        if self.data.ncon:
            info = {"outcome": "collision", "distance": distance}
            # A period's reward is the mean of its substeps'.
            reward += _COLLIDED * (self._substep + 1)
            return PeriodEnd(reward, terminated=True, truncated=False, info=info)
        if self._substep < self.substeps - 1:
            return PeriodEnd(reward, terminated=False, truncated=False)
        self._periods += 1
        self._reached_for = self._reached_for + 1 if distance < _REACHED else 0
        if self._periods < _EPISODE_PERIODS:
            return PeriodEnd(reward, False, False, {"distance": distance})
        outcome = "success" if self._reached_for >= _HELD_PERIODS else "failure"
        return PeriodEnd(reward, False, True, {"outcome": outcome, "distance": distance})

    def _charge(self, change: np.ndarray) -> None:
        """What a change of the command costs is paid over a period from where it takes effect."""
        self._charged -= 1
        if change.any():
            self._change, self._charged = float(change @ change), self.substeps
        elif self._charged <= 0:
            self._change = 0.0

    def _take_a_pose(self) -> None:
        """Put the arm into a pose around home that touches nothing."""
        while True:
            self.data.qpos[:] = _HOME + _AROUND_HOME * self.np_random.uniform(-1.0, 1.0, len(_HOME))
            mujoco.mj_fwdPosition(self.model, self.data)
            if self.data.ncon == 0 and self._tool[2] > _LOWEST:
                return


def arm_contract() -> Contract:
    """What a policy reads and drives on the arm."""
    model = mujoco.MjModel.from_xml_path(str(_MODEL))
    chain, tip = chain_of(model, _TOOL)
    joints = tuple(hinge.joint for hinge in chain)
    low, high = (_SPEED * model.actuator_ctrlrange.T).tolist()
    positions = Source("joint_states", JOINT_STATE, "position", joints, max_age=0.2)
    velocities = Source("joint_states", JOINT_STATE, "velocity", joints, max_age=0.2)
    goal = Source("goal_pose", POSE_STAMPED, "pose.position", max_age=math.inf)
    return Contract(
        name="arm",
        period=_PERIOD,
        observation=(
            ObservationTerm("angles", (positions,), CosSin(), low=-1.0, high=1.0),
            ObservationTerm("speeds", (velocities,), unit="rad/s", low=-10.0, high=10.0),
            ObservationTerm(
                "to_goal",
                (goal, positions),
                ToolToGoal(chain, tip, near=_NEAR, frame=_BASE),
                low=(-3.0,) * 3 + (-1.0,) * 3 + (-2.0,) * 6,
                high=(3.0,) * 3 + (1.0,) * 3 + (2.0,) * 6,
            ),
            ObservationTerm(
                "previous",
                (Source("", PREVIOUS_COMMAND, "command", joints),),
                unit="rad/s",
                low=tuple(low),
                high=tuple(high),
            ),
        ),
        commands=(
            Command(
                topic="commands",
                message=FLOAT64_MULTI_ARRAY,
                elements=tuple(
                    ActionElement(name, "rad/s", least, most, slew_limit=_ACCELERATION)
                    for name, least, most in zip(joints, low, high, strict=True)
                ),
            ),
        ),
    )
