"""A core's switches and gauges: stop, reset, saturation, and the memory a tick takes."""

from __future__ import annotations

import gc
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from arm_policy import AT_ONCE, METADATA, SOUND, say

from ddpg_ros.deploy import ControlCore, OnnxPolicy

SAFE = [0.5, 0.0]


def test_building_a_core_commands_nothing_and_starts_enabled(policy: OnnxPolicy) -> None:
    core = ControlCore(policy)
    assert (core.guard.enabled, core.guard.latched) == (True, "")
    assert core.contract is policy.contract
    assert core.guard.reason == "starting"
    assert not core.checks.saturation.counts.any()


def test_a_reset_does_not_release_the_emergency_stop(core: ControlCore) -> None:
    core.guard.latch("emergency_stop")
    assert core.tick(now=0.0).reason == "emergency_stop"
    core.reset()
    decision = core.tick(now=0.02)
    assert (decision.reason, decision.command.tolist()) == ("emergency_stop", SAFE)


def test_a_reset_forgets_history_and_the_command_before(pushing: ControlCore) -> None:
    fresh = pushing.tick(now=0.0).observation.copy()
    pushing.tick(now=0.02)
    assert not np.array_equal(pushing.tick(now=0.04).observation, fresh)
    pushing.reset()
    decision = pushing.tick(now=0.06)
    assert decision.observation.tolist() == fresh.tolist()
    assert decision.command[0] == pytest.approx(0.7)


def test_a_reset_keeps_what_the_sensors_said(core: ControlCore) -> None:
    core.reset()
    assert core.tick(now=0.1).reason == "ok"
    assert core.tick(now=0.11).reason == "stale"


def test_rearming_while_it_drives_keeps_the_slew_limit(pushing: ControlCore) -> None:
    climb = [pushing.tick(now=0.02 * i).command[0] for i in range(4)]
    pushing.rearm()
    decision = pushing.tick(now=0.08)
    assert decision.command[0] == pytest.approx(climb[-1] + 0.2)
    assert decision.observation[14] == pytest.approx(climb[-1])


def test_rearming_releases_the_emergency_stop_and_forgets_history(core: ControlCore) -> None:
    core.tick(now=0.0)
    core.guard.latch("emergency_stop")
    core.tick(now=0.02)
    core.rearm()
    decision = core.tick(now=0.04)
    assert decision.reason == "ok"
    assert decision.observation[:8].tolist() == decision.observation[8:].tolist()


def test_after_an_interruption_the_command_climbs_from_the_safe_one(pushing: ControlCore) -> None:
    for i in range(3):
        pushing.tick(now=0.02 * i)
    fall = [pushing.interrupt("clock_stalled")[0] for _ in range(4)]
    np.testing.assert_allclose(fall, [0.9, 0.7, 0.5, 0.5])
    assert pushing.guard.reason == "clock_stalled"
    pushing.receive("joint_states", say(), now=0.14)
    decision = pushing.tick(now=0.14)
    assert decision.command[0] == pytest.approx(0.7)
    assert decision.observation[14:].tolist() == SAFE


def test_interruptions_between_ticks_do_not_hasten_the_fall(pushing: ControlCore) -> None:
    for i in range(3):
        before = pushing.tick(now=0.02 * i).command[0]
    pushing.guard.latch("emergency_stop")
    pushing.interrupt("emergency_stop", periods=0.3)
    pushing.interrupt("emergency_stop", periods=0.3)
    decision = pushing.tick(now=0.06)
    assert decision.command[0] == pytest.approx(before - 0.2)
    assert pushing.tick(now=0.08).command[0] == pytest.approx(max(0.5, before - 0.4))


def test_a_command_that_goes_out_late_leaves_the_next_one_less_time(pushing: ControlCore) -> None:
    pushing.tick(now=0.0)
    pushing.observe(0.02)
    late = pushing.decide(0.036).command[0]
    pushing.observe(0.04)
    assert pushing.decide(0.041).command[0] == pytest.approx(late + 0.25 * 0.2)


def test_a_dry_run_shows_what_the_policy_wants(pushing: ControlCore) -> None:
    pushing.guard.enabled = False
    decision = pushing.tick(now=0.0)
    assert (decision.reason, decision.command.tolist()) == ("disabled", SAFE)
    np.testing.assert_allclose(decision.action, [2.0, -1.0])


