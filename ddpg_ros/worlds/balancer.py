"""Swing-up and balance of a rotary inverted pendulum, the Furuta pendulum."""

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

_ARM, _PENDULUM = "arm", "pendulum"
_PERIOD = 0.01
_EPISODE_PERIODS = 800

_SENSOR_NOISE: Deviations = {"joint_states": {"position": 0.003, "velocity": 0.3}}
"""Deviations [rad, rad/s]: encoders of 2,048 counts, read every hundredth of a second."""

_TORQUE = 0.05
_ARM_LIMIT = 2.3
"""Angle of the arm at which its cable ends [rad]."""
_ARM_SPEED, _PENDULUM_SPEED = 50.0, 60.0

_UPRIGHT = 0.2
"""Largest angle from upright that counts as up [rad]."""
_UP_BY_PERIOD = 500
"""An episode is a success when the pendulum was up from this period to the last."""

_HANGING_STARTS = 0.5
"""Share of the episodes that begin hanging, as a robot does."""
_CALM_SPEED = 5.0
"""Speed of the pendulum that halves the reward [rad/s]."""


class BalancerWorld(MujocoWorld):
    """An arm on a vertical shaft with a pendulum at its end; the motor turns the arm alone.

    Reads ``joint_states``, where 0 rad is the arm straight ahead and the pendulum upright; drives
    the arm's effort [N m]. The reward is 1 a period when upright, at rest and with the arm straight
    ahead, and 0 hanging. An episode lasts 8 s and begins hanging or anywhere. It is a
    ``success`` when the pendulum was within 0.2 rad of upright from 5 s on, else its time is over,
    ``time_limit``; a ``failure`` ends it at once, when the arm turned beyond 2.3 rad.
    """

    sensor_noise = _SENSOR_NOISE

    def __init__(self) -> None:
        super().__init__("balancer.xml", balancer_contract(), steps_per_substep=2)
        self._periods = 0
        self._up_since = 0

    def readings(self) -> dict[str, Reading]:
        data = self.data
        return {
            "joint_states": joint_state((_ARM, _PENDULUM), data.qpos, data.qvel, data.qfrc_actuator)
        }

    def _restart(self, seed: int | None) -> dict[str, Any]:
        mujoco.mj_resetData(self.model, self.data)
        rng = self.np_random
        if rng.random() < _HANGING_STARTS:
            self.data.qpos[:] = rng.uniform(-0.1, 0.1), math.pi + rng.uniform(-0.1, 0.1)
        else:
            self.data.qpos[:] = rng.uniform(-1.0, 1.0), rng.uniform(-math.pi, math.pi)
            self.data.qvel[:] = rng.uniform(-1.0, 1.0, 2)
        self._periods = 0
        self._up_since = 0
        return {}

    def _advance(self, command: np.ndarray) -> PeriodEnd:
        effort = float(command[0])
        self.data.ctrl[0] = effort
        self._simulate()
        arm, angle = self.data.qpos.tolist()
        reward = _reward(arm, angle, float(self.data.qvel[1]), effort)
        if abs(arm) > _ARM_LIMIT:
            return PeriodEnd(0.0, terminated=True, truncated=False, info={"outcome": "failure"})
        if self._substep < self.substeps - 1:
            return PeriodEnd(reward, terminated=False, truncated=False)
        self._periods += 1
        if math.cos(angle) < math.cos(_UPRIGHT):
            self._up_since = self._periods + 1
        if self._periods < _EPISODE_PERIODS:
            return PeriodEnd(reward, terminated=False, truncated=False)
        outcome = "success" if self._up_since <= _UP_BY_PERIOD else "time_limit"
        return PeriodEnd(reward, terminated=False, truncated=True, info={"outcome": outcome})


def _reward(arm: float, angle: float, speed: float, effort: float) -> float:
    """A product of what is wanted, each in [0, 1]: upright, calm, centred, gentle."""
    upright = 0.5 + 0.5 * math.cos(angle)
    calm = 1.0 / (1.0 + (speed / _CALM_SPEED) ** 2)
    centred = 1.0 - 0.5 * (arm / _ARM_LIMIT) ** 2
    gentle = 1.0 - 0.1 * (effort / _TORQUE) ** 2
    return upright * calm * centred * gentle


def balancer_contract() -> Contract:
    """What a policy reads and drives on the balancer."""

    def joints(field: str, *names: str) -> tuple[Source, ...]:
        return (Source("joint_states", JOINT_STATE, field, names, max_age=0.05),)

    speeds = (_ARM_SPEED, _PENDULUM_SPEED)
    return Contract(
        name="balancer",
        period=_PERIOD,
        observation=(
            ObservationTerm(
                "arm", joints("position", _ARM), unit="rad", low=-_ARM_LIMIT, high=_ARM_LIMIT
            ),
            ObservationTerm("angle", joints("position", _PENDULUM), CosSin(), low=-1.0, high=1.0),
            ObservationTerm(
                "speed",
                joints("velocity", _ARM, _PENDULUM),
                unit="rad/s",
                low=tuple(-speed for speed in speeds),
                high=speeds,
            ),
        ),
        commands=(
            Command(
                topic="commands",
                message=FLOAT64_MULTI_ARRAY,
                elements=(
                    ActionElement(
                        name=_ARM,
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
