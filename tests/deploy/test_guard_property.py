"""Whatever comes, the command is one a robot may get."""

from __future__ import annotations

import math

import numpy as np
from arm_policy import CONTRACT
from hypothesis import given
from hypothesis import strategies as st

from ddpg_ros.deploy import Guard
from ddpg_ros.deploy.checks import Check, Response, Tick
from ddpg_ros.deploy.checks.actions import NonFiniteAction
from ddpg_ros.guard_settings import GuardSettings

LOW, HIGH = CONTRACT.action_values("low"), CONTRACT.action_values("high")
STEP = CONTRACT.action_values("slew_limit") * CONTRACT.period
SAFE = CONTRACT.action_values("safe")
OBSERVATION = np.zeros(CONTRACT.observation_size, np.float32)

SETTINGS = st.builds(
    GuardSettings,
    fallback=st.sampled_from(["safe", "hold", "ramp", "silent"]),
    fallback_time=st.floats(0.001, 1.0),
    recovery_time=st.floats(0.0, 0.1),
    ramp_in_time=st.floats(0.0, 0.2),
    degraded_share=st.floats(0.0, 1.0),
)
RESPONSES = st.sampled_from(list(Response))
TICKS = st.tuples(
    st.one_of(st.none(), st.tuples(st.floats(width=32), st.floats(width=32))),
    st.one_of(st.floats(-1.0, 1.0), st.floats(0.0, 2 * CONTRACT.period)),
    st.booleans(),
    st.sampled_from(["", "", "", "reset", "interrupt", "latch", "rearm", "enable", "disable"]),
)


class Trouble(Check):
    """A check that finds what it is told to."""

    reason = "trouble"
    asks_action = False
    there = False

    def finds(self, tick: Tick) -> bool:
        return self.there or tick.action is None

    def detail(self) -> str:
        return ""


class Flight:
    """A guard, and what may happen to it between two ticks."""

    def __init__(self, settings: GuardSettings, response: Response) -> None:
        self.trouble, self.without = Trouble(), Trouble()
        checks = [
            (self.without, Response.STOP),
            (NonFiniteAction(), Response.STOP),
            (self.trouble, response),
        ]
        self.guard = Guard(CONTRACT, checks, settings)

    def switch(self, what: str) -> None:
        if what == "reset":
            self.guard.reset()
        elif what == "latch":
            self.guard.latch("emergency_stop")
        elif what == "rearm":
            self.guard.rearm()
        elif what in ("enable", "disable"):
            self.guard.enabled = what == "enable"


@given(SETTINGS, RESPONSES, st.lists(TICKS, max_size=30))
def test_the_command_is_finite_within_limits_and_within_slew(
    settings: GuardSettings, response: Response, ticks: list
) -> None:
    flight, before, now = Flight(settings, response), SAFE, 0.0
    decided, used = -math.inf, 0.0
    guard = flight.guard
    for wanted, passed, trouble, switch in ticks:
        flight.switch(switch)
        if switch == "reset":
            before, decided, used = SAFE, -math.inf, 0.0
        elif switch == "interrupt":
            command = guard.interrupt("clock_stalled", periods=0.5).copy()
            assert_allowed(command, before, 0.5 * STEP)
            before, used = command, used + 0.5
        now, flight.trouble.there = now + passed, trouble
        action = None if wanted is None else np.array(wanted, np.float32)
        command = guard.decide(Tick(now, passed, OBSERVATION, action), now).copy()
        step = STEP * np.clip((now - decided) / CONTRACT.period - used, 1e-3, 1.0)
        decided, used = now, 0.0
        assert_allowed(command, before, step)
        finite = action is not None and bool(np.isfinite(action).all())
        drives = guard.reason in ("ok", "degraded")
        may_drive = finite and guard.enabled and not guard.latched
        assert not drives or may_drive
        assert not drives or not trouble or response < Response.STOP
        if guard.latched or not guard.enabled:
            nearer = np.clip(SAFE, before - step, before + step)
            np.testing.assert_allclose(command, nearer, rtol=0, atol=1e-6)
        before = command


def assert_allowed(command: np.ndarray, before: np.ndarray, step: np.ndarray) -> None:
    assert all(map(math.isfinite, command.tolist()))
    assert ((command >= LOW) & (command <= HIGH)).all()
    assert (np.abs(command - before) <= step * (1 + 1e-5) + 1e-12).all()
