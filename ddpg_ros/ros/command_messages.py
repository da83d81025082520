"""Between commands and the ROS messages that carry them: pure conversions."""

from __future__ import annotations

from typing import Any

import numpy as np
from builtin_interfaces.msg import Duration, Time
from geometry_msgs.msg import Twist, TwistStamped
from std_msgs.msg import Float64MultiArray
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from ddpg_ros.contract import Command
from ddpg_ros.contract.action import JOINT_TRAJECTORY, TWIST, TWIST_STAMPED
from ddpg_ros.contract.readings import JOINT_STATE
from ddpg_ros.ros.messages import MESSAGE_TYPES, written_through

_POINT_FIELDS = {"position": "positions", "velocity": "velocities", "effort": "effort"}
"""Fields of a trajectory point by the contract's names."""


class CommandMessage:
    """The message of one command, kept and filled again every tick.

    Args:
        command: Which message, and what its elements are.
        period: Control period [s], the time a trajectory point has to be reached in.
        stamped_twist: False to send a Twist where the contract says TwistStamped.
    """

    def __init__(self, command: Command, period: float, stamped_twist: bool = True) -> None:
        kind = command.message
        if kind == TWIST_STAMPED and not stamped_twist:
            kind = TWIST
        self.kind = kind
        self.message = MESSAGE_TYPES[kind]()
        self._header = getattr(self.message, "header", None)
        names = [element.name for element in command.elements]
        if kind in (TWIST, TWIST_STAMPED):
            twist = self.message if kind == TWIST else self.message.twist
            self._axes = [(getattr(twist, part), axis) for part, axis in map(_split, names)]
            return
        self._axes, holder, field = [], self.message, command.field
        if kind == JOINT_STATE:
            self.message.name = names
        elif kind == JOINT_TRAJECTORY:
            holder = JointTrajectoryPoint(time_from_start=_duration(period))
            field = _POINT_FIELDS[field]
            self.message.joint_names, self.message.points = names, [holder]
        self._values = written_through(holder, field, len(names))

    @property
    def is_stamped(self) -> bool:
        """Whether the message says when it was made."""
        return self._header is not None

    def fill(self, values: np.ndarray, stamp: Time | None) -> Any:
        """The message with ``values`` ``(k,)`` in SI units, stamped if it can be; it is reused."""
        if self._header is not None:
            self._header.stamp = stamp
        if self._axes:
            for (vector, axis), value in zip(self._axes, values.tolist(), strict=True):
                setattr(vector, axis, value)
        else:
            np.copyto(self._values, values)
        return self.message


def _split(name: str) -> tuple[str, str]:
    """``linear.x`` in two."""
    part, axis = name.split(".")
    return part, axis


def _duration(seconds: float) -> Duration:
    nanoseconds = round(seconds * 1e9)
    return Duration(sec=nanoseconds // 10**9, nanosec=nanoseconds % 10**9)


def command_values(command: Command, message: Any) -> np.ndarray | None:
    """What a command message asks for, ``(k,)`` in contract order; None if it does not fit."""
    names = [element.name for element in command.elements]
    if isinstance(message, Float64MultiArray):
        return np.array(message.data) if len(message.data) == len(names) else None
    if isinstance(message, (Twist, TwistStamped)):
        twist = message.twist if isinstance(message, TwistStamped) else message
        parts = (name.split(".") for name in names)
        return np.array([getattr(getattr(twist, part), axis) for part, axis in parts])
    if isinstance(message, JointTrajectory):
        if not message.points:
            return None
        given = message.joint_names
        values = getattr(message.points[0], _POINT_FIELDS[command.field])
    else:
        given, values = message.name, getattr(message, command.field)
    if len(values) != len(given) or any(name not in given for name in names):
        return None
    return np.array([values[given.index(name)] for name in names])
