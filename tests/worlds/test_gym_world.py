"""Any Gymnasium environment is a world, and stays what it was."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
import toy_envs

from ddpg_ros.contract.readings import FLOAT64_MULTI_ARRAY
from ddpg_ros.errors import WorldError
from ddpg_ros.worlds.gym_world import GymWorld


def ended(env_id: str) -> tuple[bool, bool, dict[str, Any]]:
    """How the last step of an episode went."""
    world = GymWorld(env_id)
    world.reset(seed=0)
    while True:
        *_, terminated, truncated, info = world.step(np.array([0.0, 1.0]))
        if terminated or truncated:
            return terminated, truncated, info


@pytest.mark.parametrize(
    ("env_id", "sizes", "limits", "period"),
    [("HalfCheetah-v5", (17, 6), 1.0, 0.05), ("Pendulum-v1", (3, 1), 2.0, 0.05)],
)
def test_its_contract_is_two_vectors_with_the_limits_of_the_spaces(
    env_id: str, sizes: tuple[int, int], limits: float, period: float
) -> None:
    contract = GymWorld(env_id).contract
    assert contract.name == env_id
    assert (contract.observation_size, contract.action_size) == sizes
    assert list(contract.topics.values()) == [FLOAT64_MULTI_ARRAY]
    assert set(contract.action_values("low")) == {-limits}
    assert set(contract.action_values("high")) == {limits}
    assert contract.period == period
    space = gymnasium.make(env_id).observation_space
    np.testing.assert_array_equal(contract.observation_low, space.low)  # type: ignore[attr-defined]


@pytest.mark.parametrize("env_id", ["HalfCheetah-v5", "Pendulum-v1"])
def test_it_steps_as_the_environment_itself(env_id: str) -> None:
    world, env = GymWorld(env_id), gymnasium.make(env_id)
    rng = np.random.default_rng(0)
    observation, _ = world.reset(seed=5)
    expected, _ = env.reset(seed=5)
    np.testing.assert_array_equal(observation, expected.astype(np.float32))
    for _ in range(50):
        action = rng.uniform(world.action_space.low, world.action_space.high).astype(np.float32)
        observation, *rest, _ = world.step(action)
        expected, *other, _ = env.step(action)
        np.testing.assert_array_equal(observation, expected.astype(np.float32))
        assert rest == other


def test_matrices_are_read_and_written_row_by_row() -> None:
    world = GymWorld("toy_envs:Table-v0")
    assert world.contract.name == "toy_envs.Table-v0"
    _, info = world.reset(seed=0)
    observation, reward, *_ = world.step(np.array([0.5, 1.5]))
    np.testing.assert_allclose(observation, [0.5, 1.0, 1.5, 3.0])
    assert reward == 2.0
    assert info == {"fresh": True}
    np.testing.assert_array_equal(world.action_space.low, [-1.0, -0.75])


def test_its_own_time_limit_holds() -> None:
    assert ended("toy_envs:Table-v0") == (False, True, {"outcome": "time_limit"})


@pytest.mark.parametrize(
    ("env_id", "outcome"),
    [
        ("Ending-v0", "terminated"),
        ("Succeeding-v0", "success"),
        ("Failing-v0", "failure"),
        ("Telling-v0", "docked"),
    ],
)
def test_the_outcome_is_what_the_environment_tells_of_it(env_id: str, outcome: str) -> None:
    terminated, truncated, info = ended(f"toy_envs:{env_id}")
    assert (terminated, truncated, info["outcome"]) == (True, False, outcome)


@pytest.mark.parametrize(
    ("env_id", "period"), [("Table-v0", 0.05), ("Slow-v0", 0.125), ("Clocked-v0", 0.02)]
)
def test_its_period_is_its_own_or_that_of_its_pictures_or_50_ms(env_id: str, period: float) -> None:
    assert GymWorld(f"toy_envs:{env_id}").contract.period == period


def test_a_module_is_found_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "import gymnasium, toy_envs\ngymnasium.register('Here-v0', entry_point=toy_envs.Table)\n"
    (tmp_path / "module_beside_me.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry])
    assert GymWorld("module_beside_me:Here-v0").contract.action_size == 2


def test_pictures_are_the_environments_own_and_must_be_asked_for() -> None:
    world = GymWorld("toy_envs:Table-v0", render=True)
    world.reset(seed=0)
    assert world.render().tolist() == np.full((4, 6, 3), 7).tolist()
    blind = GymWorld("toy_envs:Table-v0")
    blind.reset(seed=0)
    with pytest.raises(WorldError, match=r"^world 'toy_envs:Table-v0': was made without"):
        blind.render()


def test_closing_closes_the_environment() -> None:
    world = GymWorld("toy_envs:Table-v0")
    plant = world._env.unwrapped
    assert isinstance(plant, toy_envs.Table)
    world.close()
    assert plant.closed
