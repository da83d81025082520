"""An episode as a short animation."""

from __future__ import annotations

import base64
import io
import math
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from ddpg_ros.learning.evaluation import Policy
from ddpg_ros.learning.report.flights import Stopped, fly
from ddpg_ros.worlds import World

_SECONDS = 8.0
"""How long a film lasts at most [s]."""
_FASTEST = 4
"""A longer episode is played faster, up to this; of one that is longer still, the beginning."""
_FRAME_SECONDS = 0.1
_WIDTH, _HEIGHT = 320, 240
_QUALITIES = (60, 30, 10)
_MOST_BYTES = 800_000
"""Of a film; a page has three of them, written a third longer, and stays below 5 MB."""


@dataclass(frozen=True)
class Pace:
    """How an episode is filmed.

    Args:
        every: Steps from one frame to the next.
        frame: How long a frame is shown [s].
        speed: How many times faster than it was.
        seconds: How much of the episode is shown, in simulated time [s].
    """

    every: int
    frame: float
    speed: int
    seconds: float

    @staticmethod
    def of(length: int, period: float) -> Pace:
        """The pace of an episode of ``length`` steps, each of ``period`` [s]."""
        lasted = length * period
        speed = max(1, math.ceil(lasted / _SECONDS - 1e-9))
        if speed > _FASTEST:
            speed = 1
        every = max(1, round(_FRAME_SECONDS * speed / period))
        return Pace(every, every * period / speed, speed, min(lasted, _SECONDS * speed))


@dataclass(frozen=True)
class Film:
    """An animation and a still of it, as data URIs.

    Args:
        width: Of both [pixels].
        height: Of both [pixels].
        moving: Animated WebP.
        still: WebP of the last frame.
    """

    width: int
    height: int
    moving: str
    still: str


def film(
    policy: Policy, world: World, seed: int, length: int, stopped: Stopped
) -> tuple[Film, Pace]:
    """Fly the episode of ``seed``, known to take ``length`` steps, and film it.

    Raises:
        NotImplementedError: The world draws no pictures.
        WorldError: It cannot here.
        GivenUp: ``stopped`` said so.
    """
    pace = Pace.of(length, world.contract.period)
    moments: list[Any] = []

    def watch(step: int) -> None:
        if step % pace.every == 0 and step * world.contract.period <= pace.seconds + 1e-9:
            moments.append(world.snapshot())

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a machine without a display warns before it makes do
        fly(policy, world, seed, stopped, watch)
        frames = [_frame(world.draw(moment)) for moment in moments]
    return _film(frames, pace), pace


def _frame(picture: np.ndarray) -> Image.Image:
    image = Image.fromarray(picture)
    image.thumbnail((_WIDTH, _HEIGHT), Image.Resampling.BOX)
    return image


def _film(frames: list[Image.Image], pace: Pace) -> Film:
    """Encode as well as there is room for; where pictures are large, with frames left out."""
    for quality in _QUALITIES:
        expected = len(frames) * len(_webp(frames[-1:], quality, 0))
        if expected <= _MOST_BYTES:
            break
    apart = math.ceil(expected / _MOST_BYTES)
    moving = _webp(frames[::apart], quality, round(1000 * pace.frame * apart))
    still = _webp(frames[-1:], _QUALITIES[0], 0)
    return Film(frames[0].width, frames[0].height, _data_uri(moving), _data_uri(still))


def _webp(frames: list[Image.Image], quality: int, milliseconds: int) -> bytes:
    file = io.BytesIO()
    first, *others = frames
    several = {"save_all": True, "append_images": others, "duration": milliseconds, "loop": 0}
    first.save(file, "WEBP", quality=quality, method=2, **(several if others else {}))
    return file.getvalue()


def _data_uri(content: bytes) -> str:
    return "data:image/webp;base64," + base64.b64encode(content).decode()
