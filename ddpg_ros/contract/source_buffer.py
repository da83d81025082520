"""The latest values of a source, element by element."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ddpg_ros.contract.readings import FIELDS, JOINT_STATE, Reading
from ddpg_ros.contract.source import Source

_LARGEST = 1e30
"""Beyond it a value is garbage, and what is computed from it may not fit into float32."""

_RECENT_SECONDS = 2.0
"""How long a publisher may be silent before it counts no longer."""

_MOST_LAYOUTS = 16
"""Layouts remembered; a robot has one for each publisher of a topic."""


class _Layout(NamedTuple):
    """How the values of a message belong to the elements of a source.

    Args:
        size: How many values such a message carries; None for a scan: any number.
        indices: Where in the message the elements are, ``(k,)``; None for a scan: all, in order.
        places: Which elements they are, ``(k,)``.
        whole: Whether they are all the elements, in order.
        problem: What such a message lacks or has too much; empty if nothing.
        unusable: Whether no such message can be read at all.
    """

    size: int | None
    indices: np.ndarray | None
    places: np.ndarray
    whole: bool = True
    problem: str = ""
    unusable: bool = False

    @property
    def foreign(self) -> bool:
        """Whether it has none of the elements: another node's joints, on the same topic."""
        return self.size is not None and len(self.places) == 0 and not self.unusable


