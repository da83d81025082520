"""Agents live through episodes, side by side, and can live through them again."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
from point_world import PointWorld, step

from ddpg_ros.errors import TrainingDiverged
from ddpg_ros.learning.agents import Agents, Episode
from ddpg_ros.learning.seeds import training_seed
from ddpg_ros.worlds import PeriodEnd

PUSH = np.array([[1.0]])
REST = np.array([[0.0]])


class SeedKeeper(PointWorld):
    """Remembers the seeds it was reset with."""

    def __init__(self) -> None:
        super().__init__()
        self.seeds: list[int | None] = []

    def _restart(self, seed: int | None) -> dict[str, Any]:
        self.seeds.append(seed)
        return super()._restart(seed)


def test_what_is_lived_through_is_what_the_world_says() -> None:
    agents, twin = Agents(PointWorld, 1, seed=5), PointWorld()
    before, _ = twin.reset(seed=training_seed(5, 0, 0))
    batch, ended = step(agents, np.array([[-0.25]]))
    after, reward, *_ = twin.step(np.array([-0.25]))
    values = (before[None], [[-0.25]], [reward], after[None], [0.0])
    for column, expected in zip(batch, values, strict=True):
        np.testing.assert_array_equal(column, np.asarray(expected, dtype=np.float32))
    np.testing.assert_array_equal(agents.observations, after[None])
    assert not ended


def test_it_does_not_matter_which_agent_steps_first() -> None:
    agents, twins = Agents(PointWorld, 3, seed=5), Agents(PointWorld, 3, seed=5)
    actions = np.array([[-1.0], [0.5], [1.0]])
    for _ in range(25):
        agents.act(actions)
        for agent in (2, 0, 1):
            agents.step(agent)
        (batch, ended), (in_order, ended_in_order) = agents.lived(), step(twins, actions)
        for column, expected in zip(batch, in_order, strict=True):
            np.testing.assert_array_equal(column, expected)
        assert sorted(ended, key=lambda episode: episode.agent) == ended_in_order


def test_a_terminated_episode_has_no_value_beyond_and_the_next_follows_at_once() -> None:
    agents = Agents(PointWorld, 1, seed=0)
    start = agents.observations.copy()
    while True:
        batch, ended = step(agents, PUSH)
        if ended:
            break
    assert batch.terminated.tolist() == [1.0]
    assert float(batch.next_observations[0, 0]) > 1.2
    second, _ = PointWorld().reset(seed=training_seed(0, 0, 1))
    np.testing.assert_array_equal(agents.observations, second[None])
    assert not np.array_equal(second[None], start)
    assert ended[0].outcome == "lost"


def test_a_truncated_episode_keeps_its_value_and_its_last_observation() -> None:
    agents = Agents(PointWorld, 1, seed=0)
    start = float(agents.observations[0, 0])
    for _ in range(19):
        assert not step(agents, REST)[1]
    batch, ended = step(agents, REST)
    assert batch.terminated.tolist() == [0.0]
    assert float(batch.next_observations[0, 0]) == start != float(agents.observations[0, 0])
    assert ended == [Episode(0, 20, pytest.approx(-20 * start**2), "time_limit")]


def test_a_time_limit_may_be_remembered_as_an_end() -> None:
    agents = Agents(PointWorld, 1, seed=0, time_limit_terminal=True)
    terminated = [step(agents, REST)[0].terminated.item() for _ in range(20)]
    assert terminated == [0.0] * 19 + [1.0]


def test_every_episode_of_every_agent_has_a_seed_of_its_own() -> None:
    agents = Agents(SeedKeeper, 3, seed=0)
    for _ in range(100):
        step(agents, np.tile(REST, (3, 1)))
    seeds = [seed for world in agents.worlds for seed in world.seeds]  # type: ignore[attr-defined]
    assert len(seeds) == len(set(seeds)) == 3 * 6


@pytest.mark.parametrize("reward", [math.nan, math.inf, -math.inf])
def test_a_reward_that_is_not_finite_stops_the_training(reward: float) -> None:
    class Bottomless(PointWorld):
        def _advance(self, command: Any) -> PeriodEnd:
            super()._advance(command)
            return PeriodEnd(reward, False, False)

    agents = Agents(Bottomless, 1, seed=0)
    text = f"world 'point' returned the reward {reward}; it must be finite."
    with pytest.raises(TrainingDiverged, match=f"^{re.escape(text)}$") as stopped:
        step(agents, REST)
    assert stopped.value.batch.keys() == {"observation", "action", "command"}


def test_an_observation_that_is_not_finite_stops_the_training() -> None:
    class Blind(PointWorld):
        def _advance(self, command: Any) -> PeriodEnd:
            self._x = math.nan
            return PeriodEnd(0.0, False, False)

    agents = Agents(Blind, 1, seed=0)
    with pytest.raises(TrainingDiverged, match=r"^world 'point': its readings .* is not finite"):
        step(agents, PUSH)


def test_an_action_that_is_not_finite_stops_the_training() -> None:
    text = (
        "the actor chose an action that is not finite. Try smaller learning rates or "
        "max_grad_norm=1."
    )
    agents = Agents(PointWorld, 2, seed=0)
    with pytest.raises(TrainingDiverged, match=f"^{re.escape(text)}$") as stopped:
        step(agents, np.array([[0.5], [math.nan]]))
    np.testing.assert_array_equal(stopped.value.batch["observations"], agents.observations)


def test_closing_closes_every_world() -> None:
    closed = []

    class Door(PointWorld):
        def close(self) -> None:
            closed.append(self)

    agents = Agents(Door, 3, seed=0)
    agents.close()
    assert closed == agents.worlds
