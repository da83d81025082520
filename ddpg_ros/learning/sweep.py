"""How a policy fares on robots that differ from the one modelled: a grid of disturbances."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from ddpg_ros.errors import ConfigError
from ddpg_ros.worlds import Randomisation

SUCCESS, NORMALISED_RETURN = "success", "normalised return"
"""What a cell is judged by: the share of episodes that ended in ``success``, where a world knows
that outcome; else the mean return, 0 that of the safe command and 1 the policy's when undisturbed.
"""


@dataclass(frozen=True)
class Axis:
    """A disturbance of growing strength.

    Args:
        name: What people call it.
        unit: Of its values, for people.
        range: The range of :class:`~ddpg_ros.worlds.randomisation.Randomisation` that it sets.
        nominal: The value without disturbance.
        values: All values, ascending, the nominal one among them.
    """

    name: str
    unit: str
    range: str
    nominal: float
    values: tuple[float, ...]


AXES = {
    axis.name: axis
    for axis in (
        Axis("delay", "control periods", "observation_delay", 0.0, (0.0, 0.5, 1.0, 1.5, 2.0)),
        Axis("noise", "nominal deviations", "sensor_noise", 0.0, (0.0, 1.0, 2.0, 4.0, 8.0)),
        Axis("mass", "of the model's", "mass", 1.0, (0.5, 0.7, 1.0, 1.3, 1.5)),
        Axis("friction", "of the model's", "friction", 1.0, (0.25, 0.5, 1.0, 2.0, 4.0)),
        Axis("gain", "of the model's", "motor_gain", 1.0, (0.5, 0.7, 1.0, 1.3, 1.5)),
        Axis("drop", "probability", "drop", 0.0, (0.0, 0.05, 0.1, 0.2, 0.4)),
    )
}
DEFAULT_AXES = ("delay", "noise", "mass", "friction")

_TOGETHER = (
    {"delay": 1.0, "noise": 2.0, "mass": 0.7},
    {"delay": 1.0, "noise": 2.0, "mass": 1.3},
)
"""What a robot is likely to have all at once."""

Cell = tuple[tuple[str, float], ...]
"""Axes and their values where they are not nominal; empty: the world as modelled."""

NOMINAL: Cell = ()


def choose_axes(texts: Iterable[str]) -> list[Axis]:
    """Axes after texts ``NAME`` and ``NAME=VALUE,VALUE``; the usual ones where there are none.

    Raises:
        ConfigError: There is no such axis, or a value is not one of its range.
    """
    chosen = []
    for text in list(texts) or DEFAULT_AXES:
        name, given, numbers = text.partition("=")
        if name not in AXES:
            raise ConfigError(f"--axis {text}: no such axis. Known: {', '.join(AXES)}.")
        axis = AXES[name]
        if given:
            try:
                values = {float(number) for number in numbers.split(",")} | {axis.nominal}
            except ValueError:
                raise ConfigError(f"--axis {text}: expected numbers as in delay=0,1,2.") from None
            axis = Axis(name, axis.unit, axis.range, axis.nominal, tuple(sorted(values)))
        try:
            for value in axis.values:
                Randomisation.from_dict({axis.range: value})
        except ConfigError as error:
            raise ConfigError(f"--axis {text}: {error}") from None
        chosen.append(axis)
    names = [axis.name for axis in chosen]
    if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        raise ConfigError(f"--axis: {', '.join(twice)} is given twice; name all its values in one.")
    return chosen


def randomisation_of(cell: Cell) -> Randomisation:
    """The disturbance of a cell: ranges of one value each."""
    return Randomisation.from_dict({AXES[name].range: value for name, value in cell})


class Sweep:
    """The cells of a grid, and what was found in those that have been flown.

    Args:
        axes: Each alone, and each two together, span the grid.

    Attributes:
        cells: All of them, those that say most first.
        found: Summary of the evaluation of each cell that was flown.
        idle: That of the safe command in the world as modelled.
    """

    def __init__(self, axes: list[Axis]) -> None:
        self.axes = axes
        alone = [((axis.name, value),) for axis in axes for value in _disturbed(axis)]
        names = {axis.name for axis in axes}
        self.together = [tuple(case.items()) for case in _TOGETHER if set(case) <= names]
        pairs = [cell for pair in self.pairs() for cell in self._pair_cells(*pair)]
        self.cells: list[Cell] = [NOMINAL, *alone, *self.together, *pairs]
        self.found: dict[Cell, dict[str, Any]] = {}
        self.idle: dict[str, Any] = {}

    @property
    def complete(self) -> bool:
        """Whether every cell has been flown."""
        return bool(self.idle) and len(self.found) == len(self.cells)

    @property
    def judged_by(self) -> str:
        """:data:`SUCCESS` or :data:`NORMALISED_RETURN`."""
        outcomes = {name for summary in self.found.values() for name in summary["outcomes"]}
        return SUCCESS if outcomes & {"success", "failure"} else NORMALISED_RETURN

    def pairs(self) -> Iterator[tuple[Axis, Axis]]:
        """Each two axes."""
        return combinations(self.axes, 2)

    def take(self, cell: Cell | None, summary: dict[str, Any]) -> None:
        """Take in the evaluation of ``cell``; of the safe command, if that is None."""
        if cell is None:
            self.idle = summary
        else:
            self.found[cell] = summary

    def score(self, cell: Cell) -> float:
        """How well the policy does in a cell, by :attr:`judged_by`; NaN where that is unknown."""
        if cell not in self.found:
            return math.nan
        summary = self.found[cell]
        if self.judged_by == SUCCESS:
            successes: int = summary["outcomes"].get("success", 0)
            return successes / int(summary["episodes"])
        bottom, top = self._ends()
        return float((summary["mean"] - bottom) / (top - bottom)) if top > bottom else math.nan

    def why_unscored(self) -> str:
        """Why no cell can have a score; empty if they can."""
        bottom, top = self._ends()
        if self.judged_by == SUCCESS or not top <= bottom:
            return ""
        return (
            f"no score: as modelled the policy returns {top:.4g}, no more than the safe command "
            f"does, {bottom:.4g}"
        )

    def _ends(self) -> tuple[float, float]:
        """What the safe command returns, and the policy as modelled; NaN before both have flown."""
        if NOMINAL not in self.found or not self.idle:
            return math.nan, math.nan
        return self.idle["mean"], self.found[NOMINAL]["mean"]

    def at(self, **values: float) -> float:
        """The score where the axes called so have these values, and the others are nominal."""
        disturbed = {axis.name: values[axis.name] for axis in self.axes if axis.name in values}
        nominal = {axis.name: axis.nominal for axis in self.axes}
        return self.score(tuple((n, v) for n, v in disturbed.items() if v != nominal[n]))

    def to_dict(self) -> dict[str, Any]:
        """JSON values: the axes, and score and evaluation of every cell that was flown."""
        return {
            "judged_by": self.judged_by,
            "complete": self.complete,
            "axes": [
                {"name": a.name, "unit": a.unit, "nominal": a.nominal, "values": list(a.values)}
                for a in self.axes
            ],
            "idle": self.idle,
            "cells": [
                {"disturbance": dict(cell), "score": _number(self.score(cell)), **self.found[cell]}
                for cell in self.cells
                if cell in self.found
            ],
        }

    def rows(self) -> list[tuple[str, ...]]:
        """A table: for each axis a row of values and one of scores; then what comes together."""
        width = max(len(axis.values) for axis in self.axes)
        rows = []
        for axis in self.axes:
            scores = [percent(self.at(**{axis.name: value})) for value in axis.values]
            values = [f"{value:g}" for value in axis.values]
            padding = [""] * (width - len(values))
            rows.append((axis.name, f"[{axis.unit}]", *values, *padding))
            rows.append(("", "", *scores, *padding))
        for cell in self.together:
            rows.append(
                ("together", described(dict(cell)), percent(self.score(cell)), *[""] * (width - 1))
            )
        return rows

    def _pair_cells(self, one: Axis, other: Axis) -> Iterator[Cell]:
        for first in _disturbed(one):
            for second in _disturbed(other):
                yield (one.name, first), (other.name, second)


def percent(score: float) -> str:
    """A score for people; a dash where it is unknown."""
    return f"{score:.0%}" if math.isfinite(score) else "-"


def described(disturbance: Mapping[str, float]) -> str:
    """A cell for people."""
    return ", ".join(f"{name} {value:g}" for name, value in disturbance.items()) or "as modelled"


def _disturbed(axis: Axis) -> list[float]:
    return [value for value in axis.values if value != axis.nominal]


def _number(score: float) -> float | None:
    return score if math.isfinite(score) else None
