"""Pictures of a MuJoCo scene: by OpenGL where the machine has it, else as a sketch.

A server or a fresh container often has no OpenGL at all. The sketch draws spheres, capsules,
cylinders and boxes in the camera's perspective with Pillow, which is enough to see what moves.
"""

from __future__ import annotations

import itertools
import logging
import math
import threading
import warnings

import mujoco
import numpy as np
from PIL import Image, ImageDraw

from ddpg_ros.errors import WorldError

_WIDTH, _HEIGHT = 320, 240
_BACKGROUND = (232, 238, 246)

_asking_for_opengl = threading.Lock()
_no_opengl = threading.Event()
"""Set once MuJoCo found none in this process: another thread that asked it again would hang."""


class Camera(threading.local):
    """Films a model through one of its cameras.

    An OpenGL context belongs to the thread that made it, so in each thread that films this is a
    camera of that thread's own, which goes with it.

    Args:
        model: The scene's model.
        name: The camera's name in it.

    Raises:
        WorldError: The model has no such camera.
    """

    def __init__(self, model: mujoco.MjModel, name: str) -> None:
        self._model = model
        self._name = name
        if mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_CAMERA, name) < 0:
            known = ", ".join(model.camera(i).name for i in range(model.ncam)) or "none"
            raise WorldError(f"the model has no camera called '{name}'. Its cameras: {known}.")
        self._renderer = _renderer(model)

    def picture(self, data: mujoco.MjData) -> np.ndarray:
        """The scene as ``(240, 320, 3)`` uint8; ``data`` must be forwarded."""
        if self._renderer is None:
            return _sketch(self._model, data, self._name)
        self._renderer.update_scene(data, camera=self._name)
        picture: np.ndarray = self._renderer.render()
        return picture

    def close(self) -> None:
        """Give the OpenGL context back."""
        if self._renderer is not None:
            self._renderer.close()


def _renderer(model: mujoco.MjModel) -> mujoco.Renderer | None:
    """OpenGL's renderer; None where there is no OpenGL."""
    with _asking_for_opengl:
        if not _no_opengl.is_set():
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # GLFW warns where there is no display
                    return mujoco.Renderer(model, _HEIGHT, _WIDTH)
            except Exception as error:  # the GL loaders raise whatever they please
                _no_opengl.set()
                logging.getLogger(__name__).info(
                    "no OpenGL here (%s): pictures are sketches", error
                )
    return None


def _sketch(model: mujoco.MjModel, data: mujoco.MjData, camera: str) -> np.ndarray:
    image = Image.new("RGB", (_WIDTH, _HEIGHT), _BACKGROUND)
    lens = _Lens(model, data, camera)
    pen = ImageDraw.Draw(image)
    for geom in sorted(range(model.ngeom), key=lambda g: -lens.depth(data.geom_xpos[g])):
        _draw_geom(pen, lens, model, data, geom)
    return np.asarray(image)


class _Lens:
    """Perspective of a MuJoCo camera, which looks along its negative z axis."""

    def __init__(self, model: mujoco.MjModel, data: mujoco.MjData, camera: str) -> None:
        index = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_CAMERA, camera)
        self._position = data.cam_xpos[index]
        self._axes = data.cam_xmat[index].reshape(3, 3)
        self._focal = _HEIGHT / 2 / math.tan(math.radians(model.cam_fovy[index]) / 2)

    def depth(self, point: np.ndarray) -> float:
        """Distance in front of the camera [m]."""
        return max(1e-3, -float((point - self._position) @ self._axes[:, 2]))

    def pixel(self, point: np.ndarray) -> tuple[float, float]:
        """Where ``point`` (3,) [m] lies in the picture."""
        scale = self._focal / self.depth(point)
        offset = point - self._position
        right, up = float(offset @ self._axes[:, 0]), float(offset @ self._axes[:, 1])
        return _WIDTH / 2 + scale * right, _HEIGHT / 2 - scale * up

    def pixels(self, length: float, point: np.ndarray) -> float:
        """How many pixels ``length`` [m] spans at ``point``."""
        return length * self._focal / self.depth(point)


def _draw_geom(
    pen: ImageDraw.ImageDraw,
    lens: _Lens,
    model: mujoco.MjModel,
    data: mujoco.MjData,
    geom: int,
) -> None:
    kind, size = mujoco.mjtGeom(int(model.geom_type[geom])), model.geom_size[geom]
    centre, axes = data.geom_xpos[geom], data.geom_xmat[geom].reshape(3, 3)
    red, green, blue = (int(255 * c) for c in model.geom_rgba[geom][:3])
    colour = (red, green, blue)
    if kind == mujoco.mjtGeom.mjGEOM_SPHERE:
        _draw_ball(pen, lens, centre, size[0], colour)
    elif kind in (mujoco.mjtGeom.mjGEOM_CAPSULE, mujoco.mjtGeom.mjGEOM_CYLINDER):
        ends = [centre + side * size[1] * axes[:, 2] for side in (-1, 1)]
        width = max(1, round(lens.pixels(2 * size[0], centre)))
        pen.line([lens.pixel(end) for end in ends], fill=colour, width=width)
        if kind == mujoco.mjtGeom.mjGEOM_CAPSULE:
            for end in ends:
                _draw_ball(pen, lens, end, size[0], colour)
    elif kind == mujoco.mjtGeom.mjGEOM_BOX:
        corners = [centre + axes @ (size * sides) for sides in itertools.product((-1, 1), repeat=3)]
        for a, b in itertools.combinations(range(8), 2):
            if (a ^ b) in (1, 2, 4):
                pen.line([lens.pixel(corners[a]), lens.pixel(corners[b])], fill=colour, width=2)


def _draw_ball(
    pen: ImageDraw.ImageDraw,
    lens: _Lens,
    centre: np.ndarray,
    radius: float,
    colour: tuple[int, int, int],
) -> None:
    x, y = lens.pixel(centre)
    r = lens.pixels(radius, centre)
    pen.ellipse([x - r, y - r, x + r, y + r], fill=colour)
