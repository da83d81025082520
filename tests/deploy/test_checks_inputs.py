"""Checks of what the sensors say: beyond training, frozen, spoken by two."""

from __future__ import annotations

import math

import numpy as np
import pytest
from arm_policy import CONTRACT, JOINTS, say
from leg_policy import CONTRACT as LEG

from ddpg_ros.contract import Assembler, readings
from ddpg_ros.contract.policy_metadata import ObservationStatistics
from ddpg_ros.deploy.checks import Tick
from ddpg_ros.deploy.checks.inputs import (
    BadInput,
    FarOutOfRange,
    Frozen,
    OutOfRange,
    SecondPublisher,
)

NAMES = ("a", "b", "c")


def statistics(low: list[float], high: list[float]) -> ObservationStatistics:
    ends = np.array(low, float), np.array(high, float)
    return ObservationStatistics(100, (ends[0] + ends[1]) / 2, ends[1] - ends[0], *ends)


def seeing(observation: list[float], now: float = 0.0, driven: bool = True) -> Tick:
    seen, action = np.array(observation, np.float32), np.zeros(2, np.float32)
    return Tick(now, 0.02, seen, action, driven)


SEEN = statistics([-9.0, -9.0, -9.0, 0.0, -1.0, 5.0], [9.0, 9.0, 9.0, 10.0, 1.0, 5.0])
"""Of two ticks of three elements, the older of which had other ends."""


@pytest.fixture
def out_of_range() -> OutOfRange:
    return OutOfRange(SEEN, 0.1, NAMES)


def test_what_training_saw_is_in_range_with_a_margin_of_its_range(out_of_range: OutOfRange) -> None:
    for a, b in ((0.0, -1.0), (10.0, 1.0), (-0.99, 1.19), (10.99, -1.19)):
        assert not out_of_range.finds(seeing([0.0, 0.0, 0.0, a, b, 5.0]))
    assert out_of_range.counts.tolist() == [0, 0, 0]


def test_what_lies_beyond_is_named_with_what_training_saw(out_of_range: OutOfRange) -> None:
    assert out_of_range.finds(seeing([0.0, 0.0, 0.0, 11.01, -1.21, 5.0]))
    assert out_of_range.detail() == (
        "a is 11.01, training saw 0 to 10; b is -1.21, training saw -1 to 1"
    )
    assert out_of_range.finds(seeing([0.0, 0.0, 0.0, 5.0, 1.21, 5.0]))
    assert out_of_range.counts.tolist() == [1, 2, 0]


def test_only_the_latest_tick_of_a_history_counts(out_of_range: OutOfRange) -> None:
    assert not out_of_range.finds(seeing([99.0, 99.0, 99.0, 5.0, 0.0, 5.0]))
    assert out_of_range.finds(seeing([0.0, 0.0, 0.0, 99.0, 0.0, 5.0]))


def test_an_element_that_never_changed_may_not_but_for_rounding(out_of_range: OutOfRange) -> None:
    assert not out_of_range.finds(seeing([0.0, 0.0, 0.0, 5.0, 0.0, 5.00004]))
    assert out_of_range.finds(seeing([0.0, 0.0, 0.0, 5.0, 0.0, 5.001]))
    assert out_of_range.detail() == "c is 5.001, training saw 5 to 5"


def test_what_lies_far_beyond_is_told_apart(out_of_range: OutOfRange) -> None:
    far = FarOutOfRange(out_of_range, SEEN, 10.0, [1, 1, 1])
    for a, b, found in [(5.0, 0.0, False), (109.0, 0.0, False), (111.0, 0.0, True), (5, -22, True)]:
        tick = seeing([0.0, 0.0, 0.0, a, b, 5.0])
        out_of_range.finds(tick)
        assert far.finds(tick) == found, (a, b)
    assert far.detail() == "b is -22, training saw -1 to 1"


