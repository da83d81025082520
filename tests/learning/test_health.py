"""What looks wrong with a run is said in words, once, and a run that is well is left alone."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest

from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.finding import Finding
from ddpg_ros.learning.health import Health
from ddpg_ros.learning.remedies import REMEDIES, Knobs

CONFIG = DdpgConfig(total_steps=10_000, warmup_steps=1000, gamma=0.9, evaluation_interval=1000)


def row(**values: float) -> dict[str, float]:
    """Metrics of a run that is well, with some of them changed."""
    well = {"q": 3.0, "saturation": 0.4, "noise_std": 0.1, "episode_return": 10.0}
    return {**well, "episode_length": 20.0, "largest_reward": 1.0, "critic_loss": 0.1, **values}


def judged(mean: float, overestimate: float = 0.0) -> dict[str, float]:
    return {
        "evaluation_return": mean,
        "evaluation_confidence": 1.0,
        "q_minus_monte_carlo": overestimate,
    }


def told(rows: list[tuple[int, dict[str, float]]], **changes: Any) -> list[Finding]:
    health = Health(dataclasses.replace(CONFIG, **changes))
    return [finding for step, values in rows for finding in health.hear(step, values)]


def evaluations(*means: float) -> list[tuple[int, dict[str, float]]]:
    """An evaluation every thousand steps."""
    return [(1000 * (n + 1), judged(mean)) for n, mean in enumerate(means)]


def every(*rows: dict[str, float], start: int = 1500) -> list[tuple[int, dict[str, float]]]:
    """A row every 500 steps."""
    return [(start + 500 * n, values) for n, values in enumerate(rows)]


def test_a_run_that_is_well_is_left_alone() -> None:
    rows = [*every(*[row()] * 17), *evaluations(1, 3, 6, 9, 10, 10, 9, 10, 10, 10)]
    assert told(sorted(rows, key=lambda one: one[0])) == []


def test_a_value_beyond_what_rewards_can_give_is_diverging() -> None:
    (finding,) = told(every(*(row(q=q) for q in (9.9, 10.5, 12.0, 15.0, 20.0, 40.0))))
    assert (finding.step, finding.sign) == (3000, "diverging")
    assert finding.seen == (
        "Q is 15 on average; rewards of at most 1 in size cannot give more than 10 with gamma 0.9."
    )
    assert finding.remedy == (
        "Try a smaller tau (now 0.005), a smaller critic_lr (now 0.001), max_grad_norm 1, "
        "critics 2, a smaller gamma (now 0.9)."
    )
    assert str(finding).endswith(" See docs/ddpg.md#diverging.")


def test_values_far_below_what_rewards_can_take_away_are_diverging_too() -> None:
    (finding,) = told(every(*(row(q=q) for q in (-11.0, -12.0, -13.0))))
    assert finding.sign == "diverging"


@pytest.mark.parametrize(
    "values",
    [(28.0, 25.0, 20.0, 11.0, 9.0), (11.0, 12.0, 9.0, 11.0, 12.0)],
    ids=["on its way back", "now and then"],
)
def test_a_value_that_comes_back_is_left_alone(values: tuple[float, ...]) -> None:
    assert told(every(*(row(q=q) for q in values))) == []


def test_the_largest_reward_of_the_run_counts() -> None:
    rows = every(row(largest_reward=5.0), *(row(q=q) for q in (15.0, 20.0, 40.0)))
    assert told(rows) == []


def test_without_discount_or_rewards_there_is_no_bound() -> None:
    assert told(every(*[row(q=1e6)] * 5), gamma=1.0) == []
    findings = told(every(*[row(q=0.01, largest_reward=0.0)] * 5))
    assert [f.sign for f in findings] == ["no-reward"]


def test_an_overestimate_that_grows_beyond_every_return_is_diverging() -> None:
    over = [5.0, 15.0, 25.0, 30.0, 40.0]
    rows = [(1000 * n, judged(5.0 + n, over)) for n, over in enumerate(over, 1)]
    findings = told([(900, row(largest_reward=100.0)), *rows])
    assert [f.sign for f in findings] == ["diverging"]
    assert findings[0].seen == (
        "Q at the starts of the evaluation is 40 above what came of them, more with each of 3 "
        "evaluations; the largest return seen is 10."
    )


def test_without_a_return_there_is_nothing_to_overestimate() -> None:
    rows = [(1000 * n, judged(0.0, 0.001 * n)) for n in range(1, 6)]
    assert "diverging" not in [f.sign for f in told([(900, row(episode_return=0.0)), *rows])]


def test_an_overestimate_that_a_time_limit_explains_is_left_alone() -> None:
    over = [5.0, 15.0, 25.0, 30.0, 40.0]
    rows = [(1000 * n, judged(5.0 + n, over)) for n, over in enumerate(over, 1)]
    short = row(largest_reward=100.0, episode_length=2.0)
    assert told([(900, short), *rows]) == []


def test_lasting_saturation_is_said_once_until_it_has_got_well() -> None:
    ends, well = row(saturation=0.96), row()
    findings = told(every(*[ends] * 7, well, *[ends] * 7, *[well] * 8, *[ends] * 7))
    assert [(f.step, f.sign) for f in findings] == [(4000, "saturated"), (15500, "saturated")]
    assert findings[0].seen == (
        "96% of the actor's action elements are at an end of their range, and have been for 2,500 "
        "steps."
    )
    assert "a smaller actor_lr (now 0.001)" in findings[0].remedy


def test_short_saturation_is_left_alone() -> None:
    assert told(every(*[row(saturation=1.0)] * 5, row())) == []
    assert told(every(*[row(saturation=1.0)] * 20), total_steps=1_000_000) == []


def test_evaluations_no_better_than_the_first_are_stalled() -> None:
    (finding,) = told(evaluations(5.0, 4.8, 5.1, 5.2, 4.9, 5.0))
    assert (finding.step, finding.sign) == (5000, "stalled")
    assert finding.seen == (
        "The last 4 evaluations returned at most 5.2, not clearly better than the first "
        "evaluation, 5."
    )


def test_evaluations_no_better_than_the_episodes_of_warm_up_are_stalled() -> None:
    warmup = [(500, {"episode_return": 8.0}), (1000, {"episode_return": 10.0})]
    rows = [(2000 + n * 1000, judged(mean)) for n, mean in enumerate((2.0, 5.0, 9.5, 9.0))]
    (finding,) = told([*warmup, *rows])
    assert finding.seen.endswith("not clearly better than the episodes it began with, 9.")


def test_a_run_that_learned_before_its_first_evaluation_is_left_alone() -> None:
    warmup = [(500, {"episode_return": 1.0})]
    rows = [(2000 + n * 1000, judged(mean)) for n, mean in enumerate((9.0, 9.2, 9.0, 9.1))]
    assert told([*warmup, *rows]) == []


def test_where_warm_up_was_too_short_for_a_row_the_first_episodes_count() -> None:
    rows = [(2000 + n * 1000, judged(mean)) for n, mean in enumerate((9.0, 9.2, 9.0, 9.1, 9.0))]
    assert told([(500, {"episode_return": 1.0}), *rows], warmup_steps=300) == []


def test_a_policy_that_never_changes_is_stalled() -> None:
    warmup = [(500, {"episode_return": -9.0})]
    rows = [(2000 + n * 1000, judged(0.0)) for n in range(5)]
    assert [f.sign for f in told([*warmup, *rows])] == ["stalled"]


def test_where_every_reward_is_0_that_is_said_soon_and_nothing_is_stalled() -> None:
    nothing = row(largest_reward=0.0, episode_return=0.0)
    rows = [(900, nothing), (1100, nothing), (1200, nothing), *evaluations(*[0.0] * 9)]
    (finding,) = told(sorted(rows, key=lambda one: one[0]))
    assert (finding.step, finding.sign) == (1200, "no-reward")
    assert finding.seen == "Every reward in 1,200 steps was 0."
    assert finding.remedy.startswith("Look at the reward function first. Try easier starts, ")


def test_a_reward_in_warm_up_is_one() -> None:
    rows = [(900, row()), *every(*[row(largest_reward=0.0)] * 5)]
    assert told(rows) == []


def test_early_in_a_run_nothing_is_stalled() -> None:
    assert told(evaluations(5.0, 5.0, 5.0, 5.0, 5.0, 5.0), total_steps=20_000) == []


def test_a_return_that_was_lost_again_is_a_collapse() -> None:
    findings = told(evaluations(0.0, 20.0, 100.0, 40.0, 30.0, 20.0, 60.0, 90.0))
    assert [(f.step, f.sign) for f in findings] == [(6000, "collapsed")]
    assert (
        findings[0].seen == "The last 3 evaluations returned at most 40; at step 3,000 it was 100."
    )


def test_a_best_return_that_chance_explains_is_no_collapse() -> None:
    rows = evaluations(0.0, 20.0, 100.0, 40.0, 30.0, 20.0)
    best = rows[2][1]
    best["evaluation_confidence"] = 49.0
    assert [f.sign for f in told(rows)] == ["collapsed"]
    best["evaluation_confidence"] = 50.0
    assert told(rows) == []


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ({"tau": 0.1}, "a smaller tau (now 0.1)"),
        ({"tau": 0.05}, "a smaller actor_lr (now 0.001)"),
        ({"tau": 1.0, "batch_norm": True}, "a smaller actor_lr (now 0.001)"),
    ],
)
def test_against_a_collapse_targets_that_move_fast_come_first(
    changes: dict[str, Any], first: str
) -> None:
    config = DdpgConfig(**changes)
    _, advice = REMEDIES["collapsed"](Knobs(config, config))
    assert advice.startswith(f"Try {first}, ")


@pytest.mark.parametrize(
    ("sign", "values", "advice"),
    [
        (
            "saturated",
            {"actor_lr": 0.05, "warmup_steps": 100},
            "Try warmup_steps 1000 as in the preset (now 100), "
            "actor_lr 0.0005 as in the preset (now 0.05), smaller rewards",
        ),
        ("saturated", {"tau": 1.0}, "Try tau 0.005 as in the preset (now 1), a smaller actor_lr "),
        ("stalled", {"critic_lr": 0.1}, "Try critic_lr 0.001 as in the preset (now 0.1), "),
        ("stalled", {}, "Try noise ornstein_uhlenbeck, a larger noise_std (now 0.1), another "),
    ],
)
def test_what_the_world_is_usually_trained_with_is_the_first_to_try(
    sign: str, values: dict[str, Any], advice: str
) -> None:
    usual = DdpgConfig(actor_lr=0.0005, critic_lr=0.001, warmup_steps=1000)
    _, told = REMEDIES[sign](Knobs(dataclasses.replace(usual, **values), usual))
    assert advice in told


def test_a_dip_is_no_collapse() -> None:
    assert told(evaluations(0.0, 20.0, 100.0, 40.0, 30.0, 70.0, 40.0)) == []


@pytest.mark.parametrize(("step", "signs"), [(900, []), (2000, ["no-exploration"]), (6000, [])])
def test_noise_that_is_gone_early_is_said(step: int, signs: list[str]) -> None:
    rows = [(step, row(noise_std=0.0)), (step + 50, row(noise_std=0.0)), (9500, row(noise_std=0.0))]
    assert [f.sign for f in told(rows)] == signs


def test_what_is_tried_already_is_not_advised() -> None:
    (finding,) = told(
        every(*[row(q=100.0)] * 3), critics=2, max_grad_norm=1.0, batch_norm=True, tau=1.0
    )
    assert finding.remedy == "Try a smaller critic_lr (now 0.001), a smaller gamma (now 0.9)."


def test_numbers_that_were_not_measured_are_no_sign() -> None:
    assert told(every(*[dict.fromkeys(row(), math.nan)] * 20)) == []


def test_what_is_ill_now_can_be_asked() -> None:
    health = Health(CONFIG)
    for step, values in every(*[row(q=40.0)] * 3):
        health.hear(step, values)
    assert health.ill == ["diverging"]
    for step, values in every(*[row()] * 8, start=3000):
        health.hear(step, values)
    assert health.ill == []


def test_against_no_noise_both_kinds_are_offered() -> None:
    config = DdpgConfig(noise="none")
    _, advice = REMEDIES["no-exploration"](Knobs(config, config))
    assert advice == "Try noise ornstein_uhlenbeck or gaussian."


@pytest.mark.parametrize(("decay", "knob"), [(0, "noise_std"), (3000, "noise_std_final")])
def test_against_no_noise_the_knob_that_is_in_force_is_named(decay: int, knob: str) -> None:
    config = DdpgConfig(noise_decay_steps=decay)
    _, advice = REMEDIES["no-exploration"](Knobs(config, config))
    assert advice == f"Try a {knob} above 0."


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], ""),
        (evaluations(5.0), "The best policy is the one after 1,000 steps: nothing was learned."),
        (evaluations(5.0, 7.1), ""),
        (
            evaluations(5.0, 7.0),
            "The best evaluation returned 7 ± 1, not clearly better than the first evaluation, "
            "5 ± 1: nothing was learned, unless that is as good as it gets.",
        ),
        (
            [(1100, judged(5.0)), (2000, judged(4.0))],
            "The best evaluation returned 5 ± 1, not clearly better than the first evaluation, "
            "5 ± 1: nothing was learned, unless that is as good as it gets.",
        ),
        (
            [(500, {"episode_return": 0.0}), (2000, judged(0.0)), (3000, judged(0.0))],
            "The best evaluation returned 0 ± 1, not clearly better than the first evaluation, "
            "0 ± 1: nothing was learned, unless that is as good as it gets.",
        ),
        (
            [(500, {"episode_return": 9.0}), (2000, judged(2.0)), (3000, judged(8.0))],
            "The best evaluation returned 8 ± 1, not clearly better than the episodes it began "
            "with, 9 ± 1: nothing was learned, unless that is as good as it gets.",
        ),
        ([(500, {"episode_return": 1.0}), (2000, judged(9.0)), (3000, judged(8.0))], ""),
        ([(2000, judged(9.0))], ""),
    ],
)
def test_that_nothing_was_learned_can_be_asked(
    rows: list[tuple[int, dict[str, float]]], said: str
) -> None:
    health = Health(CONFIG)
    for step, values in rows:
        health.hear(step, values)
    assert health.unlearned(["success", "failure"]) == (
        f"{said} See docs/ddpg.md#when-it-does-not-learn." if said else ""
    )


def test_more_steps_are_tried_last() -> None:
    usual = DdpgConfig(total_steps=8000)
    short = dataclasses.replace(usual, total_steps=5000, tau=1.0)
    last = "total_steps 8000 as in the preset (now 5000)"
    _, stalled = REMEDIES["stalled"](Knobs(short, usual))
    assert stalled.startswith("Try tau 0.005 as in the preset (now 1), ")
    assert last in stalled
    _, saturated = REMEDIES["saturated"](Knobs(short, usual))
    assert "total_steps" not in saturated
    health = Health(short, usual)
    health.hear(500, judged(5.0))
    assert f"Try tau 0.005 as in the preset (now 1), {last}. See " in health.unlearned()


def test_where_no_episode_succeeds_that_is_said() -> None:
    health = Health(CONFIG)
    for step, values in evaluations(5.0, 50.0):
        health.hear(step, values)
    said = "None of 2 episodes on unseen seeds was a success."
    assert health.unlearned(["failure"] * 2).startswith(said)
    assert health.unlearned(["time_limit"] * 2) == ""


def test_what_differs_from_the_preset_is_tried_where_nothing_was_learned() -> None:
    changed = {"actor_lr": 0.1, "noise": "none", "hidden_sizes": (8, 8), "seed": 3, "threads": 1}
    health = Health(dataclasses.replace(CONFIG, **changed), CONFIG)
    health.hear(1000, judged(5.0))
    assert health.unlearned().endswith(
        "nothing was learned. Try actor_lr 0.001 as in the preset (now 0.1), hidden_sizes 256 256 "
        "as in the preset (now 8 8), noise gaussian as in the preset (now none). See "
        "docs/ddpg.md#when-it-does-not-learn."
    )
