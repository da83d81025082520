"""From the actor's [-1, 1] to commands."""

from __future__ import annotations

import numpy as np

from ddpg_ros.contract import generic_contract
from ddpg_ros.learning.scaling import ActionScale

SCALE = ActionScale(generic_contract("toy", [0], [1], [-1.0, 2.0], [3.0, 2.5], period=0.1))


def test_the_ends_of_an_action_are_the_limits_of_its_command() -> None:
    np.testing.assert_allclose(SCALE.to_command(np.array([-1.0, 1.0])), [-1.0, 2.5])
    np.testing.assert_allclose(SCALE.to_command(np.array([0.0, 0.0])), [1.0, 2.25])
    np.testing.assert_allclose(SCALE.to_command(np.array([0.5, -0.5])), [2.0, 2.125])


def test_actions_beyond_1_give_the_limits() -> None:
    np.testing.assert_array_equal(SCALE.to_command(np.array([-7.0, 1.5])), [-1.0, 2.5])


def test_many_actions_are_scaled_row_by_row() -> None:
    actions = np.random.default_rng(0).uniform(-1, 1, (4, 5, 2))
    commands = SCALE.to_command(actions)
    assert commands.shape == (4, 5, 2)
    np.testing.assert_array_equal(commands[2, 3], SCALE.to_command(actions[2, 3]))