@pytest.mark.parametrize(
    ("low", "high", "seen", "found"),
    [
        pytest.param([0.999, -0.044, 0], [1, 0.044, 0], [0.94, 0.34, 0], False, id="cos, sin"),
        pytest.param([0.999, -0.044, 0], [1, 0.044, 0], [0.94, 7.0, 0], True, id="no sine"),
        pytest.param([-1e-9, -1e-9, 1], [1e-9, 1e-9, 1], [0.1, 0.0, 0.99], False, id="a tilt"),
        pytest.param([5, 5, 5], [5, 5, 5], [5.0, 9.9, 5.0], False, id="a constant"),
        pytest.param([5, 5, 5], [5, 5, 5], [5.0, 5e3, 5.0], True, id="no such constant"),
        pytest.param([0, 0, 0], [0, 0, 0], [0.0, 5e3, 0.0], False, id="of which nothing is known"),
    ],
)
def test_how_far_is_told_by_the_range_of_the_term(
    low: list[float], high: list[float], seen: list[float], found: bool
) -> None:
    known = statistics(low, high)
    near = OutOfRange(known, 0.1, NAMES)
    near.finds(seeing(seen))
    assert FarOutOfRange(near, known, 10.0, [3]).finds(seeing(seen)) == found


def test_where_nothing_is_known_nothing_is_out_of_range() -> None:
    unknown = statistics([math.nan] * 3, [math.nan] * 3)
    near = OutOfRange(unknown, 0.1, NAMES)
    assert not near.finds(seeing([1e9, -1e9, 0.0]))
    assert not FarOutOfRange(near, unknown, 10.0, [3]).finds(seeing([1e9, -1e9, 0.0]))


def test_another_policy_is_compared_with_its_own_training(out_of_range: OutOfRange) -> None:
    assert out_of_range.finds(seeing([0.0, 0.0, 0.0, 50.0, 0.0, 5.0]))
    out_of_range.expect(statistics([0.0] * 6, [100.0] * 6))
    assert not out_of_range.finds(seeing([0.0, 0.0, 0.0, 50.0, 0.0, 5.0]))
    assert out_of_range.counts.tolist() == [1, 0, 0]


def test_how_far_is_told_by_the_range_of_the_policys_own_training() -> None:
    wide, narrow = statistics([0.0] * 3, [100.0] * 3), statistics([0.0] * 3, [1.0] * 3)
    near = OutOfRange(wide, 0.1, NAMES)
    far = FarOutOfRange(near, wide, 10.0, [3])
    tick = seeing([150.0, 0.0, 0.0])
    assert near.finds(tick)
    assert not far.finds(tick)
    near.expect(narrow)
    far.expect(narrow)
    assert near.finds(tick)
    assert far.finds(tick)


@pytest.fixture
def arm() -> Assembler:
    return Assembler(CONTRACT)


def test_bad_input_says_what_the_assembler_says(arm: Assembler) -> None:
    check = BadInput(arm)
    arm.assemble(0.0)
    assert check.finds(seeing([]))
    assert check.reason == "missing"
    assert check.detail() == (
        "joint_states.position has not been received; joint_states.velocity has not been received"
    )
    arm.receive("joint_states", say(), 0.0)
    arm.assemble(0.0)
    assert not check.finds(seeing([]))
    assert check.reason == "ok"


def frozen_after(
    check: Frozen,
    arm: Assembler,
    seconds: list[float],
    positions: list[float],
    driven: bool = True,
) -> list:
    found = []
    for now, position in zip(seconds, positions, strict=True):
        arm.receive("joint_states", say(position, velocity=now), now)
        found.append(check.finds(seeing([], now, driven=driven)))
    return found


def test_a_sensor_that_repeats_itself_for_too_long_is_frozen(arm: Assembler) -> None:
    check = Frozen(arm, 0.1)
    times = [0.0, 0.06, 0.1, 0.11, 0.12]
    found = frozen_after(check, arm, times, [0.1, 0.1, 0.1, 0.1, np.nextafter(0.1, 1.0)])
    assert found == [False, False, False, True, False]


