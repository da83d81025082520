"""Checks that hold until somebody resets them: the robot is where it must not be."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ddpg_ros.contract import Assembler
from ddpg_ros.contract.readings import XYZW
from ddpg_ros.contract.source_buffer import SourceBuffer
from ddpg_ros.deploy import reasons
from ddpg_ros.deploy.checks.check import Check, Tick
from ddpg_ros.errors import ConfigError


class Tilt(Check):
    """An angle between the robot's z axis and the vertical beyond a limit.

    Args:
        assembler: Among whose sources there is an orientation; a goal's, sent once, is none.
        limit: Largest angle [rad].

    Raises:
        ConfigError: The policy reads no orientation.
    """

    reason = reasons.TILT
    asks_action = False

    def __init__(self, assembler: Assembler, limit: float) -> None:
        super().__init__()
        self._limit, self._angle = limit, 0.0
        whole = [b for b in assembler.buffers if b.source.elements == XYZW and b.source.ages]
        if not whole:
            raise ConfigError(
                "max_tilt is set, and this policy reads no orientation (x, y, z, w) to tell the "
                f"tilt by. It reads {', '.join({b.source.label: b for b in assembler.buffers})}."
            )
        self._orientation = whole[0].values

    def finds(self, tick: Tick) -> bool:
        x, y, z, w = self._orientation.tolist()
        length = x * x + y * y + z * z + w * w
        if not 0.0 < length < math.inf:
            return False  # an input at fault, which is another check's
        self._angle = math.acos(max(-1.0, 1.0 - 2.0 * (x * x + y * y) / length))
        return self._angle > self._limit

    def detail(self) -> str:
        return f"the robot is tilted by {self._angle:.3f} rad, at most {self._limit:g} rad"


class PositionLimit(Check):
    """An element of a sensor, a joint's position say, beyond limits of its own.

    Args:
        assembler: Whose sources are watched.
        elements: Names as ``joint_states.position.elbow``.
        low: Lower limits, SI units.
        high: Upper limits, SI units.

    Raises:
        ConfigError: The policy does not read an element.
    """

    reason = reasons.POSITION
    asks_action = False

    def __init__(
        self,
        assembler: Assembler,
        elements: Sequence[str],
        low: Sequence[float],
        high: Sequence[float],
    ) -> None:
        super().__init__()
        places = _places(assembler.buffers)
        unknown = [element for element in elements if element not in places]
        if unknown:
            raise ConfigError(
                f"trip_elements: this policy does not read {', '.join(unknown)}. "
                f"It reads {', '.join(places)}."
            )
        self._limits = list(zip(elements, low, high, strict=True))
        self._places = [places[element] for element in elements]
        self._found = ""

    def finds(self, tick: Tick) -> bool:
        self._found = ""
        for (name, low, high), (values, index) in zip(self._limits, self._places, strict=True):
            value = float(values[index])
            if value < low or value > high:
                self._found = f"{name} is {value:.4g}, allowed are {low:g} to {high:g}"
        return bool(self._found)

    def detail(self) -> str:
        return self._found


def _places(buffers: Sequence[SourceBuffer]) -> dict[str, tuple[np.ndarray, int]]:
    return {
        f"{buffer.source.label}.{element}": (buffer.values, index)
        for buffer in buffers
        for index, element in enumerate(buffer.source.elements)
    }
