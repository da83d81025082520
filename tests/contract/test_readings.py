"""Every reading carries the fields that a source of its message may ask for."""

from __future__ import annotations

import numpy as np
import pytest

from ddpg_ros.contract import Reading, readings

ONE_OF_EACH = {
    readings.JOINT_STATE: readings.joint_state(["a"], [1], [2], [3], stamp=4.5),
    readings.IMU: readings.imu(stamp=4.5),
    readings.LASER_SCAN: readings.laser_scan([1, 2], 0, 1, 0, 9, stamp=4.5),
    readings.ODOMETRY: readings.odometry([0, 0, 0], [0, 0, 0, 1], stamp=4.5),
    readings.POSE_STAMPED: readings.pose_stamped([0, 0, 0], stamp=4.5),
    readings.TWIST_STAMPED: readings.twist_stamped([0, 0, 0], [0, 0, 0], stamp=4.5),
    readings.FLOAT64_MULTI_ARRAY: readings.float64_multi_array([1]),
}


def test_there_is_a_builder_for_every_message() -> None:
    assert set(ONE_OF_EACH) == set(readings.FIELDS) - {readings.PREVIOUS_COMMAND}


@pytest.mark.parametrize("message", ONE_OF_EACH)
def test_a_reading_has_the_fields_of_its_message_in_double_precision(message: str) -> None:
    reading = ONE_OF_EACH[message]
    assert set(reading.fields) == set(readings.FIELDS[message])
    for name, fixed in readings.FIELDS[message].items():
        assert reading.fields[name].dtype == np.float64
        assert len(reading.fields[name]) == (len(fixed) if fixed else len(reading.fields[name]))


@pytest.mark.parametrize("message", ONE_OF_EACH)
def test_the_stamp_is_the_headers_where_there_is_one(message: str) -> None:
    has_header = message != readings.FLOAT64_MULTI_ARRAY
    assert ONE_OF_EACH[message].stamp == (4.5 if has_header else None)


def test_a_joint_state_leaves_out_what_it_does_not_carry() -> None:
    reading = readings.joint_state(("a", "b"), velocity=[1.0, 2.0])
    assert list(reading.fields) == ["velocity"]
    assert reading.names == ["a", "b"]


def test_a_scan_keeps_its_geometry() -> None:
    assert readings.laser_scan([1], -1, 2, 3, 4).geometry == (-1.0, 2.0, 3.0, 4.0)


def test_a_reading_is_light() -> None:
    with pytest.raises(AttributeError):
        Reading({}).other = 1  # type: ignore[attr-defined]
