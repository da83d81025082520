"""Driving to goals without touching anything."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from ddpg_ros.contract import (
    ActionElement,
    Command,
    Contract,
    Goal,
    Identity,
    MinPool,
    ObservationTerm,
    Reading,
    Source,
)
from ddpg_ros.contract.readings import (
    LASER_SCAN,
    ODOMETRY,
    POSE_STAMPED,
    PREVIOUS_COMMAND,
    TWIST_STAMPED,
    laser_scan,
    odometry,
    pose_stamped,
)
from ddpg_ros.worlds.randomisation import Draw
from ddpg_ros.worlds.rover.drive import Drive, RoverParameters
from ddpg_ros.worlds.rover.laser import (
    ANGLE_INCREMENT,
    RANGE_MAX,
    RANGE_MIN,
    RAYS,
    measured,
    ray_lengths,
)
from ddpg_ros.worlds.rover.levels import LEVELS, Level
from ddpg_ros.worlds.rover.picture import Snapshot, draw_room
from ddpg_ros.worlds.rover.task import Task, draw_task
from ddpg_ros.worlds.sensor_noise import Deviations
from ddpg_ros.worlds.world import PeriodEnd, World

_PERIOD = 0.2
"""As often as the robot's laser turns, an LDS-01 [s]."""
_SUBSTEPS = 4
_STEPS_PER_SUBSTEP = 5
_EPISODE_PERIODS = 250
_REVERSE, _SPEED, _RATE = -0.1, 0.22, 2.84
_SEEN, _NEAR = 3.5, 0.6
"""What is farther away looks the same to the policy [m], in two views: the room, what is close."""
_GOAL_RADIUS = 0.2
"""The goal is reached when it is no farther than this [m]."""

_SENSOR_NOISE: Deviations = {
    "scan": {"ranges": 0.01},
    "odom": {"twist.twist.linear": 0.01, "twist.twist.angular": 0.05},
}
"""Deviations [m, m/s, rad/s] beyond what the laser has anyway."""

_PER_METRE = 5.0
_ARRIVED, _COLLIDED = 5.0, -20.0
_TIME = -0.06
_CLOSE, _TOO_CLOSE = 0.1, -0.2
"""A gap smaller than ``_CLOSE`` [m] costs, up to ``_TOO_CLOSE`` a period when there is none."""


