"""How an episode of the balancer ends, and that it can be a success."""

from __future__ import annotations

import math

import numpy as np
import pytest
from placed_balancer import HANGING, REST, UP, placed

from ddpg_ros.worlds.balancer import BalancerWorld

LAST = 800


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_an_arm_beyond_its_limit_ends_the_episode_as_a_failure(side: float) -> None:
    world = placed(UP, arm=side * 2.25)
    *_, terminated, truncated, info = world.step(side * np.array([0.05]))
    assert not terminated
    while not terminated:
        assert abs(world.data.qpos[0]) <= 2.3
        *_, terminated, truncated, info = world.step(side * np.array([0.05]))
    assert abs(world.data.qpos[0]) > 2.3
    assert (truncated, info) == (False, {"outcome": "failure"})


def test_success_is_to_be_up_at_5_s_and_to_stay_there() -> None:
    for up_from, outcome in ((499, "success"), (500, "time_limit")):
        world = placed(HANGING)
        for period in range(LAST):
            if period >= up_from:
                world.data.qpos[1] = world.data.qvel[1] = 0.0
            *_, terminated, truncated, info = world.step(REST)
            assert (terminated, truncated) == (False, period == LAST - 1)
        assert info == {"outcome": outcome}


@pytest.mark.parametrize(("period", "outcome"), [(400, "success"), (700, "time_limit")])
def test_to_fall_after_5_s_is_no_success(period: int, outcome: str) -> None:
    world = placed(UP)
    for number in range(LAST):
        world.data.qpos[1] = 0.3 if number == period else 0.0
        world.data.qvel[1] = 0.0
        *_, info = world.step(REST)
    assert info == {"outcome": outcome}


def test_an_episode_knows_nothing_of_the_one_before() -> None:
    world = placed(HANGING)
    for _ in range(LAST):
        world.step(REST)
    world.reset(seed=0)
    world.data.qpos[:] = world.data.qvel[:] = 0.0
    for _ in range(LAST):
        *_, truncated, info = world.step(REST)
        world.data.qpos[:] = world.data.qvel[:] = 0.0
    assert (truncated, info) == (True, {"outcome": "success"})


def pump_and_balance(world: BalancerWorld) -> np.ndarray:
    """Energy into the pendulum while it is low (Astrom and Furuta 2000), feedback when it is up."""
    (arm, angle), (arm_speed, speed) = world.data.qpos, world.data.qvel
    angle = math.remainder(angle, 2 * math.pi)
    if abs(angle) < 0.5:
        return np.array([0.05 * arm - 0.37 * angle + 0.018 * arm_speed - 0.032 * speed])
    missing = 1.0 - math.cos(angle) - 0.00438 * speed**2
    push = 0.05 * missing * np.sign(speed * math.cos(angle))
    return np.array([push - 0.05 * arm - 0.001 * arm_speed])


def test_the_motor_is_strong_enough_to_swing_it_up_and_to_keep_it_there() -> None:
    world = placed(HANGING, speed=0.1)
    over = False
    while not over:
        _, _, terminated, truncated, info = world.step(pump_and_balance(world))
        over = terminated or truncated
    assert info == {"outcome": "success"}
