"""Whatever the policy wants and whoever throws which switch, the command is one a robot may get."""

from __future__ import annotations

import numpy as np
from arm_policy import CONTRACT
from hypothesis import given, settings
from hypothesis import strategies as st

from ddpg_ros.deploy import Guard

SAFE = [0.5, 0.0]
LOW, HIGH = CONTRACT.action_values("low"), CONTRACT.action_values("high")
STEP = CONTRACT.action_values("slew_limit") * CONTRACT.period

TICKS = st.tuples(
    st.one_of(st.none(), st.tuples(st.floats(width=32), st.floats(width=32))),
    st.sampled_from([(True, False)] * 3 + [(False, False), (True, True)]),
    st.sampled_from(["", "", "reset", "interrupt"]),
)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.lists(TICKS, max_size=30))
def test_whatever_comes_the_command_is_finite_and_within_limits_and_slew(ticks: list) -> None:
    guard, before = Guard(CONTRACT), np.array(SAFE)
    for wanted, (enabled, stopped), first in ticks:
        if first:
            guard.reset() if first == "reset" else guard.interrupt("clock_stalled")
            before = np.array(SAFE)
        guard.enabled, guard.stopped = enabled, guard.stopped or stopped
        action = None if wanted is None else np.array(wanted, np.float32)
        command = guard.decide(action, "stale").copy()
        finite = action is not None and bool(np.isfinite(action).all())
        assert (guard.reason == "ok") == (finite and enabled and not guard.stopped)
        if guard.reason == "ok":
            allowed = np.clip(np.clip(action, before - STEP, before + STEP), LOW, HIGH)
            np.testing.assert_allclose(command, allowed, rtol=1e-12, atol=1e-12)
            assert (np.abs(command - before) <= STEP * (1 + 1e-12)).all()
        else:
            assert command.tolist() == SAFE
        assert np.isfinite(command).all()
        assert ((command >= LOW) & (command <= HIGH)).all()
        before = command
