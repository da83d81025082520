"""Pictures show what moves, with OpenGL and without."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import mujoco
import numpy as np
import pytest

from ddpg_ros.worlds import camera
from ddpg_ros.worlds.pendulum import PendulumWorld

BACKGROUND, HUB, ROD, BOB = (232, 238, 246), (63, 68, 76), (114, 122, 132), (216, 84, 51)
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
FILM = """
import sys, mujoco, numpy as np
print("mujoco is here")
from ddpg_ros.worlds.pendulum import PendulumWorld
world = PendulumWorld()
world.reset(seed=0)
world.data.qpos[0] = 1.0
np.save(sys.argv[1], world.render())
print("by OpenGL" if world._camera._renderer else "a sketch")
world.close()
"""


def sketch(angle: float) -> np.ndarray:
    world = PendulumWorld()
    world.data.qpos[0] = angle
    mujoco.mj_forward(world.model, world.data)
    return camera._sketch(world.model, world.data, "film")


def scene() -> np.ndarray:
    model = mujoco.MjModel.from_xml_string(SCENE)
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    return camera._sketch(model, data, "film")


def where(picture: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """Columns and rows of the pixels of a colour, ``(pixels, 2)``."""
    return np.argwhere((picture == colour).all(axis=-1))[:, ::-1]


def reddish(picture: np.ndarray) -> np.ndarray:
    red, green, _ = np.moveaxis(picture.astype(int), -1, 0)
    return np.argwhere(red - green > 60)[:, ::-1]


def filmed(gl: str, path: Path) -> tuple[np.ndarray, str]:
    """The pendulum at 1 rad, filmed by a process that draws with ``gl``, and how it did."""
    command = [sys.executable, "-c", FILM, str(path / "picture.npy")]
    environment = {**os.environ, "MUJOCO_GL": gl}
    process = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if "mujoco is here" not in process.stdout:
        pytest.skip(f"MuJoCo cannot be imported with MUJOCO_GL={gl} here")
    assert process.returncode == 0, process.stderr
    return np.load(path / "picture.npy"), process.stdout.splitlines()[-1]


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


def test_what_is_nearer_hides_what_is_farther_and_a_floor_is_left_out() -> None:
    column, row = map(round, pixel(0, 0, 0))
    assert tuple(scene()[row, column]) == GREEN
    assert len(where(scene(), CYAN)) == 0


def test_without_opengl_a_picture_is_a_sketch(tmp_path: Path) -> None:
    picture, how = filmed("disabled", tmp_path)
    assert how == "a sketch"
    np.testing.assert_array_equal(picture, sketch(1.0))


def test_opengl_shows_the_bob_where_the_sketch_has_it(tmp_path: Path) -> None:
    picture, how = filmed("egl", tmp_path)
    if how != "by OpenGL":
        pytest.skip("no OpenGL here")
    assert picture.shape == (240, 320, 3)
    bob, sketched = reddish(picture), where(sketch(1.0), BOB)
    np.testing.assert_allclose(bob.mean(axis=0), sketched.mean(axis=0), atol=3)
    assert len(bob) == pytest.approx(len(sketched), rel=0.2)
