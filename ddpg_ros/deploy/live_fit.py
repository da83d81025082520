"""Whether live values fit what training saw, and if not, what would make them fit.

A cause is guessed only for an element that does not fit as it is, and only where mending that cause
makes it fit well.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from ddpg_ros.contract.policy_metadata import ObservationStatistics
from ddpg_ros.deploy.joint_motion import JointMotion
from ddpg_ros.deploy.live_element import MIXED_UP, Element
from ddpg_ros.deploy.live_finding import ORDER, SCALE, SIGN, UNIT, Finding

_MARGIN = 0.05
"""How far beyond its extremes, as a fraction of their distance, a value still counts as seen."""
_OUTSIDE = 0.02
"""Fraction of ticks that may lie beyond them."""
_FAR_OUTSIDE = 0.25
"""Fraction of ticks beyond them from which on a cause is guessed."""
_DEVIATIONS = 4.0
"""Largest distance of the means, in training's deviations, at which values fit well."""
_POWERS = (10.0, 100.0, 1000.0, 0.1, 0.01, 0.001)


class Fit:
    """Holds live values against what training saw.

    Args:
        elements: Those of one tick.
        statistics: What training saw of one tick, ``(n,)`` each.
        frames: Live observations, ``(k, n)``; NaN where there is none.
        joints: The joints whose position is read.
    """

    def __init__(
        self,
        elements: Sequence[Element],
        statistics: ObservationStatistics,
        frames: np.ndarray,
        joints: Sequence[JointMotion] = (),
    ) -> None:
        self._elements = elements
        self._statistics = statistics
        self._values = [column[np.isfinite(column)] for column in frames.T]
        self._joints = {column: joint for joint in joints for column in joint.columns}
        low, high = statistics.minimum, statistics.maximum
        rounding = 1e-5 * np.maximum(1.0, np.maximum(np.abs(low), np.abs(high)))
        self._low = low - _MARGIN * (high - low) - rounding
        self._high = high + _MARGIN * (high - low) + rounding

    def values(self, column: int) -> np.ndarray:
        """Live values of an element, those that are there."""
        return self._values[column]

    def outside(self, column: int) -> float:
        """Fraction of an element's values beyond what training saw; 0 where few enough are."""
        fraction = self._beyond(self._values[column], column)
        return fraction if fraction > _OUTSIDE else 0.0

    def guesses(self, column: int) -> list[Finding]:
        """What would make an element fit; empty where it fits, or nothing does."""
        if not self._misfits(column):
            return []
        found = [*self._order(column), *self._sign(column)]
        return found or self._degrees(column) or self._unit(column) or self._scale(column)

    def _beyond(self, values: np.ndarray, column: int) -> float:
        if len(values) == 0:
            return 0.0
        return float(np.mean((values < self._low[column]) | (values > self._high[column])))

    def _misfits(self, column: int) -> bool:
        return self._beyond(self._values[column], column) > _FAR_OUTSIDE

    def _distance(self, values: np.ndarray, column: int) -> float:
        """Between the means, in training's deviations."""
        width = float(self._high[column] - self._low[column])
        deviation = max(float(self._statistics.std[column]), width / 10)
        return abs(float(values.mean() - self._statistics.mean[column])) / deviation

    def _fits(self, values: np.ndarray, column: int) -> bool:
        return (
            len(values) > 0
            and self._beyond(values, column) <= _OUTSIDE
            and self._distance(values, column) <= _DEVIATIONS
        )

    def _order(self, column: int) -> Iterator[Finding]:
        """Another place of the same array, where each would fit in the other's."""
        element = self._elements[column]
        best, closest = "", math.inf
        for other in self._elements:
            if other.array is None or other.array != element.array or other.place == element.place:
                continue
            pairs = [*zip(element.place, other.place, strict=True)]
            pairs += [(there, here) for here, there in pairs]
            if all(self._fits(self._values[there], here) for here, there in pairs):
                distance = sum(self._distance(self._values[there], here) for here, there in pairs)
                if distance < closest:
                    best, closest = self._elements[self._twin(column, other)].name, distance
        if best:
            yield Finding(
                self._elements[column].name,
                ORDER,
                f"swapped with {best}: each lies in the range of the other",
            )

    def _twin(self, column: int, other: Element) -> int:
        """The column of ``other`` that is to it what ``column`` is to its own element."""
        return other.place[self._elements[column].place.index(column)]

    def _sign(self, column: int) -> Iterator[Finding]:
        if self._elements[column].signed and self._fits(-self._values[column], column):
            yield Finding(
                self._elements[column].name,
                SIGN,
                "negated: with the other sign it lies in the range",
            )

    def _degrees(self, column: int) -> list[Finding]:
        """An angle of which only cosine and sine are read."""
        joint, place = self._joints.get(column), self._elements[column].place
        if joint is None or len(place) != 2:
            return []
        angle = np.radians(joint.position[np.isfinite(joint.position)])
        cosine, sine = place
        if not (self._fits(np.cos(angle), cosine) and self._fits(np.sin(angle), sine)):
            return []
        return [
            Finding(
                self._elements[column].name,
                UNIT,
                "of an angle in degrees: taken as such it lies in the range",
            )
        ]

    def _unit(self, column: int) -> list[Finding]:
        unit = self._elements[column].unit
        if unit is None or unit not in MIXED_UP:
            return []
        factor = self._best_factor(column, tuple(MIXED_UP[unit]), by_spread=False)
        if factor is None:
            return []
        si = f" where {unit} is expected" if unit else ""
        change = f"divided by {factor:.4g}" if factor > 1 else f"times {1 / factor:.4g}"
        sentence = f"in {MIXED_UP[unit][factor]}{si}: {change} it lies in the range"
        return [Finding(self._elements[column].name, UNIT, sentence)]

    def _scale(self, column: int) -> list[Finding]:
        if self._elements[column].unit is None:
            return []
        factor = self._best_factor(column, _POWERS, by_spread=True)
        if factor is None:
            return []
        size = f"{factor:g} times too large" if factor > 1 else f"{1 / factor:g} times too small"
        sentence = f"{size}: mended it lies in the range"
        return [Finding(self._elements[column].name, SCALE, sentence)]

    def _best_factor(self, column: int, factors: Sequence[float], by_spread: bool) -> float | None:
        """The factor, divided by which values are closest in size to training's.

        Divided by enough, anything fits; so they must be closer than as they are, too.

        Args:
            column: The element.
            factors: Candidates.
            by_spread: Whether their deviation must be closer as well: an offset leaves it alone.
                Not asked where few factors come into question, since at rest there is none.
        """
        values = self._values[column]
        mean, deviation = self._statistics.mean[column], self._statistics.std[column]
        size = _ratio(float(np.sqrt(np.mean(values**2))), math.hypot(mean, deviation))
        spread = _ratio(float(np.std(values)), float(deviation))
        fitting = {
            abs(math.log(size / factor)): factor
            for factor in factors
            if _closer(size, factor)
            and (_closer(spread, factor) or not by_spread)
            and self._fits(values / factor, column)
        }
        return fitting[min(fitting)] if fitting else None


def _ratio(live: float, trained: float) -> float:
    return max(live, 1e-12) / max(trained, 1e-12)


def _closer(ratio: float, factor: float) -> bool:
    """Whether ``ratio`` is nearer to 1 when divided by ``factor``."""
    return abs(math.log(ratio / factor)) < abs(math.log(ratio))
