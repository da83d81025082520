"""Messages to readings and back, commands to messages and back."""

from __future__ import annotations

import math

import numpy as np
import pytest
from builtin_interfaces.msg import Time
from geometry_msgs.msg import Twist, TwistStamped
from sensor_msgs.msg import Imu, JointState
from trajectory_msgs.msg import JointTrajectory

from ddpg_ros.contract import ActionElement, Command, readings
from ddpg_ros.contract.action import JOINT_TRAJECTORY, TWIST, TWIST_STAMPED
from ddpg_ros.contract.readings import (
    FLOAT64_MULTI_ARRAY,
    IMU,
    JOINT_STATE,
    LASER_SCAN,
    ODOMETRY,
    POSE_STAMPED,
)
from ddpg_ros.ros.messages import (
    CommandMessage,
    command_values,
    seconds,
    to_message,
    to_reading,
    to_stamp,
)

STAMP = Time(sec=12, nanosec=500_000_000)
QUATERNION = (0.1, 0.2, 0.3, 0.9)


@pytest.mark.parametrize(
    ("kind", "reading"),
    [
        (JOINT_STATE, readings.joint_state(["a", "b"], [1.0, 2.0], [3.0, 4.0], [5.0, 6.0])),
        (JOINT_STATE, readings.joint_state(["a"], velocity=[1.5])),
        (IMU, readings.imu(QUATERNION, (1.0, 2.0, 3.0), (4.0, 5.0, 6.0))),
        (LASER_SCAN, readings.laser_scan([1.0, math.inf, 0.5], -1.0, 0.5, 0.125, 8.0)),
        (ODOMETRY, readings.odometry((1.0, 2.0, 3.0), QUATERNION, (0.5, 0, 0), (0, 0, 0.25))),
        (POSE_STAMPED, readings.pose_stamped((1.0, 2.0, 3.0), QUATERNION, frame="map")),
        (TWIST_STAMPED, readings.twist_stamped((1.0, 2.0, 3.0), (4.0, 5.0, 6.0))),
        (FLOAT64_MULTI_ARRAY, readings.float64_multi_array([1.0, -2.5])),
    ],
)
def test_a_reading_survives_the_way_through_its_message(
    kind: str, reading: readings.Reading
) -> None:
    back = to_reading(to_message(kind, reading, STAMP))
    assert list(back.names) == list(reading.names)
    assert back.frame == reading.frame
    assert back.geometry == reading.geometry
    assert set(back.fields) == set(reading.fields)
    for field, values in reading.fields.items():
        np.testing.assert_array_equal(back.fields[field], values)
    assert back.stamp == (None if kind == FLOAT64_MULTI_ARRAY else 12.5)


def test_an_imu_that_measures_no_orientation_reads_as_not_a_number() -> None:
    message = Imu()
    message.orientation_covariance[0] = -1.0
    assert np.isnan(to_reading(message).fields["orientation"]).all()


def test_an_unset_stamp_is_unknown() -> None:
    assert seconds(Time()) is None
    assert to_reading(JointState(name=["a"], position=[0.0])).stamp is None
    assert seconds(to_stamp(1_250_000_000)) == 1.25


def command(kind: str, names: tuple[str, ...], field: str = "") -> Command:
    elements = tuple(ActionElement(name, "", -10.0, 10.0) for name in names)
    return Command("commands", kind, elements, field)


@pytest.mark.parametrize(
    "sent",
    [
        command(FLOAT64_MULTI_ARRAY, ("a", "b")),
        command(JOINT_STATE, ("a", "b"), "velocity"),
        command(JOINT_TRAJECTORY, ("a", "b"), "position"),
        command(JOINT_TRAJECTORY, ("a", "b"), "velocity"),
        command(JOINT_TRAJECTORY, ("a", "b"), "effort"),
        command(TWIST, ("linear.x", "angular.z")),
        command(TWIST_STAMPED, ("angular.z", "linear.x")),
    ],
)
def test_a_command_survives_the_way_through_its_message(sent: Command) -> None:
    filler = CommandMessage(sent, period=0.05)
    for values in (np.array([1.0, -2.0]), np.array([0.5, 4.0])):
        message = filler.fill(values, STAMP)
        np.testing.assert_array_equal(command_values(sent, message), values)
    if sent.message not in (FLOAT64_MULTI_ARRAY, TWIST):
        assert message.header.stamp == STAMP


def test_a_trajectory_point_is_to_be_reached_within_the_period() -> None:
    filler = CommandMessage(command(JOINT_TRAJECTORY, ("a",), "position"), period=0.05)
    point = filler.fill(np.array([1.0]), STAMP).points[0]
    assert (point.time_from_start.sec, point.time_from_start.nanosec) == (0, 50_000_000)


def test_a_robot_that_takes_plain_twists_gets_them() -> None:
    filler = CommandMessage(command(TWIST_STAMPED, ("linear.x",)), 0.05, stamped_twist=False)
    message = filler.fill(np.array([0.25]), STAMP)
    assert isinstance(message, Twist)
    assert message.linear.x == 0.25
    assert isinstance(
        CommandMessage(command(TWIST_STAMPED, ("linear.x",)), 0.05).message, TwistStamped
    )


def test_joints_of_a_command_are_matched_by_name() -> None:
    sent = command(JOINT_STATE, ("a", "b"), "position")
    message = JointState(name=["c", "b", "a"], position=[3.0, 2.0, 1.0])
    np.testing.assert_array_equal(command_values(sent, message), [1.0, 2.0])
    assert command_values(sent, JointState(name=["a"], position=[1.0])) is None
    assert command_values(sent, JointState(name=["a", "b"], position=[1.0])) is None


def test_a_command_that_does_not_fit_has_no_values() -> None:
    trajectory = command(JOINT_TRAJECTORY, ("a",), "position")
    assert command_values(trajectory, JointTrajectory(joint_names=["a"])) is None
    array = command(FLOAT64_MULTI_ARRAY, ("a",))
    two = CommandMessage(command(FLOAT64_MULTI_ARRAY, ("a", "b")), 0.1)
    assert command_values(array, two.fill(np.zeros(2), STAMP)) is None
