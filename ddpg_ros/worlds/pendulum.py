"""Swing-up of one torque-limited hinge."""

from __future__ import annotations

import math
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
)
from ddpg_ros.contract.readings import FLOAT64_MULTI_ARRAY, JOINT_STATE, joint_state
from ddpg_ros.worlds.mujoco_world import MujocoWorld
from ddpg_ros.worlds.sensor_noise import Deviations
from ddpg_ros.worlds.world import PeriodEnd

_JOINT = "hinge"
_PERIOD = 0.05
_EPISODE_PERIODS = 160
_TORQUE = 1.0
_SPEED = 30.0

_SENSOR_NOISE: Deviations = {"joint_states": {"position": 0.01, "velocity": 0.1}}
"""Deviations [rad, rad/s]: an encoder of a small motor, and what it makes of the speed."""

_UPRIGHT = 0.2
"""Largest angle from upright that counts as up [rad]."""
_STAY_PERIODS = 40
"""An episode is a success when the bob was up for all of its last periods."""


class PendulumWorld(MujocoWorld):
    """A 0.5 kg bob on a 0.5 m rod, 0 rad is upright; the motor is too weak to lift it straight up.

    Reads ``joint_states``; drives the hinge's effort [N m]. The reward is 1 a period when upright
    and at rest, falls to 0 hanging, and costs a little speed and effort. An episode lasts 8 s and
    starts anywhere; it is a success when the last 2 s were spent within 0.2 rad of upright.
    """

    sensor_noise = _SENSOR_NOISE

    def __init__(self) -> None:
        super().__init__("pendulum.xml", pendulum_contract(), steps_per_substep=2)
        self._periods = 0
        self._up_for = 0

    def readings(self) -> dict[str, Reading]:
        return {
            "joint_states": joint_state(
                [_JOINT], self.data.qpos, self.data.qvel, self.data.qfrc_actuator
            )
        }

    def _restart(self, seed: int | None) -> dict[str, Any]:
        mujoco.mj_resetData(self.model, self.data)
        self.data.qpos[0] = self.np_random.uniform(-math.pi, math.pi)
        self.data.qvel[0] = self.np_random.uniform(-1.0, 1.0)
        self._periods = self._up_for = 0
        return {}

    def _advance(self, command: np.ndarray) -> PeriodEnd:
        self.data.ctrl[0] = command[0]
        self._simulate()
        ends_period = self._substep == self.substeps - 1
        angle, speed = float(self.data.qpos[0]), float(self.data.qvel[0])
        cost = 0.002 * speed**2 + 0.01 * float(command[0]) ** 2
        reward = 0.5 + 0.5 * math.cos(angle) - cost
        if not ends_period:
            return PeriodEnd(reward, terminated=False, truncated=False)
        self._periods += 1
        self._up_for = self._up_for + 1 if math.cos(angle) > math.cos(_UPRIGHT) else 0
        if self._periods < _EPISODE_PERIODS:
            return PeriodEnd(reward, terminated=False, truncated=False)
        outcome = "success" if self._up_for >= _STAY_PERIODS else "failure"
        return PeriodEnd(reward, terminated=False, truncated=True, info={"outcome": outcome})


def pendulum_contract() -> Contract:
    """What a policy reads and drives on the pendulum."""

    def joint(field: str) -> tuple[Source, ...]:
        return (Source("joint_states", JOINT_STATE, field, (_JOINT,), max_age=0.2),)

    return Contract(
        name="pendulum",
        period=_PERIOD,
        observation=(
            ObservationTerm("angle", joint("position"), CosSin(), low=-1.0, high=1.0),
            ObservationTerm("speed", joint("velocity"), unit="rad/s", low=-_SPEED, high=_SPEED),
        ),
        commands=(
            Command(
                topic="commands",
                message=FLOAT64_MULTI_ARRAY,
                elements=(
                    ActionElement(
                        name=_JOINT,
                        unit="N m",
                        low=-_TORQUE,
                        high=_TORQUE,
                        safe=0.0,
                        slew_limit=2 * _TORQUE / _PERIOD,
                    ),
                ),
            ),
        ),
    )