def test_a_frozen_sensor_is_named(arm: Assembler) -> None:
    check = Frozen(arm, 0.1)
    frozen_after(check, arm, [0.0, 0.25], [0.1, 0.1])
    assert check.detail() == "joint_states.position has not changed for 0.25 s, at most 0.1 s"


def test_a_reset_and_a_clock_set_back_begin_the_time_anew(arm: Assembler) -> None:
    check = Frozen(arm, 0.1)
    assert frozen_after(check, arm, [5.0, 5.2, 1.0, 1.05], [0.1] * 4) == [False, True, False, False]
    assert frozen_after(check, arm, [1.2], [0.1]) == [True]
    check.reset()
    assert frozen_after(check, arm, [1.3], [0.1]) == [False]


def test_a_robot_that_stands_where_the_policy_does_not_drive_is_not_frozen(arm: Assembler) -> None:
    check = Frozen(arm, 0.1)
    assert frozen_after(check, arm, [0.0, 0.2, 0.4], [0.1] * 3, driven=False) == [False] * 3
    assert frozen_after(check, arm, [0.45, 0.55], [0.1] * 2) == [False, True]


def test_what_froze_stays_frozen_in_the_fallback_until_it_changes(arm: Assembler) -> None:
    check = Frozen(arm, 0.1)
    frozen_after(check, arm, [0.0, 0.2], [0.1] * 2)
    assert frozen_after(check, arm, [0.3, 0.9], [0.1] * 2, driven=False) == [True, True]
    assert frozen_after(check, arm, [1.0, 1.2], [0.2] * 2, driven=False) == [False, False]


def test_a_scan_freezes_with_its_rays_that_saw_nothing() -> None:
    leg = Assembler(LEG)
    check = Frozen(leg, 0.1)
    for tick in range(4):
        now = 0.04 * tick
        ranges = [1.0, math.nan, math.inf, 2.0]
        leg.receive("scan", readings.laser_scan(ranges, 0.0, 1.5, 0.1, 10.0), now)
        leg.receive("joint_states", readings.joint_state(["hip", "knee"], [now, 0], [now, 0]), now)
        leg.receive("imu", readings.imu([now, 0, 0, 1]), now)
        found = check.finds(seeing([], now))
    assert found
    assert check.detail().startswith("scan.ranges has not changed for 0.12 s")


def test_a_goal_may_stay_where_it_is() -> None:
    leg = Assembler(LEG)
    watched = [b.source.label for b in leg.buffers if b.source.ages]
    assert "goal_pose.pose.orientation" not in watched
    check = Frozen(leg, 0.1)
    for now in (0.0, 0.06, 0.12):
        leg.receive("goal_pose", readings.pose_stamped([1.0, 0.0, 0.0]), 0.0)
        leg.receive("scan", readings.laser_scan([now], 0.0, 1.5, 0.1, 10.0), now)
        leg.receive("joint_states", readings.joint_state(["hip", "knee"], [now, 0], [now, 0]), now)
        leg.receive("imu", readings.imu([now, 0, 0, 1]), now)
        assert not check.finds(seeing([], now))


def test_two_publishers_of_one_element_are_told_until_there_is_one() -> None:
    check = SecondPublisher()
    assert not check.finds(seeing([]))
    check.topics = "joint_states"
    assert check.finds(seeing([]))
    assert check.detail() == "joint_states: more than one publisher"
    check.topics = ""
    assert not check.finds(seeing([]))


def test_publishers_that_share_the_joints_are_as_many_as_there_may_be(arm: Assembler) -> None:
    for joint in JOINTS:
        arm.receive("joint_states", readings.joint_state([joint], [0.1], [0.2]), 0.0)
    assert arm.publishers("joint_states", 0.0) == 2
    arm.receive("joint_states", say(), 3.0)
    assert arm.publishers("joint_states", 3.0) == 1