class SourceBuffer:
    """The latest values of one source, matched by name once and copied without allocating.

    A topic may carry some joints in one message and the rest in another, so every element has an
    age of its own.

    Attributes:
        values: ``(len(elements),)`` float64; for a scan, ``(rays,)``.
        measured_at: When the oldest of the values was measured [s]; ``-inf`` while one is missing.
        ahead: How far in the future the stamp of any of the values lay when it came, at most [s].
        problem: Why the values do not serve, empty if they do.
        finite: Which elements the last :meth:`check_finite` found to be numbers.
        frame: ``frame_id`` of the latest reading.
        geometry: Scan geometry of the latest reading.
        lack: What the latest message did not carry, empty if it carried everything.
        overtaken: How many readings were ignored because a later one had come before them.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        count = len(source.elements)
        self.values = np.full(count, np.nan)
        self.finite = np.zeros(count, dtype=bool)
        self.overtaken = 0
        self._magnitudes = np.zeros(count)
        self._measured_at = np.full(count, -np.inf)
        self._ahead = np.zeros(count)
        self._layouts: dict[tuple[str, ...], _Layout] = {}
        self._heard_at: dict[tuple[str, ...], float] = {}
        self._names: tuple[str, ...] = ()
        self._unnamed = self._named = _unnamed_layout(source)
        self.clear()

    def publishers(self, now: float) -> int:
        """How many publishers the topic may have, by the names that came shortly before ``now``.

        One more, and two of them speak of the same element. May be asked by another thread than
        the one that receives.
        """
        heard = list(self._heard_at.items())
        recent = [self._layouts.get(n) for n, at in heard if abs(now - at) <= _RECENT_SECONDS]
        parts = [layout.places.tolist() for layout in recent if layout is not None]
        apart, spoken_of = 0, set[int]()
        for part in sorted(parts, key=len):  # a publisher that lost a joint counts once
            if spoken_of.isdisjoint(part):
                apart += 1
                spoken_of.update(part)
        return max(1, apart)

    def clear(self) -> None:
        """Forget the latest values."""
        self._forget()
        self.problem = self.lack = self.frame = ""
        self.geometry: tuple[float, float, float, float] | None = None

    def receive(self, reading: Reading, now: float) -> None:
        """Copy what the source needs out of ``reading``, which arrived at ``now`` [s].

        It is as old as its stamp says, where it has one: a message may have been under way. One
        that a later one has overtaken is ignored.
        """
        values = reading.fields.get(self.source.field)
        layout = self._layout_of(reading, now)
        if layout.foreign:
            self.lack = layout.problem
            if self.measured_at == -math.inf:
                self.problem = self.problem or layout.problem
            return
        problem = self._mismatch(values, layout, reading)
        if values is None or problem:
            self._forget()
            self.problem = problem
            return
        self.lack = layout.problem
        ahead = 0.0 if reading.stamp is None else reading.stamp - now
        measured_at = now + min(0.0, ahead)
        if not self._is_overtaken(layout, measured_at, now):
            self._take(values, layout, measured_at, max(0.0, ahead))
            self.frame, self.geometry = reading.frame, reading.geometry

    def oldest(self) -> str:
        """The elements that are as old as :attr:`measured_at` says, for people."""
        late = self._measured_at <= self.measured_at
        return ", ".join(
            n for n, is_late in zip(self.source.elements, late, strict=True) if is_late
        )

    def check_finite(self) -> bool:
        """Whether every needed element is finite, and no garbage."""
        np.abs(self.values, out=self._magnitudes)
        np.less_equal(self._magnitudes, _LARGEST, out=self.finite)
        return bool(self.finite.all())

    def _take(self, values: np.ndarray, layout: _Layout, measured_at: float, ahead: float) -> None:
        if layout.whole:
            if layout.indices is None:
                self._fit(len(values))
                np.copyto(self.values, values)
            else:
                np.take(values, layout.indices, out=self.values, mode="clip")
            self._measured_at.fill(measured_at)
            self._ahead.fill(ahead)
            self.measured_at, self.ahead, self.problem = measured_at, ahead, ""
        else:
            self.values[layout.places] = values[layout.indices]
            self._measured_at[layout.places] = measured_at
            self._ahead[layout.places] = ahead
            self.measured_at = float(self._measured_at.min())
            self.ahead = float(self._ahead.max())
            self.problem = "" if self.measured_at > -math.inf else layout.problem

    def _is_overtaken(self, layout: _Layout, measured_at: float, now: float) -> bool:
        """Whether later values are held that are neither too old nor from before the clock fell."""
        held = self.measured_at
        if not layout.whole:
            held = float(self._measured_at[layout.places].max(initial=-math.inf))
        overtaken = measured_at < held <= now and now - held <= self.source.max_age
        self.overtaken += overtaken
        return overtaken

    def _layout_of(self, reading: Reading, now: float) -> _Layout:
        if not reading.names:
            return self._unnamed
        names = tuple(reading.names)
        if names != self._names:
            self._names = names
            if names not in self._layouts and len(self._layouts) >= _MOST_LAYOUTS:
                self._layouts.clear()
                self._heard_at.clear()
            if names not in self._layouts:
                self._layouts[names] = _match(self.source.elements, names)
            self._named = self._layouts[names]
        self._heard_at[names] = now
        return self._named

    def _mismatch(self, values: np.ndarray | None, layout: _Layout, reading: Reading) -> str:
        """Why the values cannot be taken as ``layout`` says; empty if they can."""
        if values is None or len(values) == 0:
            return f"carries no {self.source.field}"
        if layout.unusable:
            return layout.problem
        if self.source.message == JOINT_STATE and not reading.names:
            return "carries values without joint names"
        if layout.size in (len(values), None):
            return ""
        if reading.names:
            return f"{len(values)} values for {layout.size} names"
        return f"has {len(values)} values where {layout.size} are expected"

    def _fit(self, count: int) -> None:
        if len(self.values) != count:
            self.values = np.empty(count)

    def _forget(self) -> None:
        self.values.fill(np.nan)
        self._measured_at.fill(-np.inf)
        self._ahead.fill(0.0)
        self.measured_at, self.ahead = -math.inf, 0.0


def _match(elements: Sequence[str], names: Sequence[str]) -> _Layout:
    """The layout of messages whose values are called ``names``."""
    here = [place for place, element in enumerate(elements) if element in names]
    twice = [elements[place] for place in here if names.count(elements[place]) > 1]
    missing = [element for element in elements if element not in names]
    problem = f"names {', '.join(twice)} twice" if twice else ""
    if missing and not twice:
        problem = f"has no {', '.join(missing)} (it has {', '.join(names[:20])})"
    indices = np.array([names.index(elements[place]) for place in here], dtype=int)
    places = np.array(here, dtype=int)
    return _Layout(len(names), indices, places, not missing, problem, unusable=bool(twice))


def _unnamed_layout(source: Source) -> _Layout:
    """The layout of messages that fix their elements, or whose elements have an order alone."""
    places = np.arange(len(source.elements))
    if source.is_scan:
        return _Layout(None, None, places)
    fixed = FIELDS[source.message][source.field]
    if fixed is None:
        return _Layout(len(source.elements), places, places)
    indices = np.array([fixed.index(name) for name in source.elements])
    return _Layout(len(fixed), indices, places)
