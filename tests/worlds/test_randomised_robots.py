"""The package's robots, each as another one."""

from __future__ import annotations

import numpy as np
import pytest

from ddpg_ros.worlds import WORLDS, Randomisation, make_world

RANGES = {
    "mass": [1.3, 1.3],
    "inertia": [1.5, 1.5],
    "motor_gain": [0.8, 0.8],
    "sensor_noise": [2.0, 2.0],
    "observation_delay": [1.0, 1.0],
}
"""Each changes what is seen, from the first second on."""


def flown(name: str, **ranges: list[float]) -> np.ndarray:
    """The observations of an episode's first periods at a steady command, ``(11, n)``."""
    with make_world(name, randomisation=Randomisation.from_dict(ranges)) as world:
        observation, _ = world.reset(seed=3)
        seen = [observation]
        command = 0.5 * world.action_space.high
        for _ in range(10):
            observation, _, terminated, _, _ = world.step(command)
            seen.append(observation)
            if terminated:
                break
    return np.array(seen)


@pytest.mark.parametrize("name", WORLDS)
def test_each_of_them_bears_little_friction_and_is_pushed(name: str) -> None:
    pushed = {"push_rate": [50.0, 50.0], "push": [0.3, 0.3]}
    nominal, light = flown(name), flown(name, friction=[0.3, 0.3])
    assert not np.array_equal(nominal, light)
    assert not np.array_equal(light, flown(name, friction=[0.3, 0.3], **pushed))


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("range_name", RANGES)
def test_each_of_them_can_be_varied(name: str, range_name: str) -> None:
    nominal = flown(name)
    varied = flown(name, **{range_name: RANGES[range_name]})
    assert not np.array_equal(nominal, varied)
    np.testing.assert_array_equal(varied, flown(name, **{range_name: RANGES[range_name]}))
