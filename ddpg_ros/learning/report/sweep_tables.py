"""A sweep's scores as tables."""

from __future__ import annotations

from itertools import combinations
from typing import Any, NamedTuple


class Cell(NamedTuple):
    """A score, None where it is unknown; ``loss`` is what is missing to 1, in [0, 1]."""

    score: float | None
    loss: float


class AxisTable(NamedTuple):
    """One axis alone: its values and a score for each."""

    name: str
    unit: str
    values: list[float]
    nominal: float
    cells: list[Cell]


class PairTable(NamedTuple):
    """Two axes together: a row for each value of ``down``."""

    across: dict[str, Any]
    down: dict[str, Any]
    rows: list[list[Cell]]


class SweepTables:
    """What there is to show of the content of a ``sweep.json``.

    Args:
        content: The content.

    Attributes:
        alone: A table for each axis.
        together: What was flown of several axes at once, in words, with its score.
        pairs: A table for each two axes.
    """

    def __init__(self, content: dict[str, Any]) -> None:
        self._scores = {
            frozenset(cell["disturbance"].items()): cell["score"] for cell in content["cells"]
        }
        axes = content["axes"]
        self.alone = [
            AxisTable(
                axis["name"],
                axis["unit"],
                axis["values"],
                axis["nominal"],
                [self._cell((axis, value)) for value in axis["values"]],
            )
            for axis in axes
        ]
        self.together = [
            (", ".join(f"{name} {value:g}" for name, value in cell["disturbance"].items()), found)
            for cell in content["cells"]
            if len(cell["disturbance"]) > 2 and (found := _cell(cell["score"]))
        ]
        self.pairs = [
            PairTable(
                one,
                other,
                [
                    [self._cell((one, x), (other, y)) for x in one["values"]]
                    for y in other["values"]
                ],
            )
            for one, other in combinations(axes, 2)
        ]

    def _cell(self, *places: tuple[dict[str, Any], float]) -> Cell:
        """The score where the axes have these values, and the others are nominal."""
        changed = frozenset((a["name"], value) for a, value in places if value != a["nominal"])
        return _cell(self._scores.get(changed))


def _cell(score: float | None) -> Cell:
    loss = 0.0 if score is None else min(1.0, max(0.0, 1.0 - score))
    return Cell(score, round(loss, 3))
