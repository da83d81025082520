"""Why an observation must not be acted on: each fault says what is wrong, and where."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest

from ddpg_ros.contract import Assembler, Contract, Fault, Reading, readings
from ddpg_ros.contract.assembler import FUTURE, MALFORMED, MISSING, NON_FINITE, STALE


def faults(assembler: Assembler, now: float = 0.0) -> list[Fault]:
    assembler.assemble(now)
    return assembler.faults


def test_healthy_sensors_make_no_fault(assembler: Assembler) -> None:
    assert faults(assembler) == []


def test_each_source_that_sent_nothing_is_missing(robot: Contract) -> None:
    found = faults(Assembler(robot))
    assert [str(fault) for fault in found] == [
        "joint_states.position has not been received",
        "joint_states.velocity has not been received",
        "imu.orientation has not been received",
        "imu.angular_velocity has not been received",
        "scan.ranges has not been received",
    ]
    assert {fault.reason for fault in found} == {MISSING}


def test_a_reading_may_be_as_old_as_the_contract_says(assembler: Assembler) -> None:
    assert faults(assembler, now=0.1) == []


def test_an_old_reading_is_stale_and_a_new_one_mends_it(
    assembler: Assembler, healthy: Mapping[str, Reading]
) -> None:
    for topic in ("joint_states", "imu"):
        assembler.receive(topic, healthy[topic], 1.05)
    assert faults(assembler, 1.054) == [Fault(STALE, "scan.ranges", "is 1.054 s old, at most 1 s")]
    assert assembler.measured_at("scan") == 0.0
    assembler.receive("scan", healthy["scan"], 1.054)
    assert faults(assembler, 1.054) == []


def test_a_command_never_grows_stale(assembler: Assembler, healthy: Mapping[str, Reading]) -> None:
    for topic, reading in healthy.items():
        assembler.receive(topic, reading, 1e9)
    assert faults(assembler, 1e9) == []


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e300, -1e31])
def test_a_needed_element_that_is_not_finite_is_named(assembler: Assembler, bad: float) -> None:
    joints = readings.joint_state(["knee", "toe", "hip"], [0, 0, 0], [bad, 0, 0])
    assembler.receive("joint_states", joints, 0.0)
    assert faults(assembler) == [
        Fault(NON_FINITE, "joint_states.velocity", "is not finite for knee")
    ]


@pytest.mark.parametrize("bad", [math.nan, math.inf, 1e300])
def test_an_element_that_the_policy_does_not_read_may_be_anything(
    assembler: Assembler, bad: float
) -> None:
    joints = readings.joint_state(["knee", "toe", "hip"], [0, bad, 0], [0, bad, 0], [bad] * 3)
    assembler.receive("joint_states", joints, 0.0)
    assembler.receive("imu", readings.imu(linear_acceleration=[bad] * 3), 0.0)
    assert faults(assembler) == []


def test_a_command_that_is_not_finite_does_not_reach_the_policy(assembler: Assembler) -> None:
    assembler.record_command(np.array([math.nan, 0.0]))
    (fault,) = faults(assembler)
    assert fault.reason == NON_FINITE
    assert str(fault) == "previous_command is not finite for hip"


def test_a_joint_that_never_came_is_named_in_the_fault(robot: Contract) -> None:
    assembler = Assembler(robot)
    joints = readings.joint_state(["hip", "toe"], [0, 0], [0, 0])
    assembler.receive("joint_states", joints, 0.0)
    detail = "has no knee (it has hip, toe)"
    assert faults(assembler)[:2] == [
        Fault(MALFORMED, "joint_states.position", detail),
        Fault(MALFORMED, "joint_states.velocity", detail),
    ]


def test_a_joint_that_comes_no_more_is_named_when_it_is_stale(
    assembler: Assembler, healthy: Mapping[str, Reading]
) -> None:
    for now in (0.06, 0.11):
        for topic in ("imu", "scan"):
            assembler.receive(topic, healthy[topic], now)
        joints = readings.joint_state(["hip"], [0], [0])
        assembler.receive("joint_states", joints, now)
    detail = "is 0.110 s old for knee, at most 0.1 s; the latest message has no knee (it has hip)"
    assert faults(assembler, 0.11) == [
        Fault(STALE, "joint_states.position", detail),
        Fault(STALE, "joint_states.velocity", detail),
    ]


def test_a_stamp_from_the_future_is_another_clocks(robot: Contract, assembler: Assembler) -> None:
    joints = readings.joint_state(["hip", "knee"], [0, 0], [0, 0], stamp=0.2)
    assembler.receive("joint_states", joints, 0.0)
    assert faults(assembler) == [
        Fault(FUTURE, f"joint_states.{field}", "is stamped 0.200 s ahead of this clock")
        for field in ("position", "velocity")
    ]


def test_a_field_the_message_left_out_is_named(assembler: Assembler) -> None:
    joints = readings.joint_state(["hip", "knee"], position=[0, 0])
    assembler.receive("joint_states", joints, 0.0)
    assert [str(fault) for fault in faults(assembler)] == [
        "joint_states.velocity carries no velocity"
    ]


def test_what_a_feature_cannot_compute_is_named_by_its_term(assembler: Assembler) -> None:
    assembler.receive("imu", readings.imu(orientation=[0, 0, 0, 0]), 0.0)
    detail = "the orientation is not a quaternion (all zero, or not a number)"
    assert faults(assembler) == [Fault(MALFORMED, "gravity", detail)]


def test_a_good_reading_after_a_bad_one_clears_the_fault(
    assembler: Assembler, healthy: Mapping[str, Reading]
) -> None:
    for topic, good in healthy.items():
        assembler.receive(topic, Reading({}), 0.0)
        assert {fault.reason for fault in faults(assembler)} == {MALFORMED}
        assembler.receive(topic, good, 0.0)
        assert faults(assembler) == []


def test_a_reading_from_before_the_clock_was_set_back_is_stale(
    assembler: Assembler, healthy: Mapping[str, Reading]
) -> None:
    assert {fault.reason for fault in faults(assembler, now=-5.0)} == {STALE}
    for topic, reading in healthy.items():
        assembler.receive(topic, reading, -5.0)
    assert faults(assembler, now=-5.0) == []
