"""What a policy drives: limits and messages that make no sense are refused by name."""

from __future__ import annotations

import math
import re

import pytest

from ddpg_ros.contract import ActionElement, Command
from ddpg_ros.contract.action import COMMAND_FIELDS, JOINT_TRAJECTORY, TWIST, TWIST_ELEMENTS
from ddpg_ros.contract.readings import FLOAT64_MULTI_ARRAY, IMU, JOINT_STATE, TWIST_STAMPED
from ddpg_ros.errors import ContractError


def element(name: str = "hip", **changes: float) -> ActionElement:
    return ActionElement(name, "N m", **{"low": -1.0, "high": 1.0, **changes})


@pytest.mark.parametrize(
    ("low", "high"), [(1.0, 1.0), (2.0, 1.0), (-math.inf, 1.0), (0.0, math.inf), (math.nan, 1.0)]
)
def test_action_limits_must_be_finite_and_ordered(low: float, high: float) -> None:
    text = f"action element 'hip': limits must be finite with low < high, got [{low}, {high}]."
    with pytest.raises(ContractError, match=re.escape(text)):
        element(low=low, high=high)


@pytest.mark.parametrize("safe", [-1.5, 1.5, math.nan, math.inf])
def test_a_safe_value_outside_the_limits_is_refused(safe: float) -> None:
    text = f"action element 'hip': the safe value {safe} lies outside [-1.0, 1.0]."
    with pytest.raises(ContractError, match=re.escape(text)):
        element(safe=safe)


@pytest.mark.parametrize("slew_limit", [0.0, -1.0, math.nan])
def test_a_slew_limit_must_be_above_zero(slew_limit: float) -> None:
    text = f"'hip': slew_limit must be above 0 (inf for none), got {slew_limit}."
    with pytest.raises(ContractError, match=re.escape(text)):
        element(slew_limit=slew_limit)


def test_the_ends_of_the_range_are_safe_values() -> None:
    assert element(safe=-1.0).safe == -1.0
    assert element(safe=1.0).safe == 1.0


def test_an_element_must_have_a_name() -> None:
    with pytest.raises(ContractError, match=re.escape("action element: a name is 1 to 200")):
        element("")


def test_a_message_that_carries_no_command_is_refused_with_those_that_do() -> None:
    text = f"command 'commands': cannot be sent as {IMU}. Known: {', '.join(COMMAND_FIELDS)}."
    with pytest.raises(ContractError, match=re.escape(text)):
        Command("commands", IMU, (element(),))


def test_a_command_topic_must_be_relative() -> None:
    with pytest.raises(ContractError, match=re.escape("command topic: expected a relative ROS")):
        Command("/commands", FLOAT64_MULTI_ARRAY, (element(),))


def test_a_command_without_elements_is_refused() -> None:
    with pytest.raises(ContractError, match=re.escape("command 'commands': has no elements.")):
        Command("commands", FLOAT64_MULTI_ARRAY, ())


@pytest.mark.parametrize(
    ("message", "field"),
    [(FLOAT64_MULTI_ARRAY, "data"), (TWIST, "twist"), (TWIST_STAMPED, "twist")],
)
def test_the_only_field_of_a_message_need_not_be_named(message: str, field: str) -> None:
    assert Command("commands", message, (element("linear.x"),)).field == field


@pytest.mark.parametrize("message", [JOINT_STATE, JOINT_TRAJECTORY])
@pytest.mark.parametrize("field", ["", "torque"])
def test_a_joint_command_says_which_field_it_sets(message: str, field: str) -> None:
    text = (
        f"command 'commands': field of {message} must be one of position, velocity, effort, "
        f"got '{field}'."
    )
    with pytest.raises(ContractError, match=re.escape(text)):
        Command("commands", message, (element(),), field=field)
    assert Command("commands", message, (element(),), field="effort").field == "effort"


def test_two_elements_of_one_command_cannot_share_a_name() -> None:
    text = "command 'commands': element 'hip' is there twice; names must be unique."
    with pytest.raises(ContractError, match=re.escape(text)):
        Command("commands", FLOAT64_MULTI_ARRAY, (element(), element()))


@pytest.mark.parametrize("message", [TWIST, TWIST_STAMPED])
def test_an_unknown_twist_element_is_refused_with_the_valid_names(message: str) -> None:
    text = (
        "command 'cmd_vel': a twist has no element linear.w, yaw. Known: linear.x, linear.y, "
        "linear.z, angular.x, angular.y, angular.z."
    )
    with pytest.raises(ContractError, match=re.escape(text)):
        Command("cmd_vel", message, (element("linear.w"), element("linear.x"), element("yaw")))
    assert len(Command("cmd_vel", message, tuple(map(element, TWIST_ELEMENTS))).elements) == 6
