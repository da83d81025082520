"""Rooms: what they hold, how near things are, and that the goal can be reached."""

from __future__ import annotations

import heapq
import math

import numpy as np
import pytest
from placed_rover import field, one_box, one_disc, one_mover

from ddpg_ros.worlds.rover.arena import Arena, Movers
from ddpg_ros.worlds.rover.distance_field import CELL, grid_nodes
from ddpg_ros.worlds.rover.drive import RoverParameters
from ddpg_ros.worlds.rover.levels import LEVELS
from ddpg_ros.worlds.rover.task import Task, draw_task

RADIUS = RoverParameters().radius
SEEDS = range(12)


def tasks(name: str) -> list[Task]:
    return [draw_task(LEVELS[name], np.random.default_rng(seed)) for seed in SEEDS]


def walk(task: Task, clearance_wanted: float) -> bool:
    """Whether a search over the grid finds a way with that clearance from start to goal."""
    nodes = grid_nodes(task.arena.half)
    clearance = task.arena.clearance(nodes.reshape(-1, 2), task.arena.pillars)
    free = (clearance >= clearance_wanted).reshape(nodes.shape[:2])
    start, goal = (
        tuple(round((c + task.arena.half) / CELL) for c in place[:2])
        for place in (task.start, task.goal)
    )
    queue, seen = [(0, start)], {start}
    while queue:
        steps, (i, j) = heapq.heappop(queue)
        if (i, j) == goal:
            return True
        for a, b in ((i + 1, j), (i - 1, j), (i, j + 1), (i, j - 1)):
            if (a, b) not in seen and 0 <= a < len(free) and 0 <= b < len(free) and free[a, b]:
                seen.add((a, b))
                heapq.heappush(queue, (steps + 1, (a, b)))
    return False


@pytest.mark.parametrize("name", LEVELS)
def test_a_room_holds_what_its_level_says(name: str) -> None:
    level = LEVELS[name]
    arena = draw_task(level, np.random.default_rng(0)).arena
    assert len(arena.boxes.angles) == level.spurs + level.screens + level.boxes
    assert len(arena.pillars.radii) == level.pillars
    assert len(arena.movers.radii) == level.movers
    assert arena.half == level.half


@pytest.mark.parametrize("name", LEVELS)
def test_every_goal_can_be_reached_on_a_way_wider_than_the_robot(name: str) -> None:
    for task in tasks(name):
        assert walk(task, clearance_wanted=RADIUS + 0.05)
        assert 0.9 < task.field.at(*task.start[:2]) < 7.0


def test_an_episode_begins_away_from_everything_and_its_goal_is_never_covered() -> None:
    for task in tasks("rover"):
        start = np.array([task.start[:2]])
        assert task.arena.clearance(start, task.arena.discs(0.0))[0] > RADIUS + 0.05
        centres = np.vstack([task.arena.movers.centres(t) for t in np.arange(0.0, 60.0, 0.5)])
        assert np.hypot(*(centres - task.goal).T).min() > 0.16 + RADIUS


def test_the_robot_can_pass_between_a_mover_and_anything_else() -> None:
    for task in tasks("rover"):
        movers = task.arena.movers
        shares = np.linspace(0.0, 1.0, 30)[:, None, None]
        ways = movers.starts + shares * movers.ways
        for mover in range(len(movers.radii)):
            rest = Movers(*(np.delete(values, mover, axis=0) for values in movers))
            beside = task.arena.clearance(ways[:, mover], task.arena.pillars)
            assert min(beside.min(), rest.aside(ways[:, mover]).min() - 0.16) > 0.16 + 0.35


def test_how_far_it_is_to_a_way_is_counted_to_its_nearest_point() -> None:
    movers = one_mover((0.0, 0.0), (1.0, 0.0), speed=0.1)
    points = np.array([(0.5, 0.3), (-0.3, 0.4), (1.5, 0.0), (0.2, 0.0)])
    np.testing.assert_allclose(movers.aside(points), [0.3, 0.5, 0.5, 0.0], atol=1e-12)


def test_movers_go_to_and_fro_at_a_constant_speed_that_the_robot_can_outrun() -> None:
    movers = one_mover((0.0, 1.0), (0.5, 0.0), speed=0.1)
    there = [movers.centres(t)[0].tolist() for t in (0.0, 2.5, 5.0, 7.5, 10.0, 12.5)]
    expected = [(0.0, 1), (0.25, 1), (0.5, 1), (0.25, 1), (0.0, 1), (0.25, 1)]
    np.testing.assert_allclose(there, expected, atol=1e-12)
    for task in tasks("rover"):
        drawn = task.arena.movers
        speeds = drawn.rates * np.hypot(*drawn.ways.T)
        assert ((speeds >= 0.05) & (speeds <= 0.12)).all()


def test_clearance_is_the_distance_to_the_nearest_surface() -> None:
    arena = Arena(2.0, one_box(1.0, 0.0, (0.2, 0.5), math.pi / 2), one_disc(-1.0, 0.0, 0.3))
    points = np.array(
        [(1.9, 1.9), (1.0, 0.0), (1.0, 0.5), (0.2, 0.5), (-1.0, 0.4), (-1.0, 0.1), (0, 3)]
    )
    clearance = arena.clearance(points, arena.pillars)
    np.testing.assert_allclose(clearance, [0.1, 0, 0.3, math.hypot(0.3, 0.3), 0.1, -0.2, -1.0])


def test_the_distance_field_is_the_straight_distance_in_an_empty_room() -> None:
    far = field(Arena(2.1), (0.52, -0.31))
    for x, y in np.random.default_rng(0).uniform(-1.6, 1.6, (50, 2)):
        straight = math.hypot(x - 0.52, y + 0.31)
        assert far.at(x, y) == pytest.approx(straight, abs=0.12)


def test_the_distance_field_goes_around_what_stands() -> None:
    arena = Arena(2.1, one_box(0.0, -0.6, (0.075, 1.5)))
    around = field(arena, (0.8, -1.5))
    straight = 1.6
    by_the_end = 2 * math.hypot(0.8, 0.9 + 1.5 + 0.2)
    assert around.at(-0.8, -1.5) > 0.85 * by_the_end > 2 * straight
    assert around.at(-0.12, 0.0) > around.at(-0.3, 0.9) > around.at(0.3, 0.9) > around.at(0.8, 0.0)
