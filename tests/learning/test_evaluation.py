"""An evaluation is what the episodes brought, without noise."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from point_world import PointWorld

from ddpg_ros.learning.evaluation import Evaluation, evaluate

SEEDS = [3, 1, 4]


def rest(observation: np.ndarray) -> np.ndarray:
    return np.zeros(1)


def flown(seed: int, policy: Callable[[np.ndarray], Any]) -> tuple[np.ndarray, list[float], str]:
    """One episode by hand: its first observation, its rewards, its outcome."""
    world, rewards = PointWorld(), []
    observation, _ = world.reset(seed=seed)
    start, over, info = observation, False, {}
    while not over:
        observation, reward, terminated, truncated, info = world.step(policy(observation))
        rewards.append(reward)
        over = terminated or truncated
    return start, rewards, info["outcome"]


@pytest.mark.parametrize("policy", [rest, np.sign], ids=["rest", "flee"])
def test_each_seed_gives_one_episode(policy: Callable[[np.ndarray], Any]) -> None:
    evaluation = evaluate(policy, PointWorld(), SEEDS, gamma=0.5)
    assert evaluation is not None
    assert evaluation.seeds == tuple(SEEDS)
    for i, seed in enumerate(SEEDS):
        start, rewards, outcome = flown(seed, policy)
        discounted = sum(0.5**t * reward for t, reward in enumerate(rewards))
        assert evaluation.returns[i] == pytest.approx(sum(rewards))
        assert evaluation.discounted[i] == pytest.approx(discounted)
        assert (evaluation.lengths[i], evaluation.outcomes[i]) == (len(rewards), outcome)
        np.testing.assert_array_equal(evaluation.starts[i], start)


def test_the_discount_is_1_unless_another_is_asked_for() -> None:
    evaluation = evaluate(rest, PointWorld(), SEEDS)
    assert evaluation is not None
    assert evaluation.discounted == evaluation.returns


@pytest.mark.parametrize("looks", [1, 2, 35])
def test_one_that_is_given_up_gives_nothing(looks: int) -> None:
    asked = iter(range(1000))
    stopped = evaluate(rest, PointWorld(), SEEDS, stopped=lambda: next(asked) >= looks)
    assert stopped is None
    assert next(asked) == looks + 1


def evaluation(*returns: float) -> Evaluation:
    outcomes = ("success", "failure", "success", "success")[: len(returns)]
    starts = tuple(np.zeros(1) for _ in returns)
    return Evaluation(tuple(SEEDS), returns, (10, 20, 30, 40), outcomes, returns, starts)


def test_mean_deviation_and_interval_are_those_of_a_sample() -> None:
    four = evaluation(1.0, 2.0, 3.0, 6.0)
    std = math.sqrt((4 + 1 + 0 + 9) / 3)
    assert four.mean == 3.0
    assert four.std == pytest.approx(std)
    assert four.confidence == pytest.approx(1.96 * std / 2)
    assert four.rate("success") == 0.75
    assert four.rate("lost") == 0.0


def test_a_single_episode_has_no_deviation() -> None:
    assert (evaluation(5.0).std, evaluation(5.0).confidence) == (0.0, 0.0)


def test_it_is_one_line_for_people() -> None:
    assert str(evaluation(1.0, 2.0, 3.0, 6.0)) == (
        "return 3.00 ± 2.12 (95 %), deviation 2.16, 4 episodes: 3 success, 1 failure"
    )


def test_of_a_single_episode_no_interval_is_told() -> None:
    assert str(evaluation(5.0)) == "return 5.00, 1 episode: 1 success"


def test_its_summary_is_json() -> None:
    assert evaluation(1.0, 2.0, 3.0, 6.0).summary() == {
        "episodes": 4,
        "mean": 3.0,
        "std": pytest.approx(2.1602469),
        "confidence_95": pytest.approx(2.117042),
        "min": 1.0,
        "max": 6.0,
        "mean_length": 25.0,
        "outcomes": {"success": 3, "failure": 1},
    }


def test_numbers_that_every_episode_ends_with_are_told_by_percentiles() -> None:
    ends = tuple({"distance": 0.01 * i, "turns": 1.0} for i in range(101))
    evaluation = Evaluation((), (), (), (), ends=(*ends, {"distance": 0.5}))
    told = evaluation.at_end()["distance"]
    assert told == pytest.approx({"p50": 0.5, "p95": 0.95, "p99": 0.99, "p100": 1.0}, abs=0.01)
    assert list(evaluation.at_end()) == ["distance"]
    assert Evaluation((), (), (), ()).at_end() == {}


def test_flags_and_texts_of_an_info_are_no_numbers() -> None:
    evaluation = evaluate(rest, Telling(), SEEDS)
    assert evaluation is not None
    assert evaluation.ends == ({"gap": 0.25},) * len(SEEDS)


class Telling(PointWorld):
    """A world whose info has something of everything."""

    def step(self, action: np.ndarray) -> Any:
        *result, info = super().step(action)
        more = {"gap": np.float32(0.25), "late": True, "place": np.zeros(2), "name": "here"}
        return (*result, {**info, **more})
