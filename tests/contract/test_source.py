"""Where a number comes from, and what is wrong with a reading that does not hold it."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from ddpg_ros.contract import Reading, Source, readings
from ddpg_ros.contract.readings import FIELDS, JOINT_STATE, LASER_SCAN, PREVIOUS_COMMAND
from ddpg_ros.contract.source import SourceBuffer
from ddpg_ros.errors import ContractError

TWO = ["hip", "knee"]


def joints(**changes: Any) -> Source:
    values = {"topic": "joint_states", "message": JOINT_STATE, "field": "position"}
    return Source(**{**values, "elements": ("hip", "knee"), **changes})


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"message": "sensor_msgs/Image"},
            "source 'joint_states': cannot read sensor_msgs/Image. Known: " + ", ".join(FIELDS),
        ),
        (
            {"field": "torque"},
            "source 'joint_states': sensor_msgs/JointState has no field 'torque'. "
            "Known: position, velocity, effort.",
        ),
        ({"topic": "/joint_states"}, "source topic: expected a relative ROS name"),
        ({"topic": ""}, "source topic: a name is 1 to 200 printable characters"),
        (
            {"message": PREVIOUS_COMMAND, "field": "command"},
            "source 'joint_states': the previous command has no topic; leave it empty.",
        ),
        ({"max_age": 0.0}, "source 'joint_states': max_age must be above 0 s, got 0.0."),
        ({"max_age": float("nan")}, "source 'joint_states': max_age must be above 0 s, got nan."),
        (
            {"elements": ()},
            "source 'joint_states' position: name the elements, in the order the policy reads them",
        ),
        (
            {"elements": ("hip", "hip")},
            "source 'joint_states' position: element 'hip' is there twice; names must be unique.",
        ),
        ({"elements": ("left hip",)}, "source 'joint_states' position: a name is 1 to 200"),
        (
            {"message": readings.IMU, "field": "orientation", "elements": ("x", "yaw", "roll")},
            "source 'joint_states' orientation: no element yaw, roll. Known: x, y, z, w.",
        ),
        (
            {"message": LASER_SCAN, "field": "ranges"},
            "ranges: no element hip, knee. Known: none: its rays have angles, not names.",
        ),
    ],
)
def test_a_source_that_cannot_be_read_names_what_is_wrong(
    changes: dict[str, Any], text: str
) -> None:
    with pytest.raises(ContractError, match=re.escape(text)):
        joints(**changes)


def test_elements_that_the_message_fixes_need_not_be_named() -> None:
    assert Source("imu", readings.IMU, "orientation").elements == ("x", "y", "z", "w")
    assert Source("scan", LASER_SCAN, "ranges").elements == ()


def test_a_label_says_where_a_number_comes_from() -> None:
    assert joints().label == "joint_states.position"
    assert joints(topic="", message=PREVIOUS_COMMAND, field="command").label == "previous_command"


@pytest.mark.parametrize(
    ("reading", "problem"),
    [
        (readings.joint_state(TWO, velocity=[1, 2]), "carries no position"),
        (readings.joint_state(TWO, position=[]), "carries no position"),
        (readings.joint_state(["hip", "toe"], [1, 2]), "has no knee (it has hip, toe)"),
        (readings.joint_state(["hip", "knee", "hip"], [1, 2, 3]), "names hip twice"),
        (readings.joint_state(TWO, [1]), "1 values for 2 names"),
        (readings.joint_state(TWO, [1, 2, 3]), "3 values for 2 names"),
        (readings.joint_state([], [1, 2]), "carries values without joint names"),
    ],
)
def test_a_joint_state_that_does_not_serve_says_why(reading: Reading, problem: str) -> None:
    buffer = SourceBuffer(joints())
    for _ in range(2):
        buffer.receive(reading, now=1.0)
        assert buffer.problem == problem
        assert np.isnan(buffer.values).all()
    buffer.receive(readings.joint_state(["knee", "hip"], [1, 2]), now=2.0)
    assert buffer.problem == ""
    np.testing.assert_array_equal(buffer.values, [2.0, 1.0])


def test_the_same_missing_joint_is_named_again_after_other_trouble_and_after_a_reset() -> None:
    buffer = SourceBuffer(joints())
    broken = readings.joint_state(["hip"], [1])
    for trouble in (lambda: buffer.receive(Reading({}), 0.0), buffer.clear):
        buffer.receive(broken, 0.0)
        trouble()
        buffer.receive(broken, 0.0)
        assert buffer.problem == "has no knee (it has hip)"


def test_a_wrong_number_of_values_without_names_is_counted() -> None:
    buffer = SourceBuffer(Source("x", readings.FLOAT64_MULTI_ARRAY, "data", ("a", "b")))
    buffer.receive(readings.float64_multi_array([1, 2, 3]), 0.0)
    assert buffer.problem == "has 3 values where 2 are expected"


def test_elements_come_in_the_order_the_policy_wants() -> None:
    buffer = SourceBuffer(Source("imu", readings.IMU, "angular_velocity", ("z", "x")))
    buffer.receive(readings.imu(angular_velocity=[1, 2, 3]), 0.0)
    np.testing.assert_array_equal(buffer.values, [3.0, 1.0])
