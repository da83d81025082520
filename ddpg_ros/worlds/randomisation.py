"""How far a simulated robot may be from the real one: ranges, and one draw from them an episode."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ddpg_ros.errors import ConfigError
from ddpg_ros.knob import check_names, knob

_AS_MODELLED = (1.0, 1.0)
_NONE = (0.0, 0.0)


@dataclass(frozen=True)
class Randomisation:
    """Ranges, each a lowest and a highest value that an episode's are drawn between, uniformly.

    Unless given, a range leaves the world as it is modelled.

    Raises:
        ConfigError: A value is no range, is out of bounds, or its ends are in the wrong order.
    """

    mass: tuple[float, float] = knob(
        _AS_MODELLED, "Factor on each body's mass, and with it on its inertia.", 0.01, 100.0
    )
    inertia: tuple[float, float] = knob(
        _AS_MODELLED, "Further factor on each body's inertia.", 0.01, 100.0
    )
    friction: tuple[float, float] = knob(
        _AS_MODELLED,
        "Factor on each joint's damping and dry friction and on each surface's friction.",
        0.0,
        100.0,
    )
    motor_gain: tuple[float, float] = knob(
        _AS_MODELLED, "Factor on what each motor makes of its command.", 0.0, 100.0
    )
    sensor_noise: tuple[float, float] = knob(
        _NONE, "Noise of the sensors, as a factor on the world's nominal deviation.", 0.0, 1000.0
    )
    sensor_bias: tuple[float, float] = knob(
        _NONE,
        "Constant error of each sensor value, in nominal deviations of its noise.",
        -1000.0,
        1000.0,
    )
    observation_delay: tuple[float, float] = knob(
        _NONE, "Age of the readings when an action is chosen [control periods].", 0.0, 100.0
    )
    action_delay: tuple[float, float] = knob(
        _NONE, "Time from the choice of an action to its effect [control periods].", 0.0, 100.0
    )
    drop: tuple[float, float] = knob(
        _NONE, "Probability that a sensor message is lost and the one before it stays.", 0.0, 1.0
    )
    push_rate: tuple[float, float] = knob(
        _NONE, "Pushes per second of simulated time, at random moments [1/s].", 0.0, 100.0
    )
    push: tuple[float, float] = knob(
        _NONE,
        "Strength of a push, drawn for each: what it adds to the speed of the body that it hits, "
        "were that free [m/s].",
        0.0,
        100.0,
    )

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            object.__setattr__(self, field.name, _span(field, getattr(self, field.name)))
        if self.push_rate[1] > 0 and self.push[1] == 0:
            raise ConfigError(
                "push_rate is given without push, so every push would be one of 0 m/s. "
                "Give push: [LOW, HIGH] in m/s."
            )
        if self.push[1] > 0 and self.push_rate[1] == 0:
            raise ConfigError(
                "push is given without push_rate, so there would be no push. "
                "Give push_rate: [LOW, HIGH] in pushes per second."
            )

    def changed(self) -> dict[str, list[float]]:
        """The ranges that do not leave the world as modelled, as JSON values."""
        return {
            field.name: list(getattr(self, field.name))
            for field in dataclasses.fields(self)
            if getattr(self, field.name) != field.default
        }

    @staticmethod
    def from_dict(values: Mapping[str, Any], base: Randomisation | None = None) -> Randomisation:
        """Build ranges from some of them, each ``[low, high]`` or one value; others from ``base``.

        Raises:
            ConfigError: A name is unknown, or a value is no range.
        """
        check_names(Randomisation, values, "range")
        return dataclasses.replace(base or Randomisation(), **values)

    @staticmethod
    def from_texts(texts: Iterable[str], base: Randomisation | None = None) -> Randomisation:
        """Build ranges from texts ``NAME=VALUE`` and ``NAME=LOW,HIGH``; others from ``base``.

        Raises:
            ConfigError: A text has another form, a name is unknown, or a value is no range.
        """
        values = {}
        for text in texts:
            name, equals, numbers = text.partition("=")
            try:
                values[name] = [float(number) for number in numbers.split(",")]
            except ValueError:
                equals = ""
            if not equals or len(values[name]) > 2:
                raise ConfigError(f"expected NAME=LOW,HIGH such as mass=0.7,1.3, got '{text}'.")
        return Randomisation.from_dict(values, base)

    def __str__(self) -> str:
        ranges = (f"{name} {low:g} to {high:g}" for name, (low, high) in self.changed().items())
        return ", ".join(ranges) or "nothing"


class Draw:
    """One episode's factors, drawn on demand; a world asks for those that it can make use of.

    Args:
        ranges: What is drawn from.
        rng: Draws.

    Attributes:
        asked: Names of the ranges that were asked for.
    """

    def __init__(self, ranges: Randomisation, rng: np.random.Generator) -> None:
        self._ranges, self._rng = ranges, rng
        self.asked: set[str] = set()

    def factors(self, name: str, count: int) -> np.ndarray:
        """A factor for each of ``count`` parts from the range called ``name``, ``(count,)``."""
        self.asked.add(name)
        low, high = getattr(self._ranges, name)
        return self._rng.uniform(low, high, count)

    def factor(self, name: str) -> float:
        """One value from the range called ``name``."""
        return float(self.factors(name, 1)[0])

    def chance(self) -> float:
        """A number in [0, 1)."""
        return float(self._rng.random())


def _span(field: dataclasses.Field[Any], value: Any) -> tuple[float, float]:
    ends = list(value) if isinstance(value, list | tuple) else [value]
    numbers = [end for end in ends if isinstance(end, int | float) and not isinstance(end, bool)]
    if len(numbers) != len(ends) or len(ends) not in (1, 2) or not all(map(math.isfinite, numbers)):
        raise ConfigError(f"{field.name}: expected a number or [low, high], got {value!r}.")
    low, high = float(numbers[0]), float(numbers[-1])
    least, most = field.metadata["low"], field.metadata["high"]
    if not least <= low <= high <= most:
        bounds = f"[{least:g}, {most:g}]"
        if len(numbers) == 1:
            raise ConfigError(f"{field.name}: expected a value in {bounds}, got {low:g}.")
        raise ConfigError(
            f"{field.name}: expected low and high in {bounds}, the lower first, got {low:g} and "
            f"{high:g}."
        )
    return low, high
