"""Between ROS messages and readings: pure conversions."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable
from typing import Any

import numpy as np
from builtin_interfaces.msg import Time
from geometry_msgs.msg import PoseStamped, Twist, TwistStamped
from nav_msgs.msg import Odometry
from sensor_msgs.msg import Imu, JointState, LaserScan
from std_msgs.msg import Float64MultiArray
from trajectory_msgs.msg import JointTrajectory

from ddpg_ros.contract import Reading
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

_UNKNOWN, _UNKNOWN_ORIENTATION = np.full(3, math.nan), np.full(4, math.nan)


def seconds(stamp: Time) -> float | None:
    """A header's time [s]; None if it was left at zero."""
    time = stamp.sec + 1e-9 * stamp.nanosec
    return time if time > 0 else None


def to_stamp(nanoseconds: int) -> Time:
    """Time [ns] as a message."""
    return Time(sec=nanoseconds // 10**9, nanosec=nanoseconds % 10**9)


def written_through(message: Any, field: str, size: int) -> np.ndarray:
    """``size`` doubles in a field of a message: what is written to the array is in the message."""
    setattr(message, field, array("d", bytes(8 * size)))
    return np.frombuffer(getattr(message, field))


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


def _read_joint_state(message: JointState) -> Reading:
    fields = {
        name: np.frombuffer(values)
        for name in ("position", "velocity", "effort")
        if len(values := getattr(message, name))
    }
    return Reading(fields, names=message.name, stamp=seconds(message.header.stamp))


def _read_imu(message: Imu) -> Reading:
    """A covariance that begins with -1 marks what the sensor does not measure."""
    turned = message.orientation_covariance[0] != -1
    turns = message.angular_velocity_covariance[0] != -1
    speeds_up = message.linear_acceleration_covariance[0] != -1
    return Reading(
        {
            "orientation": _xyzw(message.orientation) if turned else _UNKNOWN_ORIENTATION,
            "angular_velocity": _xyz(message.angular_velocity) if turns else _UNKNOWN,
            "linear_acceleration": _xyz(message.linear_acceleration) if speeds_up else _UNKNOWN,
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
