"""The latest values of a source: what is wrong with a reading, which one counts, how old it is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ddpg_ros.contract import Reading, Source, readings
from ddpg_ros.contract.readings import JOINT_STATE
from ddpg_ros.contract.source_buffer import SourceBuffer

TWO = ["hip", "knee"]


@pytest.fixture
def buffer() -> SourceBuffer:
    return SourceBuffer(joints())


def joints(max_age: float = 0.5) -> Source:
    return Source("joint_states", JOINT_STATE, "position", ("hip", "knee"), max_age)


def hip(value: float, stamp: float | None = None) -> Reading:
    return readings.joint_state(["hip"], [value], stamp=stamp)


def both(value: float, stamp: float | None = None) -> Reading:
    return readings.joint_state(TWO, [value, value], stamp=stamp)


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
        assert buffer.measured_at == -math.inf
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


def test_joints_may_come_in_messages_of_their_own(buffer: SourceBuffer) -> None:
    buffer.receive(hip(1.0), now=1.0)
    assert buffer.problem == "has no knee (it has hip)"
    buffer.receive(readings.joint_state(["finger", "knee"], [0.0, 2.0]), now=1.1)
    assert buffer.problem == ""
    np.testing.assert_array_equal(buffer.values, [1.0, 2.0])
    assert buffer.measured_at == 1.0
    assert buffer.oldest() == "hip"


def test_a_joint_that_is_lost_grows_old_alone(buffer: SourceBuffer) -> None:
    buffer.receive(both(1.0), now=1.0)
    buffer.receive(hip(2.0), now=1.4)
    assert (buffer.problem, buffer.measured_at, buffer.oldest()) == ("", 1.0, "knee")
    np.testing.assert_array_equal(buffer.values, [2.0, 1.0])


def test_messages_about_other_joints_do_not_matter(buffer: SourceBuffer) -> None:
    gripper = readings.joint_state(["finger"], [9.0])
    buffer.receive(gripper, now=0.9)
    assert buffer.problem == "has no hip, knee (it has finger)"
    buffer.receive(both(1.0), now=1.0)
    buffer.receive(gripper, now=1.1)
    assert (buffer.problem, buffer.measured_at) == ("", 1.0)


@pytest.mark.parametrize("late", [both(1.0, stamp=1.0), hip(1.0, stamp=1.0)])
def test_a_message_that_was_overtaken_is_ignored(buffer: SourceBuffer, late: Reading) -> None:
    buffer.receive(both(2.0, stamp=1.2), now=1.25)
    buffer.receive(late, now=1.3)
    assert (buffer.values.tolist(), buffer.measured_at) == ([2.0, 2.0], 1.2)
    assert buffer.overtaken == 1


def test_what_is_held_does_not_keep_others_out_once_it_is_too_old(buffer: SourceBuffer) -> None:
    buffer.receive(both(2.0, stamp=1.2), now=1.25)
    buffer.receive(both(1.0, stamp=1.0), now=1.8)
    assert buffer.values.tolist() == [1.0, 1.0]


def test_after_the_clock_was_set_back_earlier_messages_count(buffer: SourceBuffer) -> None:
    buffer.receive(both(2.0, stamp=100.0), now=100.0)
    buffer.receive(both(1.0, stamp=1.0), now=1.0)
    assert (buffer.values.tolist(), buffer.measured_at) == ([1.0, 1.0], 1.0)


def test_a_stamp_from_the_future_counts_from_its_arrival_and_says_how_far(
    buffer: SourceBuffer,
) -> None:
    buffer.receive(both(1.0, stamp=9.0), now=1.0)
    assert (buffer.measured_at, buffer.ahead) == (1.0, 8.0)


def test_no_later_message_about_others_hides_a_stamp_from_the_future(buffer: SourceBuffer) -> None:
    knee = readings.joint_state(["knee"], [1.0], stamp=1.1)
    buffer.receive(hip(1.0, stamp=9.0), now=1.0)
    buffer.receive(knee, now=1.1)
    assert (buffer.measured_at, buffer.ahead) == (1.0, 8.0)
    buffer.receive(hip(1.0, stamp=1.2), now=1.2)
    assert buffer.ahead == 0.0


@pytest.mark.parametrize(
    ("names", "publishers"),
    [
        ([TWO], 1),
        ([TWO, ["knee", "hip"]], 1),
        ([["hip"], ["knee"]], 2),
        ([["hip"], ["knee", "hip"]], 1),
        ([["hip"], ["knee", "hip"], ["finger"]], 2),
        ([TWO, ["finger"]], 2),
    ],
)
def test_names_tell_how_many_publishers_there_may_be(
    buffer: SourceBuffer, names: list[list[str]], publishers: int
) -> None:
    assert buffer.publishers(now=1.0) == 1
    for layout in names * 2:
        buffer.receive(readings.joint_state(layout, [1.0] * len(layout)), now=1.0)
    assert buffer.publishers(now=1.5) == publishers


def test_names_that_come_while_somebody_asks_count(buffer: SourceBuffer) -> None:
    for joint in ("hip", "knee"):
        buffer.receive(readings.joint_state([joint], [1.0]), now=1.001)
    assert buffer.publishers(now=1.0) == 2


def test_names_that_came_long_ago_do_not_count(buffer: SourceBuffer) -> None:
    buffer.receive(readings.joint_state(["left_hip"], [1.0]), now=1.0)
    buffer.receive(both(1.0), now=4.0)
    assert buffer.publishers(now=4.0) == 1


def test_another_nodes_joints_need_not_carry_what_the_policy_reads(buffer: SourceBuffer) -> None:
    buffer.receive(both(1.0), now=1.0)
    buffer.receive(readings.joint_state(["finger"], effort=[9.0]), now=1.1)
    assert (buffer.problem, buffer.measured_at) == ("", 1.0)


def test_ever_new_names_do_not_fill_the_memory(buffer: SourceBuffer) -> None:
    for number in range(1000):
        buffer.receive(readings.joint_state(["hip", f"joint{number}"], [1.0, 1.0]), now=1.0)
    assert len(buffer._layouts) <= 16
