"""The critic is compared with what followed, and with nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from point_world import quick
from torch import nn

from ddpg_ros.contract import generic_contract
from ddpg_ros.learning.ddpg import Ddpg
from ddpg_ros.learning.export import ExportedPolicy
from ddpg_ros.learning.report.flights import Flight
from ddpg_ros.learning.report.values import Judge

CONFIG = quick(gamma=0.5)
CONTRACT = generic_contract("point", [-2.0], [2.0], [-1.0], [1.0], period=0.2)


def judge(value: float | None = None) -> tuple[Judge, Ddpg]:
    """A critic as it starts, or one that says ``value`` of everything, and whose it is."""
    torch.manual_seed(0)
    ddpg = Ddpg(1, 1, CONFIG)
    ddpg.networks.normaliser.see(np.array([[0.5], [2.5]], np.float32))
    last = ddpg.networks.critics[0].body[-1]
    if value is not None:
        nn.init.zeros_(last.weight)
        nn.init.constant_(last.bias, value)
    best = {
        "actor": ddpg.networks.actor.state_dict(),
        "critic": ddpg.networks.critics[0].state_dict(),
        "normaliser": ddpg.networks.normaliser.state(),
    }
    policy = ExportedPolicy.best_of(CONTRACT, CONFIG, best)
    return Judge(policy, CONFIG, best), ddpg


def flight(rewards: list[float], terminated: bool) -> Flight:
    steps = len(rewards)
    observations = np.linspace(-1, 1, steps + 1, dtype=np.float32)[:, None]
    return Flight(0, observations, np.zeros((steps, 1)), np.array(rewards), terminated, "")


def compared(made: Judge, *flights: Flight) -> dict[str, Any]:
    return made.compare(flights)


def test_the_value_of_a_state_is_that_of_the_actors_own_action() -> None:
    made, ddpg = judge()
    states = np.array([[-1.0], [0.3], [2.0]], np.float32)
    expected = ddpg.networks.value(states, ddpg.networks.act(states))
    assert len(set(expected.tolist())) == 3
    np.testing.assert_allclose(made.values(states), expected, rtol=1e-5)


def test_after_an_end_nothing_follows() -> None:
    made, _ = judge(7.0)
    found = compared(made, flight([1.0, 2.0, 4.0], terminated=True))
    assert found["monte_carlo"] == [1 + 0.5 * (2 + 0.5 * 4), 2 + 0.5 * 4, 4]
    assert found["q"] == pytest.approx([7.0] * 3)
    assert found["mean_difference"] == pytest.approx(7 - (3 + 4 + 4) / 3)
    assert found["largest_share_of_the_critic"] == 0.0
    assert found["correlation"] is None


def test_after_a_time_limit_the_critics_word_stands_for_what_nobody_saw() -> None:
    made, _ = judge(8.0)
    found = compared(made, flight([1.0] * 5, terminated=False))
    second = 1 + 0.5 + 0.25 + 0.125 + 0.0625 * 8
    assert found["monte_carlo"] == pytest.approx([1 + 0.5 * second, second])
    assert found["largest_share_of_the_critic"] == 0.5**4  # the next would have an eighth


def test_of_an_episode_too_short_for_the_discount_the_first_tenth_is_taken() -> None:
    made, _ = judge(8.0)
    found = compared(made, flight([1.0, 2.0], terminated=False))
    assert found["monte_carlo"] == pytest.approx([1 + 0.5 * (2 + 0.5 * 8)])
    assert found["largest_share_of_the_critic"] == 0.5**2


def test_states_of_all_flights_count_and_some_are_drawn() -> None:
    made, _ = judge()
    long = flight([1.0] * 900, terminated=True)
    found = compared(made, long, flight([1.0] * 200, terminated=False))
    assert (found["episodes"], found["states"]) == (2, 900 + 197)
    assert len(found["q"]) == len(found["monte_carlo"]) == 400
    assert -1 <= found["correlation"] <= 1
    assert found["root_mean_square_difference"] >= abs(found["mean_difference"])
