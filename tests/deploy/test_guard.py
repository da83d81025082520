"""The guard lets the policy's command through, or gives the safe one and says why."""

from __future__ import annotations

import numpy as np
import pytest
from arm_policy import CONTRACT

from ddpg_ros.deploy import Guard

SAFE = [0.5, 0.0]
NEAR = np.array([0.6, 1.0], np.float32)


@pytest.fixture
def guard() -> Guard:
    return Guard(CONTRACT)


def test_a_sound_action_passes(guard: Guard) -> None:
    command = guard.decide(NEAR, "")
    assert command.tolist() == NEAR.tolist()
    assert (guard.reason, guard.clipped.tolist()) == ("ok", [False, False])


def test_limits_and_slew_clip_an_action(guard: Guard) -> None:
    assert guard.decide(np.array([9.0, 9.0]), "").tolist() == [0.7, 3.0]
    assert (guard.reason, guard.clipped.tolist()) == ("ok", [True, True])
    assert guard.decide(np.array([0.8, -9.0]), "").tolist() == [0.8, -1.0]
    assert guard.clipped.tolist() == [False, True]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_an_action_with_one_value_that_is_no_number_is_refused(guard: Guard, value: float) -> None:
    guard.decide(np.array([0.6, 9.0]), "")
    assert guard.decide(np.array([0.6, value], np.float32), "").tolist() == SAFE
    assert (guard.reason, guard.clipped.tolist()) == ("non_finite_action", [False, False])


def test_a_fault_gives_its_reason_and_the_safe_command_at_once(guard: Guard) -> None:
    for _ in range(5):
        guard.decide(np.array([2.0, 1.0]), "")
    assert guard.decide(None, "stale").tolist() == SAFE
    assert guard.reason == "stale"


def test_after_a_fault_the_slew_limit_counts_from_the_safe_command(guard: Guard) -> None:
    guard.decide(NEAR, "")
    guard.decide(None, "missing")
    assert guard.decide(np.array([2.0, 1.0]), "")[0] == pytest.approx(0.7)
    assert guard.reason == "ok"


def test_the_emergency_stop_holds_until_it_is_released(guard: Guard) -> None:
    guard.stopped = True
    for action, fault in ((NEAR, ""), (None, "stale"), (NEAR, "")):
        assert guard.decide(action, fault).tolist() == SAFE
        assert guard.reason == "emergency_stop"
    guard.reset()
    assert (guard.stopped, guard.reason) == (True, "starting")
    assert guard.decide(NEAR, "").tolist() == SAFE
    guard.stopped = False
    assert guard.decide(NEAR, "").tolist() == NEAR.tolist()


def test_an_interruption_gives_the_safe_command_and_its_reason(guard: Guard) -> None:
    guard.decide(np.array([9.0, 9.0]), "")
    assert guard.interrupt("clock_stalled").tolist() == SAFE
    assert (guard.reason, guard.clipped.tolist()) == ("clock_stalled", [False, False])
    assert guard.decide(np.array([2.0, 1.0]), "")[0] == pytest.approx(0.7)
    assert guard.reason == "ok"


def test_a_disabled_policy_drives_nothing_until_it_is_enabled(guard: Guard) -> None:
    guard.enabled = False
    assert guard.decide(NEAR, "").tolist() == SAFE
    assert guard.reason == "disabled"
    guard.reset()
    assert guard.decide(NEAR, "").tolist() == SAFE
    guard.enabled = True
    assert guard.decide(NEAR, "").tolist() == NEAR.tolist()


def test_the_emergency_stop_is_told_before_everything_else(guard: Guard) -> None:
    guard.enabled, guard.stopped = False, True
    guard.decide(None, "stale")
    assert guard.reason == "emergency_stop"
    guard.stopped = False
    guard.decide(None, "stale")
    assert guard.reason == "disabled"


def test_reset_starts_again_from_the_safe_command(guard: Guard) -> None:
    for _ in range(5):
        guard.decide(np.array([2.0, 1.0]), "")
    guard.reset()
    assert guard.clipped.tolist() == [False, False]
    assert guard.decide(np.array([2.0, 1.0]), "")[0] == pytest.approx(0.7)
