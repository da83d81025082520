"""Position commands start where the joints are, and nothing is sent before that is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import leg_policy
import numpy as np
import pytest
from leg_policy import CONTRACT, JOINTS

from ddpg_ros.contract import Assembler, readings
from ddpg_ros.deploy import ControlCore, OnnxPolicy
from ddpg_ros.deploy.measured_start import MeasuredStart
from ddpg_ros.guard_settings import GuardSettings

POLICY = OnnxPolicy(leg_policy.content())
PERIOD = CONTRACT.period
SLOWLY = GuardSettings(recovery_time=0.0, ramp_in_time=10.0, out_of_range="ignore")
"""The policy takes over so slowly that the first commands are those it starts from."""
FAR_FROM_SAFE = [-1.2, 2.2]
STEP = CONTRACT.action_values("slew_limit") * PERIOD


class Flight:
    """A leg that reports where it is, and a core that is asked period after period."""

    def __init__(self, settings: GuardSettings = SLOWLY) -> None:
        self.core, self.ticks = ControlCore(POLICY, settings), 0

    @property
    def now(self) -> float:
        return PERIOD * self.ticks

    def hear(self, position: list[float]) -> None:
        now = self.now
        self.core.receive("joint_states", readings.joint_state(JOINTS, position, [0, 0]), now)
        self.core.receive("imu", readings.imu(), now)
        self.core.receive("scan", readings.laser_scan([1.0] * 8, 0.0, 0.785, 0.1, 10.0), now)
        self.core.receive("goal_pose", readings.pose_stamped([0, 0, 0]), now)

    def tick(self, position: list[float] | None = None) -> tuple[bool, list[float]]:
        """Whether a command is sent, and which."""
        if position is not None:
            self.hear(position)
        decision = self.core.tick(self.now)
        self.ticks += 1
        return decision.sends, decision.command.tolist()


@pytest.fixture
def flight() -> Flight:
    return Flight()


def test_nothing_is_sent_before_every_reading_is_there(flight: Flight) -> None:
    assert [flight.tick()[0] for _ in range(3)] == [False] * 3
    flight.core.receive("joint_states", readings.joint_state(JOINTS, FAR_FROM_SAFE, [0, 0]), 0.0)
    assert not flight.tick()[0]
    assert flight.core.guard.reason == "missing"


def test_positions_start_where_the_joints_are_and_the_rest_at_its_safe_value(
    flight: Flight,
) -> None:
    flight.tick()
    sends, command = flight.tick(FAR_FROM_SAFE)
    assert sends
    np.testing.assert_allclose(command, [-1.2, 2.2, 1.0], atol=0.02)


def test_it_does_not_start_anew_while_it_drives(flight: Flight) -> None:
    flight.tick(FAR_FROM_SAFE)
    _, command = flight.tick([1.0, 0.0])
    np.testing.assert_allclose(command[:2], FAR_FROM_SAFE, atol=0.04)


def test_a_joint_that_rests_just_beyond_its_limit_starts_at_the_limit(flight: Flight) -> None:
    sends, command = flight.tick([-1.5 - 0.9 * STEP[0], 2.5 + 0.9 * STEP[1]])
    assert sends
    np.testing.assert_allclose(command[:2], [-1.5, 2.5], atol=0.02)


def test_nothing_is_sent_to_a_joint_far_beyond_its_limits_before_it_is_back(flight: Flight) -> None:
    for _ in range(3):
        assert not flight.tick([-3.0, 2.2])[0]
    guard = flight.core.guard
    assert (guard.reason, guard.detail) == (
        "beyond_limits",
        "hip is at -3 rad, beyond its limits -1.5 to 1.5: bring it back by other means",
    )
    flight.core.interrupt("emergency_stop")
    assert not flight.core.may_send
    sends, command = flight.tick([-1.4, 2.2])
    assert sends
    np.testing.assert_allclose(command[:2], [-1.4, 2.2], atol=0.02)


def test_after_a_dry_run_that_left_it_far_beyond_its_limits_nothing_is_sent(flight: Flight) -> None:
    flight.tick(FAR_FROM_SAFE)
    flight.core.guard.enabled = False
    flight.tick([3.0, 2.2])
    flight.core.guard.enabled = True
    assert not flight.tick([3.0, 2.2])[0]
    assert flight.tick([1.4, 2.2])[0]


def test_an_interruption_before_the_start_is_known_is_not_sent(flight: Flight) -> None:
    flight.core.interrupt("emergency_stop")
    assert not flight.core.may_send
    flight.tick(FAR_FROM_SAFE)
    flight.core.interrupt("emergency_stop")
    assert flight.core.may_send


def test_stopped_before_it_began_it_goes_from_where_it_is_to_the_safe_command(
    flight: Flight,
) -> None:
    flight.core.guard.latch("emergency_stop")
    sends, command = flight.tick(FAR_FROM_SAFE)
    assert sends
    np.testing.assert_allclose(command[:2], [-1.2 + STEP[0], 2.2 - STEP[1]])


def test_with_stop_positions_hold_an_emergency_stop_moves_no_joint() -> None:
    flight = Flight(replace(SLOWLY, ramp_in_time=0.0, stop_positions="hold"))
    for _ in range(3):
        _, before = flight.tick(FAR_FROM_SAFE)
    assert before[2] != CONTRACT.action_values("safe")[2]
    flight.core.interrupt("emergency_stop")
    flight.core.guard.latch("emergency_stop")
    for _ in range(3):
        sends, command = flight.tick(FAR_FROM_SAFE)
        assert sends
        assert command == [*before[:2], CONTRACT.action_values("safe")[2]]
    assert flight.core.guard.is_safe


def test_a_reset_asks_for_the_position_again(flight: Flight) -> None:
    flight.tick(FAR_FROM_SAFE)
    flight.core.reset()
    assert not flight.core.may_send
    sends, command = flight.tick([0.7, 0.1])
    assert sends
    np.testing.assert_allclose(command[:2], [0.7, 0.1], atol=0.02)


def test_after_a_dry_run_it_starts_where_the_robot_was_moved_to(flight: Flight) -> None:
    flight.core.guard.enabled = False
    for _ in range(50):
        assert not flight.tick(FAR_FROM_SAFE)[0]
    flight.core.guard.enabled = True
    sends, command = flight.tick([1.0, 0.1])
    assert sends
    np.testing.assert_allclose(command[:2], [1.0, 0.1], atol=0.02)


def test_after_a_silent_fallback_it_starts_where_the_robot_was_moved_to() -> None:
    flight = Flight(replace(SLOWLY, fallback="silent"))
    flight.tick(FAR_FROM_SAFE)
    flight.ticks += 10
    assert not flight.tick()[0]
    assert flight.core.guard.reason == "stale"
    sends, command = flight.tick([1.0, 0.1])
    assert sends
    np.testing.assert_allclose(command[:2], [1.0, 0.1], atol=0.02)


def test_a_stop_in_a_silent_fallback_sends_nothing_to_a_joint_far_beyond_its_limits() -> None:
    flight = Flight(replace(SLOWLY, fallback="silent"))
    flight.tick(FAR_FROM_SAFE)
    flight.ticks += 10
    assert not flight.tick()[0]
    assert not flight.tick([-3.0, 2.2])[0]
    flight.core.guard.latch("emergency_stop")
    assert not flight.tick([-3.0, 2.2])[0]
    sends, command = flight.tick([-1.4, 2.2])
    assert sends
    np.testing.assert_allclose(command[:2], [-1.4 + STEP[0], 2.2 - STEP[1]])


def test_after_a_silent_fallback_what_is_no_position_goes_on_from_the_last_command_sent() -> None:
    start = MeasuredStart(flown_assembler(), PERIOD)
    np.testing.assert_allclose(start.command(np.array([0.0, 0.0, -3.0])), [*FAR_FROM_SAFE, -3.0])


def flown_assembler() -> Assembler:
    flight = Flight()
    flight.tick(FAR_FROM_SAFE)
    return flight.core.assembler


def test_what_jumps_to_the_safe_command_at_the_end_is_no_position(flight: Flight) -> None:
    flight.tick(FAR_FROM_SAFE)
    flight.core.guard.jump_to_safe()
    np.testing.assert_allclose(flight.core.guard.command, [*FAR_FROM_SAFE, 1.0], atol=0.02)


def test_told_so_it_starts_at_the_safe_command() -> None:
    flight = Flight(replace(SLOWLY, start_from="safe"))
    assert flight.tick() == (True, [0.3, 0.5, 1.0])
    sends, command = flight.tick(FAR_FROM_SAFE)
    assert sends
    np.testing.assert_allclose(command, [0.3, 0.5, 1.0], atol=0.02)


def test_commands_that_are_no_positions_are_sent_from_the_first_tick_on(path: Path) -> None:
    decision = ControlCore(OnnxPolicy.load(path), SLOWLY).tick(0.0)
    assert (decision.reason, decision.sends, decision.command.tolist()) == (
        "missing",
        True,
        [0.5, 0.0],
    )
