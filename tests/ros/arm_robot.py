"""A robot with four joints and an IMU whose sensors can be spoilt, and the policy it is flown by.

It publishes to absolute deadlines, and DDS itself notes when each command arrived.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from builtin_interfaces.msg import Time
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import QoSProfile
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import Imu, JointState
from std_msgs.msg import Bool, Float64MultiArray
from steady_policy import write_policy

from ddpg_ros.contract import ActionElement, Command, Contract, ObservationTerm, Source, readings
from ddpg_ros.contract.features import ProjectedGravity

JOINTS = ("shoulder", "elbow", "wrist", "finger")
RATE = 150.0
"""Of the sensors [Hz]."""
PERIOD = 0.02
MAX_AGE = 5 * PERIOD
BIAS = 0.5
DEADLINE = 30.0

Messages = list[tuple[str, Any]]
"""Messages by topic; ``joint_states#2`` is a second publisher of ``joint_states``."""
Spoil = Callable[[Messages, float], Messages]
"""What becomes of the messages of one moment, so long [s] after the fault began."""

_KINDS = {"joint_states": JointState, "imu": Imu, "/clock": Clock, "ddpg_controller/estop": Bool}
_DEEP = QoSProfile(depth=5000)
_ACTIONS = (
    ActionElement("shoulder", "N m", -2.0, 2.0),
    ActionElement("elbow", "N m", -2.0, 2.0, safe=-0.5, slew_limit=10.0),
    ActionElement("wrist", "rad/s", -1.0, 1.0, slew_limit=4.0),
    ActionElement("finger", "N", 0.0, 1.0, safe=1.0, slew_limit=3.0),
)


def arm_contract(period: float = PERIOD) -> Contract:
    """Positions, velocities, gravity and rates in; commands with and without slew limits out."""

    def joints(field: str, unit: str) -> ObservationTerm:
        source = Source("joint_states", readings.JOINT_STATE, field, JOINTS, 5 * period)
        return ObservationTerm(field, (source,), unit=unit)

    def imu(field: str) -> tuple[Source]:
        return (Source("imu", readings.IMU, field, max_age=5 * period),)

    terms = (
        joints("position", "rad"),
        joints("velocity", "rad/s"),
        ObservationTerm("gravity", imu("orientation"), ProjectedGravity()),
        ObservationTerm("rates", imu("angular_velocity"), unit="rad/s"),
    )
    command = Command("commands", readings.FLOAT64_MULTI_ARRAY, _ACTIONS)
    return Contract("arm", period, terms, (command,))


def write_arm_policy(path: Path, bias: float = BIAS, period: float = PERIOD) -> Path:
    """A policy that saw positions within 2 rad, velocities within 4 rad/s, a robot upright."""
    rng = np.random.default_rng(0)
    reach = [2.0] * 4 + [4.0] * 4 + [0.4, 0.4, 0.1] + [1.0] * 3
    seen = rng.uniform(-1.0, 1.0, (1000, len(reach))) * reach
    seen[:, 10] -= 0.95
    return write_policy(path, arm_contract(period), bias, seen.astype(np.float32))


@dataclass(frozen=True)
class Received:
    """A command.

    Args:
        at: When it arrived [s since the epoch].
        number: Its publisher's count, from 1 on; None where rclpy does not tell.
        values: ``(4,)``, SI units.
    """

    at: float
    number: int | None
    values: np.ndarray


class ArmRobot:
    """Publishes sensors and receives commands, in one thread.

    Args:
        simulated: Whether it has a clock of its own, on ``/clock``.
        build: What the robot makes of the messages by itself, faults or not.
    """

    def __init__(self, simulated: bool = False, build: Spoil | None = None) -> None:
        self.node = Node("robot")
        self.commands: list[Received] = []
        self.spoil: Spoil | None = None
        self.clock = 100.0 if simulated else None
        """Simulated time [s]."""
        self.paused = False
        self._build = build
        self._unspun = Node("robot_wires")
        self._received = self._unspun.create_subscription(
            Float64MultiArray, "commands", lambda message: None, _DEEP
        )
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self.node)
        self._publishers: dict[str, Any] = {}
        self._due = self._spoilt_since = time.monotonic()

    def step(self) -> None:
        """One moment: wait for it, publish, receive."""
        now = time.monotonic()
        self._due = max(self._due + 1 / RATE, now - 1 / RATE)
        time.sleep(max(0.0, self._due - now))
        self._publish()
        for _ in range(3):
            self._executor.spin_once(timeout_sec=0)
        self._take()

    def serve(self, seconds: float) -> None:
        """Go on for ``seconds``."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.step()

    def wait_for(self, condition: Callable[[], Any], what: str, deadline: float = DEADLINE) -> Any:
        """Go on until ``condition`` holds; fail with ``what`` after ``deadline`` [s]."""
        end = time.monotonic() + deadline
        while not (value := condition()):
            assert time.monotonic() < end, f"not within {deadline:g} s: {what}"
            self.step()
        return value

    def suffer(self, spoil: Spoil | None) -> None:
        """From now on ``spoil`` the messages; None: no longer. Further publishers leave."""
        self.spoil, self._spoilt_since = spoil, time.monotonic()
        for name in [name for name in self._publishers if "#" in name and not self._build]:
            self._unspun.destroy_publisher(self._publishers.pop(name))

    def close(self) -> None:
        self._executor.shutdown()
        self.node.destroy_node()
        self._unspun.destroy_node()

    def _publish(self) -> None:
        if self.clock is not None and not self.paused:
            self.clock += 1 / RATE
        messages = self._sense()
        if self._build:
            messages = self._build(messages, 0.0)
        if self.spoil:
            messages = self.spoil(messages, time.monotonic() - self._spoilt_since)
        for name, message in messages:
            if name not in self._publishers:
                topic = name.partition("#")[0]
                self._publishers[name] = self._unspun.create_publisher(_KINDS[topic], topic, 10)
            self._publishers[name].publish(message)

    def _sense(self) -> Messages:
        """Joints that swing, a body that sways a little: no two messages are equal."""
        t = time.monotonic()
        now = _time(time.time() if self.clock is None else self.clock)
        joints, imu = JointState(name=list(JOINTS)), Imu()
        joints.header.stamp = imu.header.stamp = now
        joints.position = [math.sin(t + k) for k in range(4)]
        joints.velocity = [math.cos(t + k) for k in range(4)]
        tilt = 0.05 * math.sin(3 * t)
        imu.orientation.x, imu.orientation.w = math.sin(tilt / 2), math.cos(tilt / 2)
        imu.angular_velocity.x = 0.15 * math.cos(3 * t)
        messages: Messages = [("joint_states", joints), ("imu", imu)]
        return messages if self.clock is None else [("/clock", Clock(clock=now)), *messages]

    def _take(self) -> None:
        handle = self._received.handle
        with handle:
            while (taken := handle.take_message(Float64MultiArray, False)) is not None:
                message, info = taken
                number = info.get("publication_sequence_number")
                at = 1e-9 * info["received_timestamp"]
                self.commands.append(Received(at, number, np.array(message.data)))


def _time(seconds: float) -> Time:
    return Time(sec=int(seconds), nanosec=int(seconds % 1 * 1e9))
