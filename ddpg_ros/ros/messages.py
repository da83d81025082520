"""Between ROS messages and readings or commands: pure conversions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from builtin_interfaces.msg import Duration, Time
from geometry_msgs.msg import PoseStamped, Twist, TwistStamped
from nav_msgs.msg import Odometry
from sensor_msgs.msg import Imu, JointState, LaserScan
from std_msgs.msg import Float64MultiArray
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from ddpg_ros.contract import Command, Reading
from ddpg_ros.contract.action import JOINT_TRAJECTORY, TWIST, TWIST_STAMPED
from ddpg_ros.contract.readings import (
    FLOAT64_MULTI_ARRAY,
    IMU,
    JOINT_STATE,
    LASER_SCAN,
    ODOMETRY,
    POSE_STAMPED,
)

MESSAGE_TYPES: dict[str, Any] = {
    FLOAT64_MULTI_ARRAY: Float64MultiArray,
    IMU: Imu,
    JOINT_STATE: JointState,
    JOINT_TRAJECTORY: JointTrajectory,
    LASER_SCAN: LaserScan,
    ODOMETRY: Odometry,
    POSE_STAMPED: PoseStamped,
    TWIST: Twist,
    TWIST_STAMPED: TwistStamped,
}
"""Message classes by the name they have in a contract."""

_UNKNOWN_ORIENTATION = np.full(4, math.nan)


def seconds(stamp: Time) -> float | None:
    """A header's time [s]; None if it was left at zero."""
    time = stamp.sec + 1e-9 * stamp.nanosec
    return time if time > 0 else None


