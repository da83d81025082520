"""The rover drives as a TurtleBot3 does, and an episode ends as it should."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from placed_rover import AHEAD, HALT, SILENT, one_box, one_disc, one_mover, placed

from ddpg_ros.contract import Assembler, Contract
from ddpg_ros.worlds import WORLDS, make_world
from ddpg_ros.worlds.rover import LEVELS, RoverWorld, rover_contract
from ddpg_ros.worlds.rover.arena import Arena
from ddpg_ros.worlds.rover.drive import Drive, RoverParameters

EMPTY = Arena(2.1)
Outcome = tuple[float, bool, bool, dict[str, str], int]


def driven(world: RoverWorld, command: Callable[[RoverWorld], np.ndarray]) -> Outcome:
    """The last step's reward, its flags and info, and how many steps there were."""
    steps = 0
    while True:
        _, reward, terminated, truncated, info = world.step(command(world))
        steps += 1
        if terminated or truncated:
            return reward, terminated, truncated, info, steps
        assert info == {}


def test_there_is_a_world_for_each_level_and_all_have_one_contract() -> None:
    assert set(LEVELS) <= set(WORLDS)
    contracts = [make_world(name).contract for name in LEVELS]
    assert contracts == [rover_contract()] * len(LEVELS)


def test_the_hardest_level_is_as_crowded_as_eight_walls_and_six_movers_in_32_square_metres() -> (
    None
):
    level = LEVELS["rover"]
    assert (2 * level.half) ** 2 <= 32.5
    assert level.spurs + level.screens + level.boxes + level.pillars >= 8
    assert level.movers >= 6


def test_the_contract_survives_json() -> None:
    contract = rover_contract()
    assert Contract.from_json(contract.to_json()) == contract


@pytest.mark.parametrize("name", LEVELS)
def test_its_readings_make_an_observation_without_fault(name: str) -> None:
    world = make_world(name)
    for seed in range(3):
        observation, _ = world.reset(seed=seed)
        assembler = Assembler(world.contract)
        for topic, reading in world.readings().items():
            assembler.receive(topic, reading, now=0.0)
        np.testing.assert_array_equal(assembler.assemble(now=0.0), observation)
        assert not assembler.faults
        for _ in range(20):
            observation, *over, _ = world.step(world.action_space.sample())
            assert world.observation_space.contains(observation)
            if any(over[1:]):
                break


def test_it_sees_the_goal_and_the_nearest_obstacle_of_each_sector() -> None:
    arena = Arena(4.0, pillars=one_disc(0.0, 1.0, 0.2))
    world = placed(arena, (0.0, 0.0, math.pi / 2), (-1.0, 0.0))
    observation = dict(zip(world.contract.observation_names, world._observe(), strict=True))
    assert observation["goal.distance"] == pytest.approx(1.0)
    assert observation["goal.sin(heading)"] == pytest.approx(1.0)
    ahead = [observation[f"obstacles.range[{sector}]"] for sector in (17, 18)]
    np.testing.assert_allclose(ahead, 0.8, atol=0.01)
    assert observation["obstacles.range[0]"] == 3.5


def test_it_sees_what_is_close_in_a_view_of_its_own() -> None:
    arena = Arena(2.1, pillars=one_disc(0.0, 0.6, 0.2))
    world = placed(arena, (0.0, 0.0, math.pi / 2), (-1.0, 0.0))
    observation = dict(zip(world.contract.observation_names, world._observe(), strict=True))
    ahead = [observation[f"near.range[{sector}]"] for sector in (17, 18)]
    np.testing.assert_allclose(ahead, 0.4, atol=0.01)
    assert observation["near.range[0]"] == pytest.approx(0.6)


def test_the_wheels_go_to_their_speed_with_a_lag_and_at_a_limited_acceleration() -> None:
    drive = Drive(0.0, 0.0, 0.0)
    drive.advance(SILENT, 0.22, 0.0, 0.1, 10)
    assert 0.08 < drive.speed <= 0.1
    drive.advance(SILENT, 0.22, 0.0, 1.0, 100)
    assert drive.speed == pytest.approx(0.22, abs=1e-4)
    assert (drive.y, drive.yaw) == (0.0, 0.0)


def test_no_wheel_turns_faster_than_its_motor_can() -> None:
    drive = Drive(0.0, 0.0, 0.0)
    drive.advance(SILENT, 0.22, 2.84, 3.0, 300)
    assert drive.right == pytest.approx(SILENT.wheel_speed, abs=1e-4)
    assert drive.rate(SILENT) < 2.84


def test_it_drives_a_circle_of_the_radius_it_is_told() -> None:
    drive = Drive(0.0, 0.0, 0.0)
    drive.left, drive.right = 0.1 - 0.04, 0.1 + 0.04
    drive.advance(SILENT, 0.1, 0.5, math.pi / 0.5, 400)
    np.testing.assert_allclose((drive.x, drive.y, drive.yaw), (0.0, 0.4, math.pi), atol=2e-3)


