"""Checks of what the sensors say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ddpg_ros.contract import Assembler
from ddpg_ros.contract.policy_metadata import ObservationStatistics
from ddpg_ros.deploy import reasons
from ddpg_ros.deploy.checks.check import Check, Tick

_ROUNDING = 1e-5
"""Differences of float32, as a share of the value, that are no departure from training."""

_LEAST_SHARE = 0.1
"""Of its largest magnitude: what changed by less in training has a range of so much."""

_NO_RANGE = 1e-6
"""A term that training never saw change by more, in SI units, has none."""


class BadInput(Check):
    """A source that is missing, stale, malformed or not finite, as the assembler found it."""

    asks_action = False

    def __init__(self, assembler: Assembler) -> None:
        super().__init__()
        self._faults = assembler.faults

    @property
    def reason(self) -> str:  # type: ignore[override]
        """That of the first fault."""
        return self._faults[0].reason if self._faults else reasons.OK

    def finds(self, tick: Tick) -> bool:
        return bool(self._faults)

    def detail(self) -> str:
        return "; ".join(dict.fromkeys(map(str, self._faults)))


class OutOfRange(Check):
    """An element of the latest tick's observation that lies beyond what training saw.

    Args:
        statistics: What training saw.
        margin: How far beyond it is still fine, as a share of each element's range.
        names: Of one tick's elements, ``(k,)``.

    Attributes:
        outside: Which elements lay beyond on the latest tick, ``(k,)`` bool.
        counts: Ticks on which each element did, ``(k,)``.
    """

    reason = reasons.OUT_OF_RANGE

    def __init__(
        self, statistics: ObservationStatistics, margin: float, names: Sequence[str]
    ) -> None:
        super().__init__()
        size = len(names)
        self._names, self._margin = names, margin
        self.expect(statistics)
        self._observation = np.zeros(size)
        self._below = np.zeros(size, dtype=bool)
        self.outside = np.zeros(size, dtype=bool)
        self.counts = np.zeros(size, dtype=int)

    def expect(self, statistics: ObservationStatistics) -> None:
        """From now on hold observations against what another training saw."""
        self._seen = low, high = _of_latest_tick(statistics, len(self._names))
        slack = self._margin * (high - low) + _ROUNDING * np.maximum(np.abs(low), np.abs(high))
        self._low, self._high = low - slack, high + slack

    def finds(self, tick: Tick) -> bool:
        np.copyto(self._observation, tick.observation[-len(self._names) :])
        np.less(self._observation, self._low, out=self._below)
        np.greater(self._observation, self._high, out=self.outside)
        np.logical_or(self.outside, self._below, out=self.outside)
        if not self.outside.any():
            return False
        self.counts += self.outside
        return True

    def distances(self) -> np.ndarray:
        """How far each element is beyond what training saw, ``(k,)``, in its own unit."""
        low, high = self._seen
        return np.maximum(low - self._observation, self._observation - high)

    def detail(self) -> str:
        return self.describe(self.outside)

    def describe(self, which: np.ndarray) -> str:
        """Where ``which`` elements ``(k,)`` are and were in training, five at the most."""
        low, high = self._seen
        return "; ".join(
            f"{self._names[i]} is {self._observation[i]:.4g}, training saw "
            f"{low[i]:.4g} to {high[i]:.4g}"
            for i in np.flatnonzero(which)[:5]
        )


class FarOutOfRange(Check):
    """An element so far beyond what training saw that no robot of its kind could be there.

    A sensor or a message is broken then, or its unit is another. How far is told by the range of
    all elements of its term: that of one alone, as of a cosine near 1, may be next to nothing.

    Args:
        near: Has looked at the same tick before.
        statistics: What training saw.
        margin: How far beyond is too far, as a share of that range.
        sizes: Number of elements of each term.
    """

    reason = reasons.FAR_OUT_OF_RANGE

    def __init__(
        self,
        near: OutOfRange,
        statistics: ObservationStatistics,
        margin: float,
        sizes: Sequence[int],
    ) -> None:
        super().__init__()
        self._near, self._margin, self._sizes = near, margin, sizes
        self._far = np.zeros(sum(sizes), dtype=bool)
        self.expect(statistics)

    def expect(self, statistics: ObservationStatistics) -> None:
        """From now on hold observations against what another training saw."""
        low, high = _of_latest_tick(statistics, len(self._far))
        own = np.maximum(high - low, _LEAST_SHARE * np.maximum(np.abs(low), np.abs(high)))
        starts = np.cumsum([0, *self._sizes[:-1]])
        ranges = np.repeat(np.maximum.reduceat(own, starts), self._sizes)
        self._too_far = np.where(ranges > _NO_RANGE, self._margin * ranges, np.inf)

    def finds(self, tick: Tick) -> bool:
        if not self._near.outside.any():
            return False
        np.greater(self._near.distances(), self._too_far, out=self._far)
        return bool(self._far.any())

    def detail(self) -> str:
        return self._near.describe(self._far)


class Frozen(Check):
    """A sensor whose values repeat themselves to the last bit, as one does whose driver hangs.

    That is found while the policy drives, since a robot at the safe command may well stand still,
    and lasts until the values change, or a :meth:`reset`.

    Args:
        assembler: Whose sources are watched.
        patience: How long they may [s].
    """

    reason = reasons.FROZEN
    asks_action = False

    def __init__(self, assembler: Assembler, patience: float) -> None:
        super().__init__()
        self._buffers = [b for b in assembler.buffers if b.source.ages]
        self._patience = patience
        self._before = [_bits(b.values).copy() for b in self._buffers]
        self._since = np.zeros(len(self._buffers))
        self._found = np.zeros(len(self._buffers), dtype=bool)
        self._seconds = 0.0
        self._which = ""
        self.reset()

    def finds(self, tick: Tick) -> bool:
        self._which = ""
        for i, buffer in enumerate(self._buffers):
            bits = _bits(buffer.values)
            repeats = np.array_equal(bits, self._before[i]) and tick.now >= self._since[i]
            if not (repeats and (tick.driven or self._found[i])):
                self._before[i], self._since[i] = bits.copy(), tick.now
            seconds = tick.now - self._since[i]
            self._found[i] = seconds > self._patience
            if self._found[i] and not self._which:
                self._which, self._seconds = buffer.source.label, seconds
        return bool(self._which)

    def detail(self) -> str:
        return (
            f"{self._which} has not changed for {self._seconds:.2f} s, at most {self._patience:g} s"
        )

    def reset(self) -> None:
        self._since.fill(np.inf)
        self._found.fill(False)


class SecondPublisher(Check):
    """Two publishers on a topic that speak of the same element.

    Attributes:
        topics: Those topics, for people; whoever sees the graph writes it here.
    """

    reason = reasons.SECOND_PUBLISHER
    asks_action = False
    topics = _found = ""

    def finds(self, tick: Tick) -> bool:
        topics = self.topics
        self._found = topics or self._found
        return bool(topics)

    def detail(self) -> str:
        return f"{self._found}: more than one publisher"


def _bits(values: np.ndarray) -> np.ndarray:
    """The values as bits, by which a NaN, as scans have them, equals itself."""
    return values.view(np.int64)


def _of_latest_tick(statistics: ObservationStatistics, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The least and the largest that training saw of each element, ``(size,)`` each."""
    return statistics.minimum[-size:], statistics.maximum[-size:]
