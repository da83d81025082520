"""The room from above, drawn with Pillow."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from ddpg_ros.worlds.rover.arena import Arena
from ddpg_ros.worlds.rover.laser import RANGE_MAX, RAYS, ray_lengths

_WIDTH, _HEIGHT = 320, 240
_FINER = 3
"""Drawn so many times as large, then reduced: smooth edges."""
_MARGIN = 0.12
"""Of the room's walls around it [m]."""
_WALL, _FLOOR, _SEEN = (63, 68, 76), (232, 238, 246), (250, 243, 216)
_STANDING, _MOVING, _WAY = (114, 122, 132), (216, 84, 51), (222, 190, 180)
_GOAL, _ROBOT, _NOSE = (62, 142, 90), (42, 92, 170), (255, 255, 255)


class Snapshot(NamedTuple):
    """A moment: the room at ``time`` [s], the robot's ``pose`` (x, y [m], yaw [rad]), its goal."""

    arena: Arena
    time: float
    pose: tuple[float, float, float]
    goal: tuple[float, float]
    robot_radius: float
    goal_radius: float


def draw_room(moment: Snapshot) -> np.ndarray:
    """The picture, ``(240, 320, 3)`` uint8; what the laser sees is lit."""
    arena, (x, y, yaw) = moment.arena, moment.pose
    image = Image.new("RGB", (_WIDTH * _FINER, _HEIGHT * _FINER), _WALL)
    pen = _Pen(image, arena.half + _MARGIN)
    pen.polygon([(-arena.half, -arena.half), (arena.half, arena.half)], _FLOOR, corners=True)
    pen.polygon(_seen(moment), _SEEN)
    for start, way in zip(arena.movers.starts, arena.movers.ways, strict=True):
        pen.line(start, start + way, _WAY, 0.03)
    for centre, half, angle in zip(*arena.boxes, strict=True):
        pen.polygon(_corners(centre, half, angle), _STANDING)
    discs, standing = arena.discs(moment.time), len(arena.pillars.radii)
    for index, (centre, radius) in enumerate(zip(*discs, strict=True)):
        pen.disc(centre, radius, _STANDING if index < standing else _MOVING)
    pen.disc(moment.goal, moment.goal_radius, _GOAL, filled=False)
    pen.disc(moment.goal, 0.04, _GOAL)
    pen.disc((x, y), moment.robot_radius, _ROBOT)
    nose = moment.robot_radius * np.array((math.cos(yaw), math.sin(yaw)))
    pen.line(np.array((x, y)), (x, y) + 0.9 * nose, _NOSE, 0.03)
    return np.asarray(image.resize((_WIDTH, _HEIGHT), Image.Resampling.BOX))


class _Pen:
    """Draws in metres: the origin is in the middle of the picture, y points up."""

    def __init__(self, image: Image.Image, half: float) -> None:
        self._pen = ImageDraw.Draw(image)
        self._middle = image.width / 2, image.height / 2
        self._scale = image.height / 2 / half

    def polygon(
        self, points: list[tuple[float, float]], colour: tuple[int, int, int], corners: bool = False
    ) -> None:
        pixels = [self._pixel(point) for point in points]
        if corners:
            (left, bottom), (right, top) = pixels
            self._pen.rectangle([left, top, right, bottom], fill=colour)
        else:
            self._pen.polygon(pixels, fill=colour)

    def line(
        self, start: np.ndarray, end: np.ndarray, colour: tuple[int, int, int], width: float
    ) -> None:
        pixels = max(1, round(width * self._scale))
        self._pen.line([self._pixel(start), self._pixel(end)], fill=colour, width=pixels)

    def disc(
        self,
        centre: np.ndarray | tuple[float, float],
        radius: float,
        colour: tuple[int, int, int],
        filled: bool = True,
    ) -> None:
        (x, y), r = self._pixel(centre), radius * self._scale
        around = [x - r, y - r, x + r, y + r]
        if filled:
            self._pen.ellipse(around, fill=colour)
        else:
            self._pen.ellipse(around, outline=colour, width=2 * _FINER)

    def _pixel(self, point: np.ndarray | tuple[float, float]) -> tuple[float, float]:
        x, y = self._middle
        return x + float(point[0]) * self._scale, y - float(point[1]) * self._scale


def _seen(moment: Snapshot) -> list[tuple[float, float]]:
    x, y, yaw = moment.pose
    lengths = np.minimum(ray_lengths(moment.arena, moment.time, x, y, yaw), RANGE_MAX)
    courses = yaw + np.arange(RAYS) * (2 * math.pi / RAYS)
    ends = np.stack([x + lengths * np.cos(courses), y + lengths * np.sin(courses)], axis=1)
    return [(float(a), float(b)) for a, b in ends]


def _corners(centre: np.ndarray, half: np.ndarray, angle: float) -> list[tuple[float, float]]:
    along = half[0] * np.array((math.cos(angle), math.sin(angle)))
    across = half[1] * np.array((-math.sin(angle), math.cos(angle)))
    signs = ((1, 1), (-1, 1), (-1, -1), (1, -1))
    return [tuple((centre + a * along + b * across).tolist()) for a, b in signs]