def test_a_push_aside_turns_it_the_less_the_more_inertia_it_has() -> None:
    rates = []
    for inertia in (1.0, 4.0):
        drive, parameters = Drive(0.0, 0.0, 0.0), replace(SILENT, inertia=inertia)
        drive.push(parameters, 0.0, 0.1)
        rates.append(drive.rate(parameters))
    assert rates[0] == pytest.approx(4 * rates[1])


def test_a_weaker_motor_drives_slower() -> None:
    drive = Drive(0.0, 0.0, 0.0)
    drive.advance(RoverParameters(wheel_gain=0.5), 0.2, 0.0, 2.0, 200)
    assert drive.speed == pytest.approx(0.1, abs=1e-3)


def test_an_episode_is_a_success_within_20_cm_of_the_goal() -> None:
    world = placed(EMPTY, (-0.5, 0.0, 0.0), (0.5, 0.0))
    reward, terminated, truncated, info, steps = driven(world, lambda _: AHEAD)
    assert (terminated, truncated, info) == (True, False, {"outcome": "success"})
    assert 0.17 < world.task.goal[0] - world.drive.x <= 0.2
    assert reward > 5.0
    assert 0.8 / 0.044 < steps < 0.8 / 0.044 + 3


@pytest.mark.parametrize(
    "arena",
    [
        Arena(0.6),
        Arena(2.1, one_box(0.8, 0.0, (0.2, 0.2))),
        Arena(2.1, pillars=one_disc(0.8, 0.0, 0.2)),
    ],
    ids=["wall", "box", "pillar"],
)
def test_touching_anything_ends_the_episode_as_a_collision(arena: Arena) -> None:
    world = placed(arena, (0.0, 0.0, 0.0), (-0.3, 0.0))
    reward, terminated, truncated, info, _ = driven(world, lambda _: AHEAD)
    assert (terminated, truncated, info) == (True, False, {"outcome": "collision"})
    assert reward < -20.0
    assert 0.6 - 0.105 <= world.drive.x < 0.6 - 0.105 + 0.02


def test_a_mover_collides_with_a_robot_that_stands_in_its_way() -> None:
    arena = Arena(2.1, movers=one_mover((-1.0, 0.0), (2.0, 0.0), speed=0.1))
    world = placed(arena, (0.0, 0.0, 0.0), (0.0, 1.5))
    *_, info, steps = driven(world, lambda _: HALT)
    assert info == {"outcome": "collision"}
    assert steps == pytest.approx((1.0 - 0.16 - 0.105) / 0.02, abs=1)


def test_an_episode_is_cut_off_after_50_seconds() -> None:
    world = placed(EMPTY, (0.0, 0.0, 0.0), (1.0, 1.0))
    _, terminated, truncated, info, steps = driven(world, lambda _: HALT)
    assert (terminated, truncated, info, steps) == (False, True, {"outcome": "time_limit"}, 250)


def test_progress_towards_the_goal_pays_5_a_metre_and_time_costs() -> None:
    world = placed(EMPTY, (-0.5, 0.0, 0.0), (1.0, 0.0))
    before = world.task.field.at(world.drive.x, world.drive.y)
    total = sum(float(world.step(AHEAD)[1]) for _ in range(15))
    gone = before - world.task.field.at(world.drive.x, world.drive.y)
    assert gone == pytest.approx(0.6, abs=0.05)
    assert total == pytest.approx(5.0 * gone - 15 * 0.06, abs=1e-6)


def test_driving_close_to_something_costs() -> None:
    arena = Arena(2.1, one_box(0.0, 0.0, (1.0, 0.1)))
    near, far = (placed(arena, (0.0, y, 0.0), (0.0, 1.8)) for y in (0.23, 0.9))
    assert float(near.step(HALT)[1]) < float(far.step(HALT)[1]) == pytest.approx(-0.06, abs=1e-9)


def test_noise_is_as_large_as_the_parameters_say_and_one_reading_stays_as_it_is() -> None:
    world = RoverWorld(LEVELS["rover-1"], RoverParameters(scan_noise=0.05))
    world.begin(placed(Arena(1.5), (0.0, 0.0, 0.0), (1.0, 1.0)).task)
    ranges = world.readings()["scan"].fields["ranges"]
    assert world.readings()["scan"].fields["ranges"] is ranges
    world._advance(HALT)
    change = world.readings()["scan"].fields["ranges"] - ranges
    assert np.std(change) == pytest.approx(0.05 * math.sqrt(2), rel=0.2)


def test_the_seed_settles_the_room_the_movers_and_the_noise() -> None:
    one, other = make_world("rover"), make_world("rover")
    other.reset(seed=5)
    for _ in range(3):
        other.step(AHEAD)
    first, _ = one.reset(seed=8)
    again, _ = other.reset(seed=8)
    np.testing.assert_array_equal(first, again)
    for _ in range(10):
        np.testing.assert_array_equal(one.step(AHEAD)[0], other.step(AHEAD)[0])
    assert not np.array_equal(one.reset(seed=9)[0], first)
