"""Exploration noise: its deviation is as stated, and no two elements share it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.noise import NOISES, Noise

SHAPE = (2, 3)
KINDS = ("gaussian", "ornstein_uhlenbeck")


def noise(kind: str, seed: int = 0, **options: Any) -> Noise:
    return NOISES[kind](SHAPE, DdpgConfig(noise=kind, **options), np.random.default_rng(seed))


def series(source: Noise, steps: int = 20_000) -> np.ndarray:
    """``(steps, agents * m)``, past the first steps, in which OU noise has not spread yet."""
    return np.array([source.sample(step) for step in range(steps)]).reshape(steps, -1)[100:]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("std", [0.1, 0.6])
def test_every_element_has_the_stated_deviation_and_none_follows_another(
    kind: str, std: float
) -> None:
    drawn = series(noise(kind, noise_std=std, noise_std_final=std))
    np.testing.assert_allclose(drawn.std(axis=0), std, rtol=0.06)
    np.testing.assert_allclose(drawn.mean(axis=0), 0.0, atol=0.12 * std)
    assert np.abs(np.corrcoef(drawn.T) - np.eye(6)).max() < 0.12


@pytest.mark.parametrize("kind", KINDS)
def test_spread_noise_is_least_for_the_last_agent(kind: str) -> None:
    drawn = series(noise(kind, noise_std=0.4, noise_spread=0.75))
    np.testing.assert_allclose(drawn.std(axis=0), [0.4] * 3 + [0.1] * 3, rtol=0.06)


@pytest.mark.parametrize(("kind", "expected"), [("gaussian", 0.0), ("ornstein_uhlenbeck", 0.8)])
def test_only_ornstein_uhlenbeck_noise_remembers_the_step_before(
    kind: str, expected: float
) -> None:
    drawn = series(noise(kind, ou_theta=0.2))
    for element in drawn.T:
        correlation = np.corrcoef(element[:-1], element[1:])[0, 1]
        assert correlation == pytest.approx(expected, abs=0.03)


def test_no_noise_is_none() -> None:
    assert not noise("none", noise_std=1.0).sample(0).any()
    assert noise("none").sample(0).shape == SHAPE


@pytest.mark.parametrize(
    ("step", "expected"), [(0, 0.6), (500, 0.4), (1000, 0.2), (1_000_000, 0.2)]
)
def test_the_deviation_goes_linearly_to_its_final_value(step: int, expected: float) -> None:
    schedule = {"noise_std": 0.6, "noise_std_final": 0.2, "noise_decay_steps": 1000}
    for kind in KINDS:
        assert noise(kind, **schedule).std(step) == pytest.approx(expected)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_drawn_follows_the_schedule(kind: str) -> None:
    schedule = {"noise_std": 0.0, "noise_std_final": 2.0, "noise_decay_steps": 1000}
    source = noise(kind, **schedule)
    assert not source.sample(0).any()
    drawn = np.array([source.sample(1000) for _ in range(10_000)])
    assert drawn.std() == pytest.approx(2.0, rel=0.1)


def test_an_episode_of_one_agent_begins_without_the_past_of_the_one_before() -> None:
    source = noise("ornstein_uhlenbeck", ou_theta=0.01, noise_std=1.0, noise_std_final=1.0)
    for step in range(200):
        before = source.sample(step)
    source.restart(1)
    assert source.state()["unit"].tolist() == [before[0].tolist(), [0.0] * 3]
    after, kick = source.sample(200), 6 * np.sqrt(2 * 0.01)
    assert np.abs(after[1]).max() < kick
    assert np.abs(after[0] - 0.99 * before[0]).max() < kick


def test_full_pull_makes_ornstein_uhlenbeck_noise_gaussian() -> None:
    drawn = series(noise("ornstein_uhlenbeck", ou_theta=1.0))
    for element in drawn.T:
        assert abs(np.corrcoef(element[:-1], element[1:])[0, 1]) < 0.03
    np.testing.assert_allclose(drawn.std(axis=0), 0.1, rtol=0.03)


@pytest.mark.parametrize("kind", NOISES)
def test_restored_noise_goes_on_as_the_saved_one(kind: str) -> None:
    source, restored = noise(kind, seed=1), noise(kind, seed=1)
    for step in range(5):
        source.sample(step)
        restored.sample(step + 100)
    restored.restart(0)
    state = source.state()
    first = source.sample(5)
    restored.restore(state)
    np.testing.assert_array_equal(restored.sample(5), first)
    np.testing.assert_array_equal(source.sample(6), restored.sample(6))


def test_without_steps_to_decay_in_the_deviation_stays() -> None:
    drawn = noise("gaussian", noise_std=0.6, noise_std_final=0.2)
    assert [drawn.std(step) for step in (0, 1, 10**9)] == [0.6] * 3
