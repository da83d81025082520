"""One tick: what the sensors said, what the policy wants, what the robot gets, and why."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from arm_policy import AT_ONCE, CONTRACT, METADATA, NOTHING, SOUND, answer, say, with_weights

from ddpg_ros.contract import readings
from ddpg_ros.deploy import ControlCore, OnnxPolicy
from ddpg_ros.errors import PolicyFileError

SAFE = [0.5, 0.0]


def frame(previous: list[float], position: float = 0.1) -> list[float]:
    """What the policy sees of that."""
    angles = [math.cos(-0.2), math.cos(position), math.sin(-0.2), math.sin(position)]
    return [*angles, -0.4, 0.3, *previous]


def refused(core: ControlCore, now: float, reason: str, detail: str) -> bool:
    """Whether a tick gives a command on its way to the safe one, and says why."""
    before = core.guard.command.copy()
    decision = core.tick(now)
    assert (decision.reason, core.guard.detail) == (reason, detail)
    assert decision.action is None
    step = np.array([0.2, np.inf])
    allowed = np.clip(SAFE, before - step, before + step)
    return bool(np.allclose(decision.command, allowed, rtol=0, atol=1e-12))


def test_a_healthy_tick_gives_the_policys_command(core: ControlCore) -> None:
    decision = core.tick(now=0.01)
    assert (decision.reason, core.guard.detail) == ("ok", "")
    seen = np.array(2 * frame(SAFE))
    np.testing.assert_allclose(decision.observation, seen, rtol=1e-6)
    wanted = answer(seen[None])[0]
    np.testing.assert_allclose(decision.action, wanted, atol=1e-5)
    allowed = [np.clip(wanted[0], 0.3, 0.7), wanted[1]]
    np.testing.assert_allclose(decision.command, allowed, atol=1e-5)


def test_the_command_before_is_seen_on_the_next_tick(core: ControlCore) -> None:
    first = core.tick(now=0.0).command.tolist()
    core.receive("joint_states", say(position=0.2), now=0.02)
    seen = core.tick(now=0.02).observation
    np.testing.assert_allclose(seen, [*frame(SAFE), *frame(first, position=0.2)], rtol=1e-6)


def test_without_a_reading_the_safe_command_is_given(policy: OnnxPolicy) -> None:
    core = ControlCore(policy, AT_ONCE)
    missing = [f"joint_states.{field} has not been received" for field in ("position", "velocity")]
    assert refused(core, 0.0, "missing", "; ".join(missing))
    core.receive("joint_states", say(), now=0.02)
    assert core.tick(now=0.02).reason == "ok"


def test_an_old_reading_gives_the_safe_command_until_a_new_one_comes(core: ControlCore) -> None:
    assert core.tick(now=0.1).reason == "ok"
    detail = "joint_states.position is 0.150 s old, at most 0.1 s"
    assert refused(core, 0.15, "stale", detail)
    core.receive("joint_states", say(), now=0.16)
    assert core.tick(now=0.17).reason == "ok"


def test_a_reading_from_before_the_clock_was_set_back_is_old(core: ControlCore) -> None:
    core.receive("joint_states", say(), now=9.0)
    ages = (("position", 0.1), ("velocity", 0.2))
    said = [f"joint_states.{field} is -9.000 s old, at most {age} s" for field, age in ages]
    assert refused(core, 0.0, "stale", "; ".join(said))
    core.receive("joint_states", say(), now=0.02)
    assert core.tick(now=0.02).reason == "ok"


@pytest.mark.parametrize("value", [math.nan, math.inf, 2e30])
def test_a_reading_that_is_no_number_is_not_acted_on(core: ControlCore, value: float) -> None:
    core.receive("joint_states", say(velocity=value), now=0.0)
    detail = "joint_states.velocity is not finite for elbow"
    assert refused(core, 0.01, "non_finite", detail)
    core.receive("joint_states", say(), now=0.02)
    assert core.tick(now=0.02).reason == "ok"


def test_a_reading_without_a_joint_says_which(policy: OnnxPolicy) -> None:
    core = ControlCore(policy, AT_ONCE)
    core.receive("joint_states", readings.joint_state(["elbow"], [0.1], [0.3]), now=0.0)
    fields = ("position", "velocity")
    detail = "; ".join(f"joint_states.{field} has no shoulder (it has elbow)" for field in fields)
    assert refused(core, 0.0, "malformed", detail)


def test_an_action_that_is_no_number_gives_the_safe_command() -> None:
    wild = np.full((32, 16), 1e20, np.float32)
    policy = OnnxPolicy(with_weights(weight0=wild, weight1=NOTHING))
    core = ControlCore(policy, AT_ONCE)
    core.receive("joint_states", say(velocity=1e30), now=0.0)
    decision = core.tick(now=0.0)
    assert decision.action is not None
    assert np.isnan(decision.action).all()
    assert (decision.reason, decision.command.tolist()) == ("non_finite_action", SAFE)


def test_the_command_climbs_and_falls_at_the_slew_limit(pushing: ControlCore) -> None:
    climb = [pushing.tick(now=0.02 * tick).command[0] for tick in range(4)]
    np.testing.assert_allclose(climb, [0.7, 0.9, 1.1, 1.3])
    fall = [pushing.tick(now=1.0 + 0.02 * tick).command[0] for tick in range(5)]
    np.testing.assert_allclose(fall, [1.1, 0.9, 0.7, 0.5, 0.5])
    pushing.receive("joint_states", say(), now=1.1)
    assert pushing.tick(now=1.1).command[0] == pytest.approx(0.7)


def test_a_policy_with_the_same_contract_takes_over_between_two_ticks(core: ControlCore) -> None:
    before = core.tick(now=0.0).command.copy()
    core.exchange(OnnxPolicy(with_weights(weight1=NOTHING, bias1=np.full(2, 20.0, np.float32))))
    decision = core.tick(now=0.02)
    assert (decision.reason, decision.action.tolist()) == ("ok", [2.0, 3.0])
    np.testing.assert_allclose(decision.command, [before[0] + 0.2, 3.0])
    np.testing.assert_allclose(decision.observation[14:], before, rtol=1e-6)


def test_a_policy_with_another_contract_is_refused_and_the_first_flies_on(
    core: ControlCore,
) -> None:
    slower = replace(METADATA, contract=replace(CONTRACT, period=0.03))
    other = OnnxPolicy(replace(SOUND, texts=slower.to_texts()).sealed())
    flown = core.policy
    with pytest.raises(PolicyFileError, match="differs from the one that is flown"):
        core.exchange(other)
    assert core.policy is flown
    assert core.tick(now=0.0).reason == "ok"


def test_a_policy_that_takes_over_is_held_against_its_own_training(core: ControlCore) -> None:
    counts, size = core.checks.out_of_range.counts, CONTRACT.observation_size
    core.tick(now=0.0)
    before = int(counts.sum())
    assert before > 0
    ends = {"minimum": np.full(size, -50.0), "maximum": np.full(size, 50.0)}
    wide = replace(METADATA, statistics=replace(METADATA.statistics, **ends))
    core.exchange(OnnxPolicy(replace(SOUND, texts=wide.to_texts()).sealed()))
    core.tick(now=0.02)
    assert counts.sum() == before
