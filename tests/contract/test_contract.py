"""What a contract says of itself, and what it refuses."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from ddpg_ros.contract import ActionElement, Command, Contract, ObservationTerm, Source
from ddpg_ros.contract.readings import FLOAT64_MULTI_ARRAY, IMU, ODOMETRY, PREVIOUS_COMMAND
from ddpg_ros.errors import ContractError


def command(topic: str, *names: str) -> Command:
    elements = tuple(ActionElement(name, "N m", -1.0, 1.0) for name in names)
    return Command(topic, FLOAT64_MULTI_ARRAY, elements)


def refused(robot: Contract, text: str, **changes: object) -> None:
    with pytest.raises(ContractError, match=re.escape(text)):
        replace(robot, **changes)


def test_sizes_and_names_follow_the_terms(robot: Contract) -> None:
    assert (robot.frame_size, robot.observation_size, robot.action_size) == (22, 66, 2)
    assert len(robot.observation_names) == robot.frame_size
    assert robot.observation_names[:6] == (
        "angles.cos(hip)", "angles.cos(knee)", "angles.sin(hip)", "angles.sin(knee)",
        "speeds.hip", "speeds.knee",
    )  # fmt: skip
    assert robot.topics == {
        "joint_states": "sensor_msgs/JointState",
        "imu": "sensor_msgs/Imu",
        "scan": "sensor_msgs/LaserScan",
    }


def test_limits_repeat_with_the_history(robot: Contract) -> None:
    low, high = robot.observation_low, robot.observation_high
    assert low.dtype == high.dtype == np.float32
    assert low.shape == high.shape == (66,)
    np.testing.assert_array_equal(low[:9], [-math.inf] * 4 + [-20] * 2 + [-1] * 3)
    np.testing.assert_array_equal(high, np.tile(high[:22], 3))


def test_action_values_are_in_order(robot: Contract) -> None:
    assert robot.action_values("low").tolist() == [-2.0, -1.0]
    assert robot.action_values("high").tolist() == [2.0, 3.0]
    assert robot.action_values("safe").tolist() == [0.5, 0.0]
    assert robot.action_values("slew_limit").tolist() == [10.0, math.inf]


def test_actions_of_several_commands_are_named_after_their_topics(robot: Contract) -> None:
    plain = tuple(term for term in robot.observation if term.name != "previous")
    two = replace(robot, observation=plain, commands=(command("a", "x", "y"), command("b", "x")))
    assert robot.action_names == ("hip", "knee")
    assert two.action_names == ("a.x", "a.y", "b.x")


@pytest.mark.parametrize("period", [0.0, -1.0, 9e-5, 60.1, math.inf, math.nan])
def test_a_period_without_meaning_is_refused(robot: Contract, period: float) -> None:
    text = f"contract 'walker': period must be in [0.0001, 60] s, got {period}."
    refused(robot, text, period=period)


@pytest.mark.parametrize("history", [0, -1, 1001])
def test_a_history_without_meaning_is_refused(robot: Contract, history: int) -> None:
    text = f"contract 'walker': history must be in [1, 1000], got {history}."
    refused(robot, text, history=history)


def test_another_history_layout_is_refused(robot: Contract) -> None:
    text = "contract 'walker': history_layout must be oldest_first, got 'newest_first'."
    refused(robot, text, history_layout="newest_first")


@pytest.mark.parametrize("side", ["observation", "commands"])
def test_a_policy_must_read_and_drive_something(robot: Contract, side: str) -> None:
    text = "contract 'walker': needs at least one observation term and one command."
    refused(robot, text, **{side: ()})


def test_an_observation_without_end_is_refused(robot: Contract) -> None:
    joints = Source("big", FLOAT64_MULTI_ARRAY, "data", tuple(map(str, range(101))))
    text = "contract 'walker': 10100 observation elements, at most 5000."
    refused(robot, text, observation=(ObservationTerm("big", (joints,)),), history=100)


def test_names_come_once(robot: Contract) -> None:
    refused(robot, "contract name: a name is 1 to 200 printable", name="my walker")
    text = "observation term 'angles' is there twice; names must be unique."
    refused(robot, text, observation=(robot.observation[0],) * 2)
    text = "command topic 'commands' is there twice; names must be unique."
    refused(robot, text, commands=robot.commands * 2)


def test_a_topic_has_one_type(robot: Contract) -> None:
    as_odometry = Source("imu", ODOMETRY, "pose.pose.position")
    text = f"topic 'imu' is read as {IMU} and as {ODOMETRY}; a topic has one type."
    refused(robot, text, observation=(*robot.observation, ObservationTerm("p", (as_odometry,))))


def test_the_previous_command_has_the_names_of_the_actions(robot: Contract) -> None:
    previous = Source("", PREVIOUS_COMMAND, "command", ("hip", "toe", "heel"))
    text = "previous_command: no action element toe, heel. Known: hip, knee."
    refused(robot, text, observation=(ObservationTerm("previous", (previous,)),))