def test_an_action_at_an_end_of_its_range_is_saturated(
    core: ControlCore, pushing: ControlCore
) -> None:
    core.tick(now=0.0)
    assert core.checks.saturation.counts.tolist() == [0, 0]
    pushing.tick(now=0.0)
    assert pushing.checks.saturation.counts.tolist() == [1, 1]


def said_while_pushing(core: ControlCore, ticks: int) -> list[str]:
    """The reason of each tick, the sensor being well."""
    said = []
    for now in 0.02 * np.arange(ticks):
        core.receive("joint_states", say(), now)
        said.append(core.tick(now).reason)
    return said


def test_what_pushed_for_too_long_drives_again_and_is_found_again(pushing: ControlCore) -> None:
    """At rest it wants what it wanted; that is no reason to stay at rest for ever."""
    careful = replace(AT_ONCE, saturation="stop", saturation_time=0.1, recovery_time=0.1)
    said = said_while_pushing(ControlCore(pushing.policy, careful), 40)
    runs = [reason for reason, before in zip(said, ["", *said], strict=False) if reason != before]
    assert runs[:6] == ["ok", "saturated", "recovering", "ok", "saturated", "recovering"]


def test_what_pushed_for_too_long_may_wait_for_a_person(pushing: ControlCore) -> None:
    careful = replace(AT_ONCE, saturation="latch", saturation_time=0.1)
    core = ControlCore(pushing.policy, careful)
    assert said_while_pushing(core, 40)[-30:] == ["saturated"] * 30
    core.rearm()
    assert core.tick(0.79).reason == "ok"


def test_an_emergency_stop_outranks_a_trip(core: ControlCore) -> None:
    core.guard.latch("position", "beyond")
    core.guard.latch("emergency_stop")
    core.guard.latch("position", "beyond")
    assert core.tick(now=0.0).reason == "emergency_stop"


def test_a_policy_that_was_not_asked_is_not_saturated(pushing: ControlCore) -> None:
    pushing.tick(now=0.0)
    assert pushing.tick(now=1.0).reason == "stale"
    assert pushing.checks.saturation.counts.tolist() == [1, 1]


def test_arrays_are_reused_by_the_next_tick(core: ControlCore) -> None:
    first, second = core.tick(now=0.0), core.tick(now=0.02)
    assert second.command is first.command
    assert second.observation is first.observation
    assert second.action is first.action


def test_a_thousand_ticks_keep_no_memory(core: ControlCore) -> None:
    reading = say()

    def fly(ticks: int) -> None:
        nonlocal now
        for _ in range(ticks):
            now += 0.02
            core.receive("joint_states", reading, now=now)
            assert core.tick(now=now).reason == "ok"

    def kept_and_peak() -> tuple[int, int]:
        fly(100)
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        fly(1000)
        after, peak = tracemalloc.get_traced_memory()
        return after - before, peak - before

    now = 0.0
    fly(100)
    gc.collect()
    tracemalloc.start()
    try:
        measured = [kept_and_peak() for _ in range(5)]  # other threads allocate now and then
    finally:
        tracemalloc.stop()
    kept, peak = map(min, zip(*measured, strict=True))
    assert kept < 4096
    assert peak < 16384


def test_an_exchanged_policy_drives_on_with_history_and_its_own_statistics(
    core: ControlCore,
) -> None:
    lone = replace(METADATA.statistics, minimum=np.full(16, -0.5), maximum=np.full(16, 0.5))
    texts = replace(METADATA, statistics=lone).to_texts()
    core.tick(now=0.0)
    before = core.checks.out_of_range.counts.sum()
    core.exchange(OnnxPolicy(replace(SOUND, texts=texts).sealed()))
    decision = core.tick(now=0.02)
    assert decision.reason == "ok"
    assert decision.observation[6] == SAFE[0]  # the history goes on
    assert decision.observation[14] != SAFE[0]
    names = core.contract.observation_names
    found = {names[i] for i in np.flatnonzero(core.checks.out_of_range.counts - before)}
    assert "angles.cos(shoulder)" in found
