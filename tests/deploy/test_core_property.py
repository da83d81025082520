"""Whatever sensors, clocks and people do to a core, its command is one a robot may get."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import leg_policy
import numpy as np
import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from leg_policy import CONTRACT, GOAL, JOINTS, MAX_AGE, ORIENTATION, POSITION, VELOCITY

from ddpg_ros.contract import Reading, readings
from ddpg_ros.deploy import ControlCore, Decision, OnnxPolicy
from ddpg_ros.guard_settings import GuardSettings

LOW, HIGH = CONTRACT.action_values("low"), CONTRACT.action_values("high")
STEP = CONTRACT.action_values("slew_limit") * CONTRACT.period
SAFE = CONTRACT.action_values("safe")
POSITIONS = np.array([action.is_position for action in CONTRACT.actions])
DRIVES = ("ok", "degraded")
POLICY = OnnxPolicy(leg_policy.content())
LARGEST = 1e30
ROUNDING = 1e-6

RESPONSES = st.sampled_from(["ignore", "warn", "degrade", "stop"])
SETTINGS = st.builds(
    GuardSettings,
    fallback=st.sampled_from(["safe", "hold", "ramp", "silent"]),
    fallback_time=st.sampled_from([0.001, 0.05]),
    recovery_time=st.sampled_from([0.0, 0.05]),
    ramp_in_time=st.sampled_from([0.0, 0.1]),
    start_from=st.sampled_from(["measured", "safe"]),
    stop_positions=st.sampled_from(["safe", "hold"]),
    degraded_share=st.sampled_from([0.0, 0.5, 1.0]),
    out_of_range=RESPONSES,
    saturation=RESPONSES,
    saturation_time=st.sampled_from([0.0, 0.1]),
    missed_deadline=RESPONSES,
    second_publisher=RESPONSES,
    frozen_time=st.sampled_from([0.0, 0.03]),
    max_tilt=st.sampled_from([0.0, 0.5]),
    trip_elements=st.just(("joint_states.position.knee",)),
    trip_low=st.just((-2.0,)),
    trip_high=st.just((2.0,)),
)
VALUES = st.one_of(
    st.floats(-3.0, 3.0),
    st.floats(),
    st.sampled_from([0.0, 50.0, 1e29, 1e31, 1e300, math.nan, math.inf, -math.inf]),
)
STAMPS = st.sampled_from([None, None, None, 0.0, -0.01, -0.04, -0.2, 0.02, 0.5, -1e9, 1e9, 1e300])
"""Against the time of arrival [s]."""
NAMES = st.one_of(
    st.sampled_from([["hip", "knee"], ["knee", "toe", "hip"], ["hip"], ["knee"], ["toe"], []]),
    st.lists(st.sampled_from(["hip", "knee", "toe"]), max_size=4),
)
SWITCHES = st.sampled_from(
    ["interrupt", "estop", "rearm", "reset", "enable", "disable", "exchange", "crowd", "lonely"]
)
STEPS = st.one_of(
    st.tuples(st.just("sound"), st.floats(-1.0, 1.0)),
    st.tuples(st.just("sound"), st.floats(-1.0, 1.0)),
    st.tuples(st.just("joints"), NAMES, st.lists(VALUES, max_size=4), STAMPS),
    st.tuples(st.just("imu"), st.lists(VALUES, min_size=3, max_size=5), STAMPS),
    st.tuples(st.just("scan"), st.lists(VALUES, max_size=8), VALUES, STAMPS),
    st.tuples(st.just("goal"), st.lists(VALUES, min_size=4, max_size=4)),
    st.tuples(st.just("wait"), st.sampled_from([0.0, 0.001, 0.06, 0.5, -0.01, -1.0, 1e6, -1e6])),
    st.tuples(SWITCHES),
)


class Flight:
    """A core, all that may happen to it, and what must hold for each of its commands."""

    def __init__(self, settings: GuardSettings) -> None:
        self.core = ControlCore(POLICY, settings)
        self.measures = settings.start_from == "measured"
        self.held = POSITIONS & (settings.stop_positions == "hold")
        self.now = 100.0
        self.sent = None if self.measures else SAFE
        """The command before, while commands are sent one after the other."""
        self.decided_at = -math.inf
        """When the latest tick was [s]."""
        self.used = 0.0
        """What interruptions have used of the time since then [periods]."""
        self.reasons: set[str] = set()

    def step(self, what: str, *arguments: Any) -> None:
        """One thing happens, then a tick."""
        act: Callable[..., None] = getattr(self, what)
        act(*arguments)
        self.now += CONTRACT.period
        self.tick()

    def sound(self, value: float) -> None:
        """Every sensor says something that it may say."""
        self.joints(["knee", "hip"], [value, -value], None)
        self.imu([0.1 * value, 0.0, 0.0, 1.0], None)
        self.scan([value + 2.0] * 8, math.pi / 4, None)
        self.goal([0.0, 0.0, 0.0, 1.0])

    def joints(self, names: list[str], values: list[float], stamp: float | None) -> None:
        speeds = values[: len(values) if stamp is None else 1]
        self.hear("joint_states", readings.joint_state(names, values, speeds), stamp)

    def imu(self, values: list[float], stamp: float | None) -> None:
        self.hear("imu", readings.imu(values), stamp)

    def scan(self, values: list[float], increment: float, stamp: float | None) -> None:
        self.hear("scan", readings.laser_scan(values, 0.0, increment, 0.1, 10.0), stamp)

    def goal(self, values: list[float]) -> None:
        self.hear("goal_pose", readings.pose_stamped([0.0, 0.0, 0.0], values), None)

    def hear(self, topic: str, reading: Reading, stamp: float | None) -> None:
        reading.stamp = None if stamp is None else self.now + stamp
        self.core.receive(topic, reading, self.now)

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def interrupt(self) -> None:
        command = self.core.interrupt("clock_stalled", "late", 0.5)
        self.check(command, self.core.may_send, 0.5 * STEP)
        assert self.core.guard.reason == "clock_stalled"
        self.used += 0.5

    def estop(self) -> None:
        self.core.guard.latch("emergency_stop")

    def rearm(self) -> None:
        self.core.rearm()

    def reset(self) -> None:
        self.core.reset()
        self.sent = None if self.measures else SAFE
        self.decided_at, self.used = -math.inf, 0.0

    def enable(self) -> None:
        self.core.guard.enabled = True

    def disable(self) -> None:
        self.core.guard.enabled = False

    def exchange(self) -> None:
        self.core.exchange(POLICY)

    def crowd(self) -> None:
        self.core.checks.second_publisher.topics = "joint_states"

    def lonely(self) -> None:
        self.core.checks.second_publisher.topics = ""

    def tick(self) -> None:
        core, before = self.core, self.sent
        elapsed = (self.now - self.decided_at) / CONTRACT.period - self.used
        step = STEP * np.clip(elapsed, 1e-3, 1.0)
        decision, self.decided_at, self.used = core.tick(self.now), self.now, 0.0
        self.check(decision.command, decision.sends, step)
        if before is None and self.sent is not None and not core.assembler.faults:
            self.check_that_it_starts_near(decision.command)
        if decision.reason in DRIVES:
            self.check_that_it_may_drive(decision)
        if core.guard.latched and core.guard.enabled:
            assert decision.reason == core.guard.latched
        if core.guard.latched and before is not None:
            wanted = np.where(self.held, before, SAFE)
            nearer = np.clip(wanted, before - step, before + step)
            np.testing.assert_allclose(decision.command, nearer, rtol=0, atol=1e-6)
        assert not decision.sends or core.guard.enabled
        self.reasons.add(f"{decision.reason}, {'sent' if decision.sends else 'not sent'}")

    def check(self, command: np.ndarray, sent: bool, step: np.ndarray) -> None:
        """It is finite, within its limits, and within ``step`` of the one before."""
        assert all(map(math.isfinite, command.tolist()))
        assert ((command >= LOW) & (command <= HIGH)).all()
        if not sent:
            self.sent = None
            return
        if self.sent is not None:
            assert (np.abs(command - self.sent) <= step * (1 + 1e-5) + 1e-12).all()
        self.sent = command.copy()

    def check_that_it_starts_near(self, command: np.ndarray) -> None:
        """After commands that were not sent it starts where hip and knee are."""
        if self.measures:
            hip, knee = next(b.values for b in self.core.assembler.buffers if b.source == POSITION)
            start = np.array([hip, knee, SAFE[2]])
            assert (np.abs(start - np.clip(start, LOW, HIGH)) <= STEP).all()
            start = np.clip(start, LOW, HIGH)
            assert (np.abs(command - start) <= STEP * (1 + 1e-9) + 1e-12).all()

    def check_that_it_may_drive(self, decision: Decision) -> None:
        core = self.core
        assert core.guard.enabled
        assert not core.guard.latched
        assert core.assembler.faults == []
        assert np.isfinite(decision.observation).all()
        assert decision.action is not None
        assert np.isfinite(decision.action).all()
        for buffer in core.assembler.buffers:
            if buffer.source.ages:
                age = self.now - buffer.measured_at
                assert 0.0 <= age <= buffer.source.max_age + ROUNDING
            if not buffer.source.is_scan:
                assert (np.abs(buffer.values) <= LARGEST).all()


@given(SETTINGS, st.sampled_from([False, False, False, True]), st.lists(STEPS, max_size=12))
def test_nothing_makes_a_core_give_a_command_that_a_robot_may_not_get(
    settings: GuardSettings, dry: bool, steps: list[tuple[Any, ...]]
) -> None:
    flight = Flight(settings)
    flight.core.guard.enabled = not dry
    for step in steps:
        flight.step(*step)
    for reason in sorted(flight.reasons):
        event(reason)


def test_the_flights_above_are_flown(flight: Flight) -> None:
    for value in np.linspace(0.0, 1.0, 20):
        flight.step("sound", value)
        assert flight.core.guard.reason == "ok"
    flight.step("joints", list(JOINTS), [1.0, math.nan], None)
    assert flight.core.guard.reason == "non_finite"
    flight.step("sound", 0.0)
    assert flight.core.guard.reason == "ok"


def test_the_policy_wants_what_is_no_number_when_the_hip_races(flight: Flight) -> None:
    flight.sound(0.0)
    flight.hear("joint_states", readings.joint_state(JOINTS, [0.0, 0.5], [50.0, 0.0]), None)
    flight.tick()
    assert flight.core.guard.reason == "non_finite_action"
    assert flight.core.guard.command.tolist() == pytest.approx([0.0, 0.5, 1.0], abs=0.2)


@pytest.mark.parametrize("source", [POSITION, VELOCITY, ORIENTATION, GOAL])
def test_every_source_is_needed(flight: Flight, source: Any) -> None:
    flight.step("sound", 0.5)
    for buffer in flight.core.assembler.buffers:
        if buffer.source == source:
            buffer.clear()
    flight.tick()
    assert flight.core.guard.reason == "missing"


@pytest.fixture
def flight() -> Flight:
    """One in which nothing but the inputs keeps the policy from driving."""
    settings = GuardSettings(recovery_time=0.0, ramp_in_time=0.0, out_of_range="ignore")
    assert settings.start_from == "measured"
    assert CONTRACT.period < MAX_AGE
    return Flight(settings)
