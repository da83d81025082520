"""The robot's side of the controller benchmarks: joint states out, commands in.

Every sample carries its number, and the policy of :mod:`benchmarks.policies` passes it through, so
that each command says which sample it was computed from. Loads neither torch nor the package.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

from rclpy.node import Node
from rclpy.qos import QoSProfile
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64MultiArray

NAMES = tuple(f"joint_{index}" for index in range(20))
"""What the robot reports."""

JOINTS = NAMES[7:13]
"""What the policy reads, position and velocity, and drives."""

SAFE = -0.5
"""The safe command of every joint; the policy never commands it of the first two."""

MAX_AGE = 0.1
"""Oldest joint states that may be acted on [s]."""

Commands = list[tuple[int, Sequence[float]]]
"""Commands with the time at which DDS received them [ns since the epoch]."""

Spoil = Callable[[JointState], JointState | None]
"""What a fault makes of a sample; None where nothing is to be sent."""

_NUMBERS = 4096
_DEEP = QoSProfile(depth=2000)
_FIRST = NAMES.index(JOINTS[0])


def encode(number: int) -> float:
    """Position of the first joint by the number of the sample, in [0.1, 0.9).

    The second joint has one minus it.
    """
    return 0.1 + 0.8 * (number % _NUMBERS) / _NUMBERS


def decode(command: Sequence[float], newest: int) -> int | None:
    """Number of the sample that ``command`` was computed from, at most ``newest``.

    None where it was not computed by the policy alone: a safe command, or one on its way from or
    to it.
    """
    if len(command) < 2 or not all(0 < value < 1 for value in command[:2]):
        return None
    first, second = math.atanh(command[0]), math.atanh(command[1])
    number = (first - 0.1) / 0.8 * _NUMBERS
    if abs(first + second - 1) > 1e-5 or abs(number - round(number)) > 0.1:
        return None
    return newest - (newest - round(number)) % _NUMBERS


def is_safe(command: Sequence[float]) -> bool:
    """Whether ``command`` is the safe one."""
    return len(command) == len(JOINTS) and all(abs(value - SAFE) < 1e-6 for value in command)


class CommandReceiver:
    """Receives commands without an executor: DDS itself notes when each arrived."""

    def __init__(self, node: Node) -> None:
        self._subscription = node.create_subscription(
            Float64MultiArray, "commands", lambda message: None, _DEEP
        )

    def take(self) -> Commands:
        """What has arrived since the last call."""
        commands: Commands = []
        handle = self._subscription.handle
        with handle:
            while (taken := handle.take_message(Float64MultiArray, False)) is not None:
                message, info = taken
                commands.append((info["received_timestamp"], message.data))
        return commands


class Arm:
    """Publishes joint states to absolute deadlines and receives commands, in one thread.

    Attributes:
        sent: When each sample was published [ns since the epoch].
        lateness: How long after its deadline each sample was published [s].
    """

    def __init__(self, node: Node) -> None:
        self.sent: list[int] = []
        self.lateness: list[float] = []
        self.states = [node.create_publisher(JointState, "joint_states", 10)]
        self._receiver = CommandReceiver(node)
        self._message = JointState(name=list(NAMES), position=[0.5] * 20, velocity=[0.5] * 20)

    def run(
        self,
        period: float,
        seconds: float,
        spoil: Spoil | None = None,
        until: Callable[[Commands], bool] = lambda commands: False,
    ) -> Commands:
        """Publish every ``period`` [s] for ``seconds``, or until ``until`` of what has arrived.

        Returns:
            The commands that arrived meanwhile, in order.
        """
        commands: Commands = []
        begin = time.monotonic()
        for tick in range(max(1, round(seconds / period))):
            deadline = begin + (tick + 1) * period
            time.sleep(max(0.0, deadline - time.monotonic()))
            self.lateness.append(time.monotonic() - deadline)
            self._publish(spoil)
            commands += self._receiver.take()
            if until(commands):
                break
        return commands

    def is_driven(self, commands: Commands) -> bool:
        """Whether the last of ``commands`` is the policy's."""
        return bool(commands) and decode(commands[-1][1], len(self.sent)) is not None

    def take(self) -> Commands:
        """What has arrived since, without publishing."""
        return self._receiver.take()

    def _publish(self, spoil: Spoil | None) -> None:
        message, position = self._message, encode(len(self.sent))
        message.position[_FIRST], message.position[_FIRST + 1] = position, 1 - position
        now = time.time_ns()
        message.header.stamp.sec, message.header.stamp.nanosec = divmod(now, 10**9)
        self.sent.append(now)
        spoilt = message if spoil is None else spoil(message)
        if spoilt is not None:
            for publisher in self.states:
                publisher.publish(spoilt)