class RoverWorld(World):
    """A TurtleBot3 Burger in a room that is new in every episode.

    Reads ``scan``, ``odom`` and ``goal_pose``; drives ``cmd_vel``. The episode ends as a success
    within 0.2 m of the goal, as a collision when anything is touched, and after 50 s.

    The reward is the progress along the free ways to the goal, 5 a metre, less a little for time
    and for driving close to something; 5 more at the goal, 20 less at a collision.

    Args:
        level: How much stands and moves in the room.
        parameters: The robot.
    """

    sensor_noise = _SENSOR_NOISE

    def __init__(
        self, level: Level = LEVELS["rover"], parameters: RoverParameters | None = None
    ) -> None:
        super().__init__(rover_contract(), substeps=_SUBSTEPS)
        self.level = level
        self.parameters = self._modelled = parameters or RoverParameters()
        self.drive = Drive(0.0, 0.0, 0.0)

    def begin(self, task: Task) -> None:
        """Put the robot at the start of ``task``."""
        self.task = task
        self.drive = Drive(*task.start)
        self._seconds, self._periods = 0.0, 0
        self._way = task.field.at(self.drive.x, self.drive.y)
        self._goal = pose_stamped((*task.goal, 0.0))
        self._readings: dict[str, Reading] | None = None

    def readings(self) -> dict[str, Reading]:
        """What the sensors say now; asked again before time goes on, they say the same."""
        if self._readings is None:
            self._readings = self._measure()
        return self._readings

    def snapshot(self) -> Snapshot:
        drive = self.drive
        pose = (drive.x, drive.y, drive.yaw)
        return Snapshot(
            self.task.arena,
            self._seconds,
            pose,
            self.task.goal,
            self.parameters.radius,
            _GOAL_RADIUS,
        )

    def draw(self, snapshot: Snapshot) -> np.ndarray:
        return draw_room(snapshot)

    def vary(self, draw: Draw) -> None:
        """A heavier robot answers later and gains speed more slowly, as one with less grip does."""
        mass, gain, modelled = draw.factor("mass"), draw.factor("motor_gain"), self._modelled
        grip, inertia = draw.factor("friction"), draw.factor("inertia")
        self.parameters = replace(
            modelled,
            wheel_gain=gain * modelled.wheel_gain,
            wheel_lag=mass * modelled.wheel_lag,
            wheel_acceleration=grip * modelled.wheel_acceleration / mass,
            inertia=inertia * modelled.inertia,
        )

    def push(self, speed: float, rng: np.random.Generator) -> None:
        angle = rng.uniform(-math.pi, math.pi)
        self.drive.push(self.parameters, speed * math.cos(angle), speed * math.sin(angle))

    def _restart(self, seed: int | None) -> dict[str, Any]:
        self.begin(draw_task(self.level, self.np_random))
        return {}

    def _advance(self, command: np.ndarray) -> PeriodEnd:
        speed, rate = command.tolist()
        duration = _PERIOD / _SUBSTEPS
        drive = self.drive
        drive.advance(self.parameters, speed, rate, duration, _STEPS_PER_SUBSTEP)
        self._seconds += duration
        self._readings = None
        before, self._way = self._way, self.task.field.at(drive.x, drive.y)
        arena = self.task.arena
        here = np.array(((drive.x, drive.y),))
        clearance = float(arena.clearance(here, arena.discs(self._seconds))[0])
        gap = clearance - self.parameters.radius
        reward = _PER_METRE * _SUBSTEPS * (before - self._way) + _TIME
        reward += _TOO_CLOSE * max(0.0, 1.0 - gap / _CLOSE)
        goal_x, goal_y = self.task.goal
        if gap <= 0.0:
            return self._end("collision", reward, _COLLIDED)
        if math.hypot(goal_x - drive.x, goal_y - drive.y) <= _GOAL_RADIUS:
            return self._end("success", reward, _ARRIVED)
        self._periods += self._substep == _SUBSTEPS - 1
        if self._periods == _EPISODE_PERIODS:
            return PeriodEnd(reward, False, True, {"outcome": "time_limit"})
        return PeriodEnd(reward, False, False)

    def _end(self, outcome: str, reward: float, bonus: float) -> PeriodEnd:
        """The bonus is multiplied, as a period's reward is the mean of its substeps'."""
        return PeriodEnd(reward + bonus * (self._substep + 1), True, False, {"outcome": outcome})

    def _measure(self) -> dict[str, Reading]:
        drive, parameters = self.drive, self.parameters
        lengths = ray_lengths(self.task.arena, self._seconds, drive.x, drive.y, drive.yaw)
        noise = parameters.scan_noise * self.np_random.standard_normal(RAYS)
        facing = (0.0, 0.0, math.sin(drive.yaw / 2), math.cos(drive.yaw / 2))
        return {
            "scan": laser_scan(
                measured(lengths, noise), 0.0, ANGLE_INCREMENT, RANGE_MIN, RANGE_MAX
            ),
            "odom": odometry(
                (drive.x, drive.y, 0.0),
                facing,
                (drive.speed, 0.0, 0.0),
                (0.0, 0.0, drive.rate(parameters)),
            ),
            "goal_pose": self._goal,
        }


def rover_contract() -> Contract:
    """What a policy reads and drives on the rover, the same at every level."""
    position = Source("odom", ODOMETRY, "pose.pose.position", ("x", "y"), max_age=0.3)
    orientation = Source("odom", ODOMETRY, "pose.pose.orientation", max_age=0.3)
    goal = Source("goal_pose", POSE_STAMPED, "pose.position", ("x", "y"), max_age=math.inf)
    scan = Source("scan", LASER_SCAN, "ranges", max_age=0.5)
    linear = Source("odom", ODOMETRY, "twist.twist.linear", ("x",), max_age=0.3)
    angular = Source("odom", ODOMETRY, "twist.twist.angular", ("z",), max_age=0.3)
    before = Source("", PREVIOUS_COMMAND, "command", ("linear.x", "angular.z"))
    return Contract(
        name="rover",
        period=_PERIOD,
        observation=(
            ObservationTerm("obstacles", (scan,), MinPool(36, _SEEN), "m", 0.0, _SEEN),
            ObservationTerm("near", (scan,), MinPool(36, _NEAR), "m", 0.0, _NEAR),
            ObservationTerm(
                "goal",
                (goal, position, orientation),
                Goal(),
                "",
                (0.0, -1.0, -1.0),
                (6.0, 1.0, 1.0),
            ),
            ObservationTerm("speed", (linear,), Identity(), "m/s", -0.3, 0.3),
            ObservationTerm("turn_rate", (angular,), Identity(), "rad/s", -4.0, 4.0),
            ObservationTerm(
                "previous", (before,), Identity(), "", (_REVERSE, -_RATE), (_SPEED, _RATE)
            ),
        ),
        commands=(
            Command(
                topic="cmd_vel",
                message=TWIST_STAMPED,
                elements=(
                    ActionElement("linear.x", "m/s", _REVERSE, _SPEED, 0.0, slew_limit=1.0),
                    ActionElement("angular.z", "rad/s", -_RATE, _RATE, 0.0, slew_limit=20.0),
                ),
            ),
        ),
    )
