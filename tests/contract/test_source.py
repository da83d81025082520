"""Where a number comes from, and what is wrong with a source that cannot be read."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ddpg_ros.contract import Source, readings
from ddpg_ros.contract.readings import FIELDS, JOINT_STATE, LASER_SCAN, PREVIOUS_COMMAND
from ddpg_ros.errors import ContractError


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
