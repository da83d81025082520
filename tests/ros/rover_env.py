"""A rover that needs no physics: it goes where it is told, past one wall, to a goal."""

from __future__ import annotations

import math
from typing import Any

import gymnasium
import numpy as np

from ddpg_ros.contract import (
    ActionElement,
    Command,
    Contract,
    Goal,
    MinPool,
    ObservationTerm,
    ProjectedGravity,
    Reading,
    Source,
    readings,
)
from ddpg_ros.contract.action import JOINT_TRAJECTORY, TWIST_STAMPED
from ddpg_ros.contract.readings import (
    IMU,
    LASER_SCAN,
    ODOMETRY,
    POSE_STAMPED,
    PREVIOUS_COMMAND,
)

PERIOD = 0.1
_WHEELS = (ActionElement("linear.x", "m/s", 0.0, 0.5), ActionElement("angular.z", "rad/s", -1, 1))
_MAST = ActionElement("mast", "rad", -0.5, 0.5, slew_limit=1.0)


class RoverEnv(gymnasium.Env[np.ndarray, np.ndarray]):
    """Action: forward speed [m/s], turn rate [rad/s], mast angle [rad]. An episode has 15 steps."""

    observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (3,))
    action_space = gymnasium.spaces.Box(
        np.array([0.0, -1.0, -0.5]), np.array([0.5, 1.0, 0.5]), dtype=np.float64
    )
    dt = PERIOD

    def readings(self) -> dict[str, Reading]:
        x, y, yaw = self.pose
        turned = (0.0, 0.0, math.sin(yaw / 2), math.cos(yaw / 2))
        ranges = np.full(90, math.inf)
        ranges[:10] = 1.0 + 0.1 * x
        return {
            "scan": readings.laser_scan(ranges, 0.0, 2 * math.pi / 90, 0.1, 4.0),
            "odom": readings.odometry((x, y, 0.0), turned),
            "goal_pose": readings.pose_stamped((2.0, 1.0, 0.0)),
            "imu": readings.imu(turned),
        }

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        super().reset(seed=seed)
        self.pose, self.steps = np.zeros(3), 0
        return self.pose.copy(), {}

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        speed, rate, mast = action
        yaw = self.pose[2] + rate * PERIOD
        self.pose += (speed * math.cos(yaw) * PERIOD, speed * math.sin(yaw) * PERIOD, rate * PERIOD)
        self.steps += 1
        reward = float(speed + 0.1 * rate + 0.01 * mast)
        return self.pose.copy(), reward, False, self.steps >= 15, {}


def contract() -> Contract:
    """Everything at once: four sensors, two commands, a history of three ticks."""
    return Contract(
        name="rover",
        period=PERIOD,
        observation=(
            ObservationTerm(
                "near", (Source("scan", LASER_SCAN, "ranges"),), MinPool(6, max_range=4.0)
            ),
            ObservationTerm(
                "target",
                (
                    Source("goal_pose", POSE_STAMPED, "pose.position", max_age=math.inf),
                    Source("odom", ODOMETRY, "pose.pose.position"),
                    Source("odom", ODOMETRY, "pose.pose.orientation"),
                ),
                Goal(),
            ),
            ObservationTerm("gravity", (Source("imu", IMU, "orientation"),), ProjectedGravity()),
            ObservationTerm(
                "before",
                (Source("", PREVIOUS_COMMAND, "command", ("cmd_vel.linear.x", "commands.mast")),),
            ),
        ),
        commands=(
            Command("cmd_vel", TWIST_STAMPED, _WHEELS),
            Command("commands", JOINT_TRAJECTORY, (_MAST,), "position"),
        ),
        history=3,
    )


gymnasium.register("Rover-v0", entry_point="rover_env:RoverEnv")
