"""The best policy of a run is the one that did best without noise."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from point_world import PointWorld, quick
from torch import nn

from ddpg_ros.learning.ddpg import Ddpg
from ddpg_ros.learning.evaluation import evaluate
from ddpg_ros.learning.seeds import selection_seeds
from ddpg_ros.learning.selection import Judgement, Selection
from ddpg_ros.worlds import PeriodEnd, World

CONFIG = quick(evaluation_interval=100, gamma=0.5, normalise_observations=False)


class Temptation(PointWorld):
    """Pays well for what is no success."""

    def _advance(self, command: Any) -> PeriodEnd:
        end = super()._advance(command)
        over, lost = end.terminated or end.truncated, end.terminated
        info = {"outcome": "failure" if lost else "success"} if over else {}
        return replace(end, reward=end.reward + 100.0 * lost, info=info)


def selection(world: type[World] = PointWorld) -> tuple[Selection, Ddpg]:
    torch.manual_seed(0)
    ddpg = Ddpg(1, 1, CONFIG)
    return Selection(CONFIG, ddpg.networks, world()), ddpg


def always(ddpg: Ddpg, action: float) -> None:
    """Make the actor choose ``action`` whatever it sees."""
    nn.init.zeros_(ddpg.networks.actor.body[-1].weight)
    nn.init.constant_(ddpg.networks.actor.body[-1].bias, np.arctanh(action))


def judged(chosen: Selection, step: int) -> Judgement:
    judgement = chosen.judge(step, stopped=lambda: False)
    assert judgement is not None
    return judgement


def test_the_policy_is_the_actor_in_si_units() -> None:
    chosen, ddpg = selection()
    always(ddpg, 0.5)
    np.testing.assert_allclose(chosen.policy(np.array([0.3])), [0.5], atol=1e-6)


def test_a_judgement_is_an_evaluation_on_the_seeds_kept_for_it() -> None:
    chosen, ddpg = selection()
    always(ddpg, 0.25)
    judgement = judged(chosen, 100)
    flown = evaluate(lambda _: np.array([0.25]), PointWorld(), selection_seeds(2), gamma=0.5)
    assert flown is not None
    assert judgement.evaluation.seeds == flown.seeds
    assert judgement.evaluation.returns == pytest.approx(flown.returns, rel=1e-4)
    nn.init.zeros_(ddpg.networks.critics[0].body[-1].weight)
    nn.init.constant_(ddpg.networks.critics[0].body[-1].bias, 7.0)
    error = 7.0 - float(np.mean(flown.discounted))
    again = judged(chosen, 200)
    assert again.q_minus_monte_carlo == pytest.approx(error, rel=1e-4)
    assert again.metrics() == {
        "evaluation_return": again.evaluation.mean,
        "evaluation_confidence": again.evaluation.confidence,
        "q_minus_monte_carlo": again.q_minus_monte_carlo,
    }


def test_the_best_is_kept_as_it_was_and_of_equals_the_latest() -> None:
    chosen, ddpg = selection()
    bests = []
    for step, action in ((100, 0.5), (200, 0.01), (300, 0.9), (400, 0.01)):
        always(ddpg, action)
        ddpg.networks.normaliser.see(np.ones((1, 1)))
        bests.append(judged(chosen, step).best)
    assert bests == [True, True, False, True]
    assert (chosen.best["step"], chosen.best["evaluated_at"]) == (400, 400)
    always(ddpg, 0.9)
    ddpg.networks.normaliser.see(np.ones((1, 1)))
    kept = chosen.best["actor"]["body.4.bias"]
    assert float(torch.tanh(kept)) == pytest.approx(0.01, rel=1e-3)
    assert chosen.best["normaliser"]["count"] == 4


def test_a_success_more_counts_for_more_than_the_return() -> None:
    chosen, ddpg = selection(Temptation)
    judgements = []
    for step, action in ((100, 0.01), (200, 0.9), (300, 0.01)):
        always(ddpg, action)
        judgements.append(judged(chosen, step))
    calm, daring, _ = (judgement.evaluation for judgement in judgements)
    assert daring.mean > calm.mean
    assert [judgement.best for judgement in judgements] == [True, False, True]


def test_the_critic_of_the_best_policys_moment_is_kept_with_it() -> None:
    chosen, ddpg = selection()
    always(ddpg, 0.01)
    nn.init.constant_(ddpg.networks.critics[0].body[-1].bias, 3.0)
    assert judged(chosen, 100).best
    always(ddpg, 0.9)
    nn.init.constant_(ddpg.networks.critics[0].body[-1].bias, 4.0)
    assert not judged(chosen, 200).best
    assert chosen.best["critic"].keys() == ddpg.networks.critics[0].state_dict().keys()
    assert float(chosen.best["critic"]["body.4.bias"]) == 3.0


def test_it_is_due_at_every_interval_and_at_the_end_unless_just_done() -> None:
    chosen, _ = selection()
    assert [step for step in range(0, 130, 10) if chosen.due(step, last=False)] == [100, 110, 120]
    assert chosen.due(50, last=True)
    judged(chosen, 105)
    assert [chosen.due(step, last=False) for step in (105, 200, 204, 205)] == [False] * 3 + [True]
    assert not chosen.due(105, last=True)
    assert chosen.due(106, last=True)


def test_one_that_is_given_up_changes_nothing() -> None:
    chosen, _ = selection()
    assert chosen.judge(100, stopped=lambda: True) is None
    assert chosen.best == {}
    assert chosen.due(100, last=False)


def test_a_restored_selection_goes_on_as_the_saved_one() -> None:
    chosen, ddpg = selection()
    judged(chosen, 130)
    restored = Selection(CONFIG, ddpg.networks, PointWorld())
    restored.restore(copy.deepcopy(chosen.state()))
    assert [restored.due(step, last=False) for step in (229, 230)] == [False, True]
    assert restored.best["mean"] == chosen.best["mean"]
    always(ddpg, 0.9)
    assert not judged(restored, 230).best
