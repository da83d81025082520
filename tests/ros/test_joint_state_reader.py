"""Joint states read from bytes say what rclpy's message says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rclpy.serialization import serialize_message
from sensor_msgs.msg import JointState

from ddpg_ros.contract import Reading
from ddpg_ros.ros import joint_state_reader
from ddpg_ros.ros.joint_state_reader import JointStateReader
from ddpg_ros.ros.messages import to_reading

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=9)
NAMES = st.lists(TEXTS, max_size=5)
VALUES = st.lists(st.floats(), max_size=5)


@st.composite
def joint_states(draw: st.DrawFn) -> JointState:
    message = JointState(
        name=draw(NAMES), position=draw(VALUES), velocity=draw(VALUES), effort=draw(VALUES)
    )
    message.header.frame_id = draw(st.sampled_from(("", "base", "base_link")))
    message.header.stamp.sec = draw(st.integers(-(2**31), 2**31 - 1))
    message.header.stamp.nanosec = draw(st.integers(0, 2**32 - 1))
    return message


def assert_equal(reading: Reading | None, expected: Reading) -> None:
    assert reading is not None
    assert (reading.stamp, list(reading.names)) == (expected.stamp, list(expected.names))
    assert list(reading.fields) == list(expected.fields)
    for name, values in expected.fields.items():
        np.testing.assert_array_equal(reading.fields[name], values)


@given(st.lists(joint_states(), min_size=1, max_size=4), st.randoms())
def test_whatever_came_before_a_message_says_what_rclpy_reads(messages, random) -> None:
    reader = JointStateReader()
    for message in [*messages, *messages]:
        if random.random() < 0.5:
            message.position = [random.gauss(0, 1) for _ in message.position]
            message.header.stamp.sec = random.randrange(2**31)
        assert_equal(reader(bytes(serialize_message(message))), to_reading(message))


@pytest.mark.parametrize("frame", ["", "b", "base", "world"])
def test_a_message_like_one_before_is_not_built(
    frame: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = JointStateReader()
    drivers = [
        JointState(name=["left", "right"], position=[0.1, 0.2], effort=[3.0, 4.0]),
        JointState(name=["grip"], velocity=[0.5]),
    ]
    for message in drivers:
        message.header.frame_id = frame
        reader(serialize_message(message))
    monkeypatch.delattr(joint_state_reader, "deserialize_message")
    drivers[0].position[1] = -7.5
    drivers[1].header.stamp.sec = 12
    for message in drivers:
        assert_equal(reader(serialize_message(message)), to_reading(message))


def test_counts_that_change_places_are_seen() -> None:
    reader = JointStateReader()
    first = JointState(name=["a"], position=[1.0], velocity=[2.0])
    other = JointState(name=["a"], velocity=[1.0], effort=[2.0])
    for message in (first, other, first):
        assert_equal(reader(serialize_message(message)), to_reading(message))


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\1\0\0", b"\0\1\0\0" + b"\xff" * 40])
def test_bytes_that_are_no_joint_state_say_nothing(data: bytes) -> None:
    assert JointStateReader()(data) is None
