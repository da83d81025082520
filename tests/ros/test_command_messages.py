"""Commands to messages and back."""

from __future__ import annotations

import numpy as np
import pytest
from builtin_interfaces.msg import Time
from geometry_msgs.msg import Twist, TwistStamped
from sensor_msgs.msg import JointState
from trajectory_msgs.msg import JointTrajectory

from ddpg_ros.contract import ActionElement, Command
from ddpg_ros.contract.action import JOINT_TRAJECTORY, TWIST, TWIST_STAMPED
from ddpg_ros.contract.readings import FLOAT64_MULTI_ARRAY, JOINT_STATE
from ddpg_ros.ros.command_messages import CommandMessage, command_values

STAMP = Time(sec=12, nanosec=500_000_000)


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
