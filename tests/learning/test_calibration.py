"""Two critics are mistrusted as far as their values exceeded what came of them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from small_ddpg import always, make

from ddpg_ros.learning.calibration import Calibration, returns
from ddpg_ros.learning.replay import Batch, ReplayBuffer

GAMMA = 0.9
WORTH = 7.0
"""Of what comes after any step, where it is asked for."""


def lived(lengths: list[int], ends: list[bool], agent: int) -> tuple[list[Batch], list[float]]:
    """An agent's episodes one after the other, and the return of each step by its definition."""
    steps, found, place = [], [], 100.0 * agent
    for length, terminal in zip(lengths, ends, strict=True):
        rewards = [float((7 * step + agent) % 5) for step in range(length)]
        for step, reward in enumerate(rewards):
            s, next_s = torch.tensor([[place]]), torch.tensor([[place + 1]])
            over = float(terminal and step == length - 1)
            r, end = torch.tensor([reward]), torch.tensor([over])
            steps.append(Batch(s, torch.zeros(1, 1), r, next_s, end))
            ahead = sum(GAMMA**k * later for k, later in enumerate(rewards[step:]))
            found.append(ahead + (0.0 if terminal else GAMMA ** (length - step) * WORTH))
            place += 1
        place += 10
    return steps, found


@given(st.lists(st.tuples(st.integers(1, 6), st.booleans()), min_size=1, max_size=4), st.data())
def test_a_return_is_the_discounted_sum_to_the_end_or_to_what_is_worth_something(
    episodes: list[tuple[int, bool]], data: st.DataObject
) -> None:
    agents = data.draw(st.integers(1, 3))
    total = sum(length for length, _ in episodes)
    columns = []
    for agent in range(agents):
        order = data.draw(st.permutations(episodes))
        columns.append(lived([length for length, _ in order], [end for _, end in order], agent))
    rows = [columns[agent][0][step] for step in range(total) for agent in range(agents)]
    expected = [columns[agent][1][step] for step in range(total) for agent in range(agents)]
    steps = Batch(*(torch.cat(column) for column in zip(*rows, strict=True)))
    found = returns(steps, np.full(total * agents, WORTH, np.float32), GAMMA, agents)
    assert found == pytest.approx(expected, rel=1e-5)


def calibration(value: float, agents: int = 1) -> Calibration:
    """Of critics that answer ``value`` about steps that end at once with a reward of 1."""
    ddpg = make(critics=2, calibrate_critics=True, num_envs=agents)
    ddpg.updates = 1
    always(value, ddpg.critics[0])
    replay = ReplayBuffer(50, 2, 1, np.random.default_rng(0))
    for _ in range(30):
        s, a, one = torch.randn(agents, 2), torch.rand(agents, 1), torch.ones(agents)
        replay.add(Batch(s, a, one, torch.randn(agents, 2), one))
    return Calibration(ddpg, replay, ddpg.config)


@pytest.mark.parametrize("agents", [1, 3])
@pytest.mark.parametrize(("value", "error"), [(1.5, 1.0), (0.5, -1.0), (1.0, 0.0)])
def test_it_says_how_one_sided_the_errors_of_values_are(
    value: float, error: float, agents: int
) -> None:
    assert calibration(value, agents).overestimation() == pytest.approx(error)


def test_values_too_low_lead_to_the_mean_and_values_too_high_back_to_the_smaller() -> None:
    calibrated = calibration(0.5)
    ddpg = calibrated._ddpg
    assert ddpg.pessimism == 1.0
    calibrated.adjust_if_due(999)
    assert ddpg.pessimism == 1.0
    calibrated.adjust_if_due(1000)
    assert ddpg.pessimism == pytest.approx(0.97)
    for interval in range(50):
        calibrated.adjust_if_due(1000 * interval)
    assert ddpg.pessimism == 0.0
    always(1.5, ddpg.critics[0])
    calibrated.adjust_if_due(2000)
    assert ddpg.pessimism == pytest.approx(0.03)


def test_nothing_is_adjusted_before_anything_is_learned() -> None:
    calibrated = calibration(0.5)
    calibrated._ddpg.updates = 0
    calibrated.adjust_if_due(1000)
    assert calibrated._ddpg.pessimism == 1.0
