"""Pictures show what moves, with OpenGL and without."""

from __future__ import annotations

import math

import mujoco
import numpy as np
import pytest
from sketched import BACKGROUND, BOB, HUB, ROD, sketch, where

from ddpg_ros.worlds import camera

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
YELLOW, CYAN = (255, 255, 0), (0, 255, 255)
SCENE = """
<mujoco><worldbody>
  <camera name="film" pos="0.2 -2 0.1" xyaxes="1 0 0 0 0 1" fovy="45"/>
  <geom type="sphere" pos="0 1 0" size="0.3" rgba="1 0 0 1"/>
  <geom type="sphere" pos="0 0 0" size="0.1" rgba="0 1 0 1"/>
  <geom type="box" pos="0.5 0 0" size="0.1 0.1 0.2" rgba="0 0 1 1"/>
  <geom type="cylinder" pos="-0.5 0 0" size="0.05 0.2" rgba="1 1 0 1"/>
  <geom type="plane" size="9 9 1" rgba="0 1 1 1"/>
</worldbody></mujoco>
"""


def scene() -> np.ndarray:
    model = mujoco.MjModel.from_xml_string(SCENE)
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    return camera._sketch(model, data, "film")


def test_a_sketch_shows_hub_rod_and_bob() -> None:
    picture = sketch(math.pi)
    assert (picture.shape, picture.dtype) == ((240, 320, 3), np.uint8)
    colours = {tuple(colour) for colour in np.unique(picture.reshape(-1, 3), axis=0).tolist()}
    assert colours == {BACKGROUND, HUB, ROD, BOB}
    assert all(len(where(picture, colour)) > 50 for colour in (HUB, ROD, BOB))


@pytest.mark.parametrize("angle", [0.0, 1.0, math.pi / 2, math.pi, -math.pi / 2])
def test_the_bob_is_drawn_where_it_is_in_the_cameras_perspective(angle: float) -> None:
    scale = 120 / math.tan(math.radians(22.5)) / 1.5  # pixels a metre, 1.5 m before the camera
    expected = (160 + 0.5 * scale * math.sin(angle), 120 - 0.5 * scale * math.cos(angle))
    bob = where(sketch(angle), BOB)
    np.testing.assert_allclose(bob.mean(axis=0), expected, atol=1.5)
    assert np.ptp(bob, axis=0) == pytest.approx(2 * 0.05 * scale, abs=2)


def pixel(x: float, y: float, z: float) -> tuple[float, float]:
    """Where a camera at (0.2, -2, 0.1) with 45 degrees of view sees a point: column, row."""
    scale = 120 / math.tan(math.radians(22.5)) / (y + 2)
    return 160 + scale * (x - 0.2), 120 - scale * (z - 0.1)


@pytest.mark.parametrize(
    ("colour", "top_left", "bottom_right"),
    [
        (RED, pixel(-0.3, 1, 0.3), pixel(0.3, 1, -0.3)),
        (GREEN, pixel(-0.1, 0, 0.1), pixel(0.1, 0, -0.1)),
        (BLUE, (pixel(0.4, 0.1, 0)[0], pixel(0, -0.1, 0.2)[1]), pixel(0.6, -0.1, -0.2)),
        (YELLOW, pixel(-0.55, 0, 0.2), pixel(-0.45, 0, -0.2)),
    ],
    ids=["far sphere", "near sphere", "box", "cylinder"],
)
def test_shapes_are_drawn_where_they_are_and_as_large(
    colour: tuple[int, int, int], top_left: tuple[float, ...], bottom_right: tuple[float, ...]
) -> None:
    drawn = where(scene(), colour)
    np.testing.assert_allclose(drawn.min(axis=0), top_left, atol=2)
    np.testing.assert_allclose(drawn.max(axis=0), bottom_right, atol=2)


def test_a_box_is_drawn_by_its_edges() -> None:
    def is_blue(x: float, y: float, z: float) -> bool:
        column, row = map(round, pixel(x, y, z))
        around = scene()[row - 1 : row + 2, column - 1 : column + 2]
        return len(where(around, BLUE)) > 0

    assert is_blue(0.4, -0.1, 0.05)
    assert is_blue(0.5, -0.1, 0.2)
    assert is_blue(0.4, 0.1, 0.05)
    assert not is_blue(0.5, -0.1, 0.0)
    assert not is_blue(0.53, -0.1, 0.12)


def test_what_is_nearer_hides_what_is_farther_and_a_floor_is_left_out() -> None:
    column, row = map(round, pixel(0, 0, 0))
    assert tuple(scene()[row, column]) == GREEN
    assert len(where(scene(), CYAN)) == 0
