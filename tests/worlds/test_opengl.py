"""A picture shows the same whether OpenGL drew it or the sketch."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sketched import BOB, sketch, where

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