def to_stamp(nanoseconds: int) -> Time:
    """Time [ns] as a message."""
    return Time(sec=nanoseconds // 10**9, nanosec=nanoseconds % 10**9)


def to_reading(message: Any) -> Reading:
    """What a sensor's message says."""
    return _READERS[type(message)](message)


def to_message(kind: str, reading: Reading, stamp: Time) -> Any:
    """The message of type ``kind`` that says ``reading``, stamped ``stamp``."""
    message = MESSAGE_TYPES[kind]()
    if kind != FLOAT64_MULTI_ARRAY:
        message.header.stamp = stamp
        message.header.frame_id = reading.frame
    _WRITERS[kind](message, reading)
    return message


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
        self._field = command.field
        self._names = [element.name for element in command.elements]
        self._point = JointTrajectoryPoint()
        nanoseconds = round(period * 1e9)
        self._point.time_from_start = Duration(
            sec=nanoseconds // 10**9, nanosec=nanoseconds % 10**9
        )
        if kind == JOINT_STATE:
            self.message.name = self._names
        elif kind == JOINT_TRAJECTORY:
            self.message.joint_names = self._names
            self.message.points = [self._point]

    def fill(self, values: np.ndarray, stamp: Time) -> Any:
        """The message with ``values`` ``(k,)`` in SI units, stamped ``stamp``; it is reused."""
        if self.kind not in (FLOAT64_MULTI_ARRAY, TWIST):
            self.message.header.stamp = stamp
        if self.kind == FLOAT64_MULTI_ARRAY:
            self.message.data = values.tolist()
        elif self.kind == JOINT_STATE:
            setattr(self.message, self._field, values.tolist())
        elif self.kind == JOINT_TRAJECTORY:
            plural = "velocities" if self._field == "velocity" else f"{self._field}s"
            setattr(self._point, "effort" if self._field == "effort" else plural, values.tolist())
        else:
            twist = self.message if self.kind == TWIST else self.message.twist
            for name, value in zip(self._names, values.tolist(), strict=True):
                part, axis = name.split(".")
                setattr(getattr(twist, part), axis, value)
        return self.message


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
        given, point = message.joint_names, message.points[0]
        fields = {"position": "positions", "velocity": "velocities", "effort": "effort"}
        values = getattr(point, fields[command.field])
    else:
        given, values = message.name, getattr(message, command.field)
    if len(values) != len(given) or any(name not in given for name in names):
        return None
    return np.array([values[given.index(name)] for name in names])


def _read_joint_state(message: JointState) -> Reading:
    fields = {
        name: np.frombuffer(values)
        for name in ("position", "velocity", "effort")
        if len(values := getattr(message, name))
    }
    return Reading(fields, names=message.name, stamp=seconds(message.header.stamp))


def _read_imu(message: Imu) -> Reading:
    """REP-145: a covariance that begins with -1 marks what the sensor does not measure."""
    known = message.orientation_covariance[0] != -1
    return Reading(
        {
            "orientation": _xyzw(message.orientation) if known else _UNKNOWN_ORIENTATION,
            "angular_velocity": _xyz(message.angular_velocity),
            "linear_acceleration": _xyz(message.linear_acceleration),
        },
        stamp=seconds(message.header.stamp),
    )


def _read_laser_scan(message: LaserScan) -> Reading:
    geometry = (message.angle_min, message.angle_increment, message.range_min, message.range_max)
    ranges = np.frombuffer(message.ranges, dtype=np.float32)
    stamp = seconds(message.header.stamp)
    return Reading({"ranges": ranges}, geometry=geometry, stamp=stamp)


def _read_odometry(message: Odometry) -> Reading:
    return Reading(
        {
            "pose.pose.position": _xyz(message.pose.pose.position),
            "pose.pose.orientation": _xyzw(message.pose.pose.orientation),
            "twist.twist.linear": _xyz(message.twist.twist.linear),
            "twist.twist.angular": _xyz(message.twist.twist.angular),
        },
        frame=message.header.frame_id,
        stamp=seconds(message.header.stamp),
    )


def _read_pose_stamped(message: PoseStamped) -> Reading:
    return Reading(
        {
            "pose.position": _xyz(message.pose.position),
            "pose.orientation": _xyzw(message.pose.orientation),
        },
        frame=message.header.frame_id,
        stamp=seconds(message.header.stamp),
    )


def _read_twist_stamped(message: TwistStamped) -> Reading:
    return Reading(
        {"twist.linear": _xyz(message.twist.linear), "twist.angular": _xyz(message.twist.angular)},
        stamp=seconds(message.header.stamp),
    )


def _read_multi_array(message: Float64MultiArray) -> Reading:
    return Reading({"data": np.frombuffer(message.data) if len(message.data) else np.empty(0)})


def _write_joint_state(message: JointState, reading: Reading) -> None:
    message.name = list(reading.names)
    for field, values in reading.fields.items():
        setattr(message, field, values.tolist())


def _write_laser_scan(message: LaserScan, reading: Reading) -> None:
    assert reading.geometry is not None
    message.angle_min, message.angle_increment, message.range_min, message.range_max = (
        reading.geometry
    )
    count = len(reading.fields["ranges"])
    message.angle_max = message.angle_min + message.angle_increment * max(0, count - 1)
    message.ranges = reading.fields["ranges"].astype(np.float32).tolist()


def _write_multi_array(message: Float64MultiArray, reading: Reading) -> None:
    message.data = reading.fields["data"].tolist()


def _write_by_path(message: Any, reading: Reading) -> None:
    """Vectors and quaternions: a field's path leads to an object with x, y, z and perhaps w."""
    for path, values in reading.fields.items():
        part = message
        for name in path.split("."):
            part = getattr(part, name)
        for axis, value in zip("xyzw", values.tolist(), strict=False):
            setattr(part, axis, value)


def _xyz(vector: Any) -> np.ndarray:
    return np.array((vector.x, vector.y, vector.z))


def _xyzw(quaternion: Any) -> np.ndarray:
    return np.array((quaternion.x, quaternion.y, quaternion.z, quaternion.w))


_READERS: dict[type, Callable[[Any], Reading]] = {
    Float64MultiArray: _read_multi_array,
    Imu: _read_imu,
    JointState: _read_joint_state,
    LaserScan: _read_laser_scan,
    Odometry: _read_odometry,
    PoseStamped: _read_pose_stamped,
    TwistStamped: _read_twist_stamped,
}

_WRITERS: dict[str, Callable[[Any, Reading], None]] = {
    FLOAT64_MULTI_ARRAY: _write_multi_array,
    IMU: _write_by_path,
    JOINT_STATE: _write_joint_state,
    LASER_SCAN: _write_laser_scan,
    ODOMETRY: _write_by_path,
    POSE_STAMPED: _write_by_path,
    TWIST_STAMPED: _write_by_path,
}
