"""How an episode of the arm goes: reward, success, collision."""

from __future__ import annotations

import math

import mujoco
import numpy as np
import pytest
from placed_arm import HOME, REST, placed, tool, towards

from ddpg_ros.worlds import DisturbedWorld, Randomisation
from ddpg_ros.worlds.arm import ArmWorld

PERIODS = 50


def worth(distance: float) -> float:
    """Reward at rest at ``distance`` [m]."""
    near, nearer = math.exp(-distance / 0.1), math.exp(-distance / 0.02)
    return 0.3 * (1 - distance) + 0.3 * near + 0.4 * nearer


def flown(world: ArmWorld, periods: int = PERIODS) -> tuple[bool, bool, dict]:
    """How the last period went when the tool is brought to the goal."""
    for _ in range(periods):
        _, _, terminated, truncated, info = world.step(towards(world))
        if terminated:
            break
    return terminated, truncated, info


def test_at_the_goal_and_at_rest_is_worth_1() -> None:
    assert placed().step(REST)[1] == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("distance", [0.005, 0.05, 0.5])
def test_distance_costs_the_more_the_nearer_the_goal(distance: float) -> None:
    world = placed()
    world.data.mocap_pos[0] += [0.0, 0.0, distance]
    assert world.step(REST)[1] == pytest.approx(worth(distance), abs=1e-3)


def test_speed_costs_and_to_change_it() -> None:
    world, rewards = placed(), []
    for _ in range(world.substeps):
        world.advance(np.full(6, 0.4))
        distance = float(np.linalg.norm(tool(world) - world.data.mocap_pos[0]))
        motion = float(world.data.qvel @ world.data.qvel)
        assert motion > 0.01
        rewards.append(worth(distance) - 0.01 * motion - 0.02 * 6 * 0.4**2)
    assert placed().step(np.full(6, 0.4))[1] == pytest.approx(np.mean(rewards), abs=1e-9)


def test_a_command_that_stays_costs_its_speed_alone() -> None:
    world = placed()
    for _ in range(3):
        _, reward, *_ = world.step(np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.5]))
    assert reward == pytest.approx(1.0 - 0.01 * 0.5**2, abs=2e-3)  # turns about the tool's axis


def test_to_change_the_command_costs_the_same_however_late_it_takes_effect() -> None:
    def paid(delay: float) -> list[float]:
        arm = ArmWorld()
        world = DisturbedWorld(arm, Randomisation(action_delay=(delay, delay)))
        world.reset(seed=0)
        costs = []
        for speed in (0.3, -0.3, -0.3, -0.3, 0.3, 0.3, 0.3):
            free = []
            for _ in range(arm.substeps):
                end = world.advance(np.full(6, speed))
                motion = float(arm.data.qvel @ arm.data.qvel)
                free.append(worth(arm.distance) - 0.01 * motion)
            assert end is not None
            costs.append((float(np.mean(free)) - end.reward) / 0.02)
        return costs

    at_once, late = [0.54, 2.16, 0, 0, 2.16, 0, 0], [0.27, 1.35, 1.08, 0, 1.08, 1.08, 0]
    assert paid(0.0) == pytest.approx(at_once, abs=1e-9)
    assert paid(0.5) == pytest.approx(late, abs=1e-9)


def test_the_distance_is_told_every_period() -> None:
    world = placed(goal=(0.4, 0.3, 0.5))
    for _ in range(20):
        *_, info = world.step(np.array([1.0, 0.0, 0.3, 0.0, 0.0, 0.0]))
        assert info["distance"] == pytest.approx(np.linalg.norm(tool(world) - (0.4, 0.3, 0.5)))


def test_most_goals_are_reached_by_moving_straight_at_them() -> None:
    outcomes = []
    for seed in range(20):
        world = ArmWorld()
        world.reset(seed=seed)
        outcomes.append(flown(world)[2]["outcome"])
    assert outcomes.count("success") >= 14


def test_every_goal_is_the_tools_place_in_a_pose_that_touches_nothing() -> None:
    """The pose is found by drawing it again, from a generator of the same seed."""
    world = ArmWorld()
    for seed in range(50):
        world.reset(seed=seed)
        goal = world.data.mocap_pos[0].copy()
        rng, scene = np.random.default_rng(seed), mujoco.MjData(world.model)
        around = np.array([2.0, 0.9, 0.9, 1.0, 1.0, math.pi])
        for _ in range(100):
            scene.qpos[:] = np.array(HOME) + around * rng.uniform(-1.0, 1.0, 6)
            mujoco.mj_fwdPosition(world.model, scene)
            if np.allclose(scene.site("tool").xpos, goal, atol=1e-12):
                break
        np.testing.assert_allclose(scene.site("tool").xpos, goal, atol=1e-12)
        assert scene.ncon == 0


def test_success_is_to_have_been_within_1_cm_for_the_last_half_second() -> None:
    for arrives_at, outcome in ((PERIODS - 7, "success"), (PERIODS - 6, "failure")):
        world = placed()
        here = world.data.mocap_pos[0].copy()
        for period in range(PERIODS):
            away = 0.011 if period < arrives_at else 0.009
            world.data.mocap_pos[0] = np.add(here, [0.0, away, 0.0])
            _, _, terminated, truncated, info = world.step(REST)
            assert not terminated
            assert truncated == (period == PERIODS - 1)
        assert info["outcome"] == outcome
        assert info["distance"] == pytest.approx(0.009, abs=1e-4)


def test_to_leave_the_goal_at_the_end_is_a_failure() -> None:
    world = placed()
    for period in range(PERIODS):
        command = REST if period < PERIODS - 5 else np.array([1.0, 0.0, 0.0, 0.0, 0.0, 0.0])
        *_, info = world.step(command)
    assert info["outcome"] == "failure"


@pytest.mark.parametrize(
    ("motion", "touching"),
    [
        ((0.0, 1.5, 0.0, 0.0, 0.0, 0.0), {"table", "tool"}),
        ((0.0, -1.0, 3.0, 0.0, 0.0, 0.0), {"shoulder", "wrist_3"}),
    ],
    ids=["the table", "itself"],
)
def test_touching_ends_the_episode_at_once(motion: tuple[float, ...], touching: set[str]) -> None:
    world = placed(goal=(0.0, 0.0, 2.0))
    terminated, period = False, 0
    while not terminated:
        _, _, terminated, truncated, info = world.step(np.array(motion))
        period += 1
        assert not truncated
    assert 5 < period < PERIODS
    assert info["outcome"] == "collision"
    contact = world.data.contact[0]
    assert {world.model.geom(geom).name for geom in contact.geom} == touching


def test_after_a_collision_an_episode_begins_as_ever() -> None:
    crashed, fresh = placed(goal=(0.0, 0.0, 2.0)), ArmWorld()
    while not crashed.step(np.array([0.0, 3.0, 0.0, 0.0, 0.0, 0.0]))[2]:
        pass
    first, _ = crashed.reset(seed=7)
    expected, _ = fresh.reset(seed=7)
    np.testing.assert_array_equal(first, expected)
    after, *_ = crashed.step(REST)
    expected, *_ = fresh.step(REST)
    np.testing.assert_array_equal(after, expected)
