"""The laser measures what stands in the room, as tiny steps along each ray would find it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from placed_rover import one_box, one_disc

from ddpg_ros.worlds.rover.arena import Arena, Boxes, Discs
from ddpg_ros.worlds.rover.laser import RAYS, measured, ray_lengths
from ddpg_ros.worlds.rover.levels import LEVELS
from ddpg_ros.worlds.rover.task import draw_task

STEP = 1e-3


def inside(arena: Arena, discs: Discs, points: np.ndarray) -> np.ndarray:
    """Whether each of ``points`` ``(n, 2)`` is in something, by the definition of each shape."""
    hit = (np.abs(points) >= arena.half).any(axis=1)
    for centre, half, angle in zip(*arena.boxes, strict=True):
        offset = points - centre
        x = offset[:, 0] * math.cos(angle) + offset[:, 1] * math.sin(angle)
        y = offset[:, 1] * math.cos(angle) - offset[:, 0] * math.sin(angle)
        hit |= (np.abs(x) <= half[0]) & (np.abs(y) <= half[1])
    for centre, radius in zip(*discs, strict=True):
        hit |= ((points - centre) ** 2).sum(axis=1) <= radius**2
    return hit


@pytest.mark.parametrize("seed", range(4))
def test_every_ray_ends_where_marching_along_it_first_meets_something(seed: int) -> None:
    task = draw_task(LEVELS["rover"], np.random.default_rng(seed))
    x, y, yaw = task.start
    time = 7.0 * seed
    lengths = ray_lengths(task.arena, time, x, y, yaw)
    along = np.arange(0.0, 9.0, STEP)[:, None]
    discs = task.arena.discs(time)
    met = []
    for ray in range(0, RAYS, 5):
        course = yaw + math.radians(ray)
        points = (x, y) + along * (math.cos(course), math.sin(course))
        met.append(STEP * np.argmax(inside(task.arena, discs, points)))
    np.testing.assert_allclose(lengths[::5], met, atol=2 * STEP)
    assert len(set(np.round(met, 2))) > 20


def test_rays_count_counter_clockwise_from_the_robots_nose() -> None:
    lengths = ray_lengths(Arena(2.0), 0.0, 0.5, 0.0, math.pi / 2)
    np.testing.assert_allclose(lengths[[0, 90, 180, 270]], [2.0, 2.5, 2.0, 1.5], atol=1e-6)
    np.testing.assert_allclose(lengths[45], math.hypot(2.0, 2.0), atol=1e-6)


def test_what_is_nearer_hides_what_is_farther() -> None:
    near, far = one_box(1.0, 0, (0.1, 0.3)), one_box(1.5, 0, (0.1, 0.5))
    boxes = Boxes(*(np.concatenate(pair) for pair in zip(near, far, strict=True)))
    arena = Arena(2.0, boxes, one_disc(0.6, 0.0, 0.1))
    lengths = ray_lengths(arena, 0.0, 0.0, 0.0, 0.0)
    assert lengths[0] == pytest.approx(0.5)
    assert lengths[12] == pytest.approx(0.9 / math.cos(math.radians(12)))
    assert lengths[19] == pytest.approx(1.4 / math.cos(math.radians(19)))
    assert lengths[180] == pytest.approx(2.0)


def test_a_measurement_is_infinite_beyond_its_ranges_and_noisy_within() -> None:
    noise = np.array([0.0, -0.3, 0.01, -0.01, 0.0, 0.02])
    lengths = np.array([3.6, 3.6, 1.0, 0.125, 0.11, 3.49])
    np.testing.assert_allclose(
        measured(lengths, noise), [math.inf, math.inf, 1.01, -math.inf, -math.inf, math.inf]
    )
