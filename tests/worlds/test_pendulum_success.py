"""An episode of the pendulum is a success when its last two seconds were upright."""

from __future__ import annotations

import math

import numpy as np
import pytest
from placed_pendulum import HANGING, REST, placed

from ddpg_ros.worlds.pendulum import PendulumWorld


def balance(world: PendulumWorld) -> np.ndarray:
    return -8.0 * world.data.qpos - 1.5 * world.data.qvel


@pytest.mark.parametrize(
    ("angle", "let_go_at", "outcome"),
    [
        (0.1, 999, "success"),
        (0.1, 130, "failure"),
        (HANGING, 0, "failure"),
        (2 * math.pi, 999, "success"),
    ],
)
def test_an_episode_is_a_success_when_its_last_two_seconds_were_upright(
    angle: float, let_go_at: int, outcome: str
) -> None:
    world = placed(angle)
    turns = round(angle / (2 * math.pi)) * 2 * math.pi
    for period in range(160):
        wanted = balance(world) + 8.0 * turns
        action = wanted if period < let_go_at else np.array([1.0])
        _, _, terminated, truncated, info = world.step(action)
        assert not terminated
        assert truncated == (period == 159)
    assert info == {"outcome": outcome}


def test_success_takes_exactly_the_last_forty_periods() -> None:
    for up_from, outcome in ((120, "success"), (121, "failure")):
        world = placed(HANGING)
        for period in range(160):
            if period == up_from:
                world.data.qpos[0] = world.data.qvel[0] = 0.0
            *_, info = world.step(REST)
        assert info == {"outcome": outcome}
