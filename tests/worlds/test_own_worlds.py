"""What every world of the package keeps, whichever it is."""

from __future__ import annotations

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from ddpg_ros.contract import CommandLimiter
from ddpg_ros.worlds import WORLDS, World, make_world

NAMES = sorted(WORLDS)


@pytest.fixture(params=NAMES)
def worlds(request: pytest.FixtureRequest) -> tuple[World, World]:
    """A world, and another of the same kind."""
    return make_world(request.param), make_world(request.param)


def episode(world: World, seed: int, periods: int = 30) -> list[np.ndarray]:
    """All numbers of the first periods of an episode under random commands."""
    observation, _ = world.reset(seed=seed)
    rows, rng = [observation], np.random.default_rng(0)
    for _ in range(periods):
        observation, reward, *over, _ = world.step(
            rng.uniform(2 * world.action_space.low, 2 * world.action_space.high)
        )
        rows.append(np.array([*observation, reward, *over]))
    return rows


@pytest.mark.filterwarnings("ignore:.*symmetric and normalized")  # actions have units
def test_gymnasiums_checker_accepts_it(worlds: tuple[World, World]) -> None:
    check_env(worlds[0], skip_render_check=True)


def test_the_same_seed_gives_the_same_episode_and_another_another(
    worlds: tuple[World, World],
) -> None:
    one, other = worlds
    first = episode(one, seed=3)
    assert all(map(np.array_equal, first, episode(other, seed=3)))
    assert not np.array_equal(first[0], episode(one, seed=4)[0])
    assert all(map(np.array_equal, first, episode(one, seed=3)))


def test_a_step_is_its_substeps(worlds: tuple[World, World]) -> None:
    stepped, advanced = worlds
    rng, limiter = np.random.default_rng(0), CommandLimiter(stepped.contract)
    for world in worlds:
        world.reset(seed=1)
    for _ in range(20):
        action = rng.uniform(stepped.action_space.low, stepped.action_space.high)
        _, reward, terminated, truncated, info = stepped.step(action)
        command = limiter.apply(action)
        ends = [advanced.advance(command) for _ in range(advanced.substeps)]
        assert ends[:-1] == [None] * (advanced.substeps - 1)
        end = ends[-1]
        assert end is not None
        assert (end.reward, end.terminated, end.truncated, end.info) == (
            reward,
            terminated,
            truncated,
            info,
        )
        for topic, reading in stepped.readings().items():
            other = advanced.readings()[topic]
            for field, values in reading.fields.items():
                np.testing.assert_array_equal(values, other.fields[field])


def test_a_picture_of_a_moment_can_be_drawn_later_and_disturbs_nothing(
    worlds: tuple[World, World],
) -> None:
    filmed, unseen = worlds
    command = filmed.action_space.high.astype(float)
    for world in worlds:
        world.reset(seed=1)
    then = filmed.snapshot()
    picture = filmed.render()
    assert (picture.shape, picture.dtype) == ((240, 320, 3), np.uint8)
    for _ in range(20):
        observation, *_ = filmed.step(command)
        expected, *_ = unseen.step(command)
        filmed.render()
    np.testing.assert_array_equal(observation, expected)
    assert not np.array_equal(filmed.render(), picture)
    np.testing.assert_array_equal(filmed.draw(then), picture)
    filmed.close()
    np.testing.assert_array_equal(filmed.draw(then), picture)
    for world in worlds:
        world.close()
