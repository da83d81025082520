"""The guard lets the policy's command through, or gives a fallback and says why."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from arm_policy import AT_ONCE, CONTRACT

from ddpg_ros.deploy import Guard
from ddpg_ros.deploy.checks import Check, Response, Tick
from ddpg_ros.guard_settings import GuardSettings

SAFE = [0.5, 0.0]
NEAR = np.array([0.6, 1.0], np.float32)
FAR = np.array([2.0, 3.0], np.float32)
PERIOD = CONTRACT.period


class Trouble(Check):
    """A check that finds what it is told to."""

    reason = "trouble"
    asks_action = False
    there = forgotten = False

    def finds(self, tick: Tick) -> bool:
        return self.there

    def detail(self) -> str:
        return "it is there"

    def reset(self) -> None:
        self.forgotten = True


class Flight:
    """A guard that is asked period after period."""

    def __init__(
        self, settings: GuardSettings = AT_ONCE, response: Response = Response.STOP
    ) -> None:
        self.trouble = Trouble()
        self.guard = Guard(CONTRACT, [(self.trouble, response)], settings)
        self.ticks = 0

    def tick(self, action: np.ndarray | None = NEAR) -> list[float]:
        now = PERIOD * self.ticks
        self.ticks += 1
        tick = Tick(now, PERIOD, np.zeros(CONTRACT.observation_size, np.float32), action)
        return self.guard.decide(tick, now).tolist()

    def commands(self, count: int, action: np.ndarray | None = NEAR) -> np.ndarray:
        return np.array([self.tick(action) for _ in range(count)])


@pytest.fixture
def flight() -> Flight:
    return Flight()


def test_a_sound_action_passes(flight: Flight) -> None:
    assert flight.tick() == NEAR.tolist()
    assert (flight.guard.reason, flight.guard.clipped.tolist()) == ("ok", [False, False])


def test_limits_and_slew_clip_an_action(flight: Flight) -> None:
    assert flight.tick(np.array([9.0, 9.0])) == [0.7, 3.0]
    assert (flight.guard.reason, flight.guard.clipped.tolist()) == ("ok", [True, True])
    assert flight.tick(np.array([0.8, -9.0])) == [0.8, -1.0]
    assert flight.guard.clipped.tolist() == [False, True]


def test_what_a_check_finds_stops_the_policy_and_is_told(flight: Flight) -> None:
    flight.commands(5, FAR)
    flight.trouble.there = True
    fall = flight.commands(6)
    assert (flight.guard.reason, flight.guard.detail) == ("trouble", "it is there")
    np.testing.assert_allclose(fall[:, 0], [1.3, 1.1, 0.9, 0.7, 0.5, 0.5])
    assert fall[:, 1].tolist() == [0.0] * 6
    assert flight.trouble.count == 6


def test_held_the_last_command_stands() -> None:
    flight = Flight(replace(AT_ONCE, fallback="hold"))
    flight.tick(FAR)
    flight.trouble.there = True
    assert flight.commands(3).tolist() == [[0.7, 3.0]] * 3
    assert (flight.guard.reason, flight.guard.sends) == ("trouble", True)


def test_silent_nothing_is_sent() -> None:
    flight = Flight(replace(AT_ONCE, fallback="silent"))
    flight.tick(FAR)
    flight.trouble.there = True
    flight.tick()
    assert not flight.guard.sends
    flight.trouble.there = False
    flight.tick()
    assert flight.guard.sends


def test_a_ramp_reaches_the_safe_command_when_it_should() -> None:
    flight = Flight(replace(AT_ONCE, fallback="ramp", fallback_time=0.08))
    flight.tick(FAR)
    flight.trouble.there = True
    np.testing.assert_allclose(flight.commands(6)[:, 1], [3.0, 2.25, 1.5, 0.75, 0.0, 0.0])


def test_the_policy_drives_again_only_after_all_has_been_well_for_a_while() -> None:
    flight = Flight(replace(AT_ONCE, recovery_time=3 * PERIOD))
    reasons = []
    for there in (False, False, True, False, False, True, False, False, False, False):
        flight.trouble.there = there
        flight.tick()
        reasons.append(flight.guard.reason)
    again = ["trouble", "recovering", "recovering"]
    assert reasons == ["ok", "ok", *again, *again, "recovering", "ok"]


def test_after_a_reset_all_has_to_be_well_for_a_while_be_it_before_the_first_drive() -> None:
    flight = Flight(replace(AT_ONCE, recovery_time=1.5 * PERIOD))
    flight.guard.latch("emergency_stop")
    flight.tick()
    flight.guard.rearm()
    reasons = []
    for _ in range(4):
        flight.tick()
        reasons.append(flight.guard.reason)
    assert reasons == ["recovering", "recovering", "ok", "ok"]


def test_the_policy_takes_over_little_by_little() -> None:
    flight = Flight(replace(AT_ONCE, ramp_in_time=0.08))
    np.testing.assert_allclose(flight.commands(5, FAR)[:, 1], [0.75, 1.5, 2.25, 3.0, 3.0])
    flight.trouble.there = True
    flight.tick()
    flight.trouble.there = False
    np.testing.assert_allclose(flight.commands(2, FAR)[:, 1], [0.75, 1.5])


def test_degraded_the_command_stays_nearer_to_the_safe_one() -> None:
    flight = Flight(AT_ONCE, Response.DEGRADE)
    flight.trouble.there = True
    assert flight.tick(np.array([0.6, 2.0]))[1] == 1.0
    assert (flight.guard.reason, flight.guard.warnings) == ("degraded", [flight.trouble])
    assert flight.guard.detail == "it is there"
    flight.trouble.there = False
    assert flight.tick(np.array([0.6, 2.0]))[1] == 2.0


def test_a_warning_lets_the_policy_drive() -> None:
    flight = Flight(AT_ONCE, Response.WARN)
    flight.trouble.there = True
    assert flight.tick() == NEAR.tolist()
    assert (flight.guard.reason, flight.guard.warnings) == ("ok", [flight.trouble])


def test_a_trip_holds_until_it_is_reset() -> None:
    flight = Flight(AT_ONCE, Response.LATCH)
    flight.trouble.there = True
    assert flight.tick() == SAFE
    flight.trouble.there = False
    assert flight.tick() == SAFE
    assert (flight.guard.reason, flight.guard.detail) == ("trouble", "it is there")
    flight.trouble.forgotten = False
    flight.guard.rearm()
    assert flight.trouble.forgotten, "what it saw before is none of its business now"
    assert flight.tick() == NEAR.tolist()


def test_the_emergency_stop_holds_until_it_is_released(flight: Flight) -> None:
    flight.guard.latch("emergency_stop")
    for there in (False, True, False):
        flight.trouble.there = there
        assert flight.tick() == SAFE
        assert flight.guard.reason == "emergency_stop"
    flight.guard.reset()
    assert (flight.guard.latched, flight.guard.reason) == ("emergency_stop", "starting")
    assert flight.tick() == SAFE
    flight.guard.rearm()
    assert flight.tick() == NEAR.tolist()


@pytest.mark.parametrize("fallback", ["safe", "hold", "ramp", "silent"])
def test_an_interruption_goes_to_the_safe_command_whatever_the_fallback(fallback: str) -> None:
    flight = Flight(replace(AT_ONCE, fallback=fallback))
    flight.commands(3, FAR)
    steps = [flight.guard.interrupt("clock_stalled").tolist() for _ in range(3)]
    np.testing.assert_allclose(steps, [[0.9, 0.0], [0.7, 0.0], [0.5, 0.0]])
    assert (flight.guard.reason, flight.guard.sends, flight.guard.is_safe) == (
        "clock_stalled",
        True,
        True,
    )


def test_an_interruption_soon_after_a_tick_changes_little(flight: Flight) -> None:
    flight.commands(3, FAR)
    step = flight.guard.interrupt("emergency_stop", periods=0.25)
    np.testing.assert_allclose(step, [1.05, 0.0])
    assert not flight.guard.is_safe


def test_ticks_that_crowd_change_no_more_than_the_time_between_them_allows(flight: Flight) -> None:
    first = flight.tick(FAR)[0]
    flight.ticks = 1.25
    assert flight.tick(FAR)[0] == pytest.approx(first + 0.2)
    flight.ticks = 1.75
    assert flight.tick(FAR)[0] == pytest.approx(first + 0.2 + 0.5 * 0.2)
    flight.ticks = 30.0
    assert flight.tick(FAR)[0] == pytest.approx(first + 0.2 + 0.5 * 0.2 + 0.2)
    flight.ticks = 20.0  # time went back
    assert flight.tick(FAR)[0] == pytest.approx(first + 0.2 + 0.5 * 0.2 + 0.2, abs=1e-3)


def test_a_disabled_policy_drives_nothing_until_it_is_enabled(flight: Flight) -> None:
    flight.guard.enabled = False
    assert flight.tick() == SAFE
    assert (flight.guard.reason, flight.guard.detail) == ("disabled", "")
    flight.trouble.there = True
    flight.tick()
    assert (flight.guard.reason, flight.guard.detail) == ("disabled", "it is there")
    flight.trouble.there = False
    flight.guard.reset()
    assert flight.tick() == SAFE
    flight.guard.enabled = True
    assert flight.tick() == NEAR.tolist()


def test_the_emergency_stop_is_told_before_everything_else(flight: Flight) -> None:
    flight.guard.enabled = False
    flight.guard.latch("emergency_stop")
    flight.trouble.there = True
    flight.tick(None)
    assert flight.guard.reason == "emergency_stop"
    flight.guard.rearm()
    flight.tick(None)
    assert flight.guard.reason == "disabled"


def test_reset_starts_again_from_the_safe_command(flight: Flight) -> None:
    flight.commands(5, FAR)
    flight.guard.reset()
    assert flight.guard.clipped.tolist() == [False, False]
    assert flight.tick(FAR)[0] == pytest.approx(0.7)


def test_it_can_start_from_where_the_robot_is_but_not_beyond_its_limits(flight: Flight) -> None:
    flight.guard.start_from(np.array([-1.0, 99.0]))
    np.testing.assert_allclose(flight.tick(), [-0.8, 1.0])
    assert flight.guard.command is flight.guard.command


def test_a_clock_set_back_does_not_confuse_it() -> None:
    flight = Flight(replace(AT_ONCE, recovery_time=PERIOD, ramp_in_time=0.08))
    flight.commands(4, FAR)
    flight.ticks = -100
    assert math.isfinite(sum(flight.tick(FAR)))
    assert flight.guard.reason == "ok"
