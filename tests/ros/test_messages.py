"""Messages to readings and back."""

from __future__ import annotations

import math

import numpy as np
import pytest
from builtin_interfaces.msg import Time
from sensor_msgs.msg import Imu, JointState

from ddpg_ros.contract import readings
from ddpg_ros.contract.action import TWIST_STAMPED
from ddpg_ros.contract.readings import (
    FLOAT64_MULTI_ARRAY,
    IMU,
    JOINT_STATE,
    LASER_SCAN,
    ODOMETRY,
    POSE_STAMPED,
)
from ddpg_ros.ros.messages import seconds, to_message, to_reading, to_stamp

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


@pytest.mark.parametrize("field", ["angular_velocity", "linear_acceleration"])
def test_what_an_imu_marks_as_not_measured_reads_as_not_a_number(field: str) -> None:
    message = Imu()
    getattr(message, f"{field}_covariance")[0] = -1.0
    fields = to_reading(message).fields
    assert [name for name, values in fields.items() if np.isnan(values).any()] == [field]


def test_an_unset_stamp_is_unknown() -> None:
    assert seconds(Time()) is None
    assert to_reading(JointState(name=["a"], position=[0.0])).stamp is None
    assert seconds(to_stamp(1_250_000_000)) == 1.25
