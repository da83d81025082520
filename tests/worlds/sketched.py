"""The pendulum as a sketch, and where its colours are."""

from __future__ import annotations

import mujoco
import numpy as np

from ddpg_ros.worlds import camera
from ddpg_ros.worlds.pendulum import PendulumWorld

BACKGROUND, HUB, ROD, BOB = (232, 238, 246), (63, 68, 76), (114, 122, 132), (216, 84, 51)


def sketch(angle: float) -> np.ndarray:
    """The pendulum at ``angle`` [rad], ``(240, 320, 3)``."""
    world = PendulumWorld()
    world.data.qpos[0] = angle
    mujoco.mj_forward(world.model, world.data)
    return camera._sketch(world.model, world.data, "film")


def where(picture: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """Columns and rows of the pixels of a colour, ``(pixels, 2)``."""
    return np.argwhere((picture == colour).all(axis=-1))[:, ::-1]
