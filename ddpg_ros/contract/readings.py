"""Readings: what a sensor said, shaped like the ROS message that carries it, without ROS.

A simulated world and a robot both hand over readings; the assembler turns either into the
observation vector. Field names are the paths inside the ROS message, units are SI, frames follow
REP-103, quaternions are ordered x, y, z, w.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

JOINT_STATE = "sensor_msgs/JointState"
IMU = "sensor_msgs/Imu"
LASER_SCAN = "sensor_msgs/LaserScan"
ODOMETRY = "nav_msgs/Odometry"
POSE_STAMPED = "geometry_msgs/PoseStamped"
TWIST_STAMPED = "geometry_msgs/TwistStamped"
FLOAT64_MULTI_ARRAY = "std_msgs/Float64MultiArray"
PREVIOUS_COMMAND = "previous_command"

XYZ = ("x", "y", "z")
XYZW = ("x", "y", "z", "w")

NAMED_BY_ROBOT = None
"""The elements of a field carry the robot's own names (joints) or those the contract gives them."""

FIELDS: dict[str, dict[str, tuple[str, ...] | None]] = {
    JOINT_STATE: dict.fromkeys(("position", "velocity", "effort"), NAMED_BY_ROBOT),
    IMU: {"orientation": XYZW, "angular_velocity": XYZ, "linear_acceleration": XYZ},
    LASER_SCAN: {"ranges": ()},
    ODOMETRY: {
        "pose.pose.position": XYZ,
        "pose.pose.orientation": XYZW,
        "twist.twist.linear": XYZ,
        "twist.twist.angular": XYZ,
    },
    POSE_STAMPED: {"pose.position": XYZ, "pose.orientation": XYZW},
    TWIST_STAMPED: {"twist.linear": XYZ, "twist.angular": XYZ},
    FLOAT64_MULTI_ARRAY: {"data": NAMED_BY_ROBOT},
    PREVIOUS_COMMAND: {"command": NAMED_BY_ROBOT},
}
"""The fields of each message that an observation can read, with the names of their elements.

A scan's rays have angles, not names, hence the empty tuple. ``previous_command`` is no message:
it is the command that was applied on the tick before.
"""


@dataclass(slots=True)
class Reading:
    """One message's numbers.

    Args:
        fields: Values by field path, each ``(k,)`` float64 in SI units. A JointState leaves out
            the fields it does not carry.
        names: Joint names of a JointState, in the order of its values.
        frame: The header's ``frame_id``; empty where unknown.
        geometry: ``(angle_min [rad], angle_increment [rad], range_min [m], range_max [m])`` of a
            LaserScan.
        stamp: The header's time [s]; None where the message has no header or left it at zero.
    """

    fields: Mapping[str, np.ndarray]
    names: Sequence[str] = ()
    frame: str = ""
    geometry: tuple[float, float, float, float] | None = None
    stamp: float | None = None


def joint_state(
    names: Sequence[str],
    position: Sequence[float] | None = None,
    velocity: Sequence[float] | None = None,
    effort: Sequence[float] | None = None,
    stamp: float | None = None,
) -> Reading:
    """A ``sensor_msgs/JointState``: position [rad, m], velocity [rad/s, m/s], effort [N m, N]."""
    given = {"position": position, "velocity": velocity, "effort": effort}
    fields = {name: _values(value) for name, value in given.items() if value is not None}
    return Reading(fields, names=list(names), stamp=stamp)


def imu(
    orientation: Sequence[float] = (0.0, 0.0, 0.0, 1.0),
    angular_velocity: Sequence[float] = (0.0, 0.0, 0.0),
    linear_acceleration: Sequence[float] = (0.0, 0.0, 0.0),
    stamp: float | None = None,
) -> Reading:
    """A ``sensor_msgs/Imu``: orientation (x, y, z, w), rates [rad/s], acceleration [m/s^2]."""
    return Reading(
        {
            "orientation": _values(orientation),
            "angular_velocity": _values(angular_velocity),
            "linear_acceleration": _values(linear_acceleration),
        },
        stamp=stamp,
    )


def laser_scan(
    ranges: Sequence[float] | np.ndarray,
    angle_min: float,
    angle_increment: float,
    range_min: float,
    range_max: float,
    stamp: float | None = None,
) -> Reading:
    """A ``sensor_msgs/LaserScan``: ranges [m] at ``angle_min + i * angle_increment`` [rad]."""
    geometry = (float(angle_min), float(angle_increment), float(range_min), float(range_max))
    return Reading({"ranges": _values(ranges)}, geometry=geometry, stamp=stamp)


def odometry(
    position: Sequence[float],
    orientation: Sequence[float],
    linear: Sequence[float] = (0.0, 0.0, 0.0),
    angular: Sequence[float] = (0.0, 0.0, 0.0),
    frame: str = "odom",
    stamp: float | None = None,
) -> Reading:
    """A ``nav_msgs/Odometry``: pose in ``frame`` [m], twist in the robot's frame [m/s, rad/s]."""
    return Reading(
        {
            "pose.pose.position": _values(position),
            "pose.pose.orientation": _values(orientation),
            "twist.twist.linear": _values(linear),
            "twist.twist.angular": _values(angular),
        },
        frame=frame,
        stamp=stamp,
    )


def pose_stamped(
    position: Sequence[float],
    orientation: Sequence[float] = (0.0, 0.0, 0.0, 1.0),
    frame: str = "odom",
    stamp: float | None = None,
) -> Reading:
    """A ``geometry_msgs/PoseStamped``: position [m], orientation (x, y, z, w), in ``frame``."""
    fields = {"pose.position": _values(position), "pose.orientation": _values(orientation)}
    return Reading(fields, frame=frame, stamp=stamp)


def twist_stamped(
    linear: Sequence[float], angular: Sequence[float], stamp: float | None = None
) -> Reading:
    """A ``geometry_msgs/TwistStamped``: linear [m/s], angular [rad/s]."""
    return Reading(
        {"twist.linear": _values(linear), "twist.angular": _values(angular)}, stamp=stamp
    )


def float64_multi_array(data: Sequence[float] | np.ndarray) -> Reading:
    """A ``std_msgs/Float64MultiArray``, whose elements have an order but no names."""
    return Reading({"data": _values(data)})


def _values(values: Sequence[float] | np.ndarray) -> np.ndarray:
    return np.asarray(values, dtype=np.float64)
