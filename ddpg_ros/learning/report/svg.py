"""Axes and marks as inline SVG, coloured and lettered by the page's own style."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from ddpg_ros.learning.report.numbers import number

_LETTER = 11.2
"""Widest a letter of a tick gets, on a phone [user units]."""
_TOP, _BOTTOM, _RIGHT = 34, 48, 14


@dataclass(frozen=True)
class Size:
    """Of a plot, and how many ticks it has room for along x and y."""

    width: int
    height: int
    x_ticks: int
    y_ticks: int


WIDE = Size(560, 310, 5, 5)
LOW = Size(560, 230, 5, 3)
SMALL = Size(260, 190, 2, 3)


class Plot:
    """One pair of linear axes.

    Args:
        name: What a person who does not see it is told, a sentence.
        x: Least and largest value along x.
        y: Least and largest value along y.
        x_label: Under the axis.
        y_label: Above the axis.
        size: In user units; the page scales it.
    """

    def __init__(
        self,
        name: str,
        x: tuple[float, float],
        y: tuple[float, float],
        x_label: str,
        y_label: str,
        size: Size = WIDE,
    ) -> None:
        kind = "plot small" if size is SMALL else "plot"
        box = f"0 0 {size.width} {size.height}"
        attributes = {"class": kind, "viewBox": box, "role": "img", "aria-label": name}
        self._svg = ElementTree.Element("svg", attributes)
        self._add("title").text = name
        self._x, self._y = x, y
        y_ticks = ticks(*y, size.y_ticks)
        longest = max((len(number(tick)) for tick in y_ticks), default=1)
        self._left, self._right = 12 + _LETTER * longest, size.width - _RIGHT
        self._top, self._bottom = _TOP, size.height - _BOTTOM
        for tick in y_ticks:
            self._line((self._left, self._v(tick)), (self._right, self._v(tick)), "rule")
            self._text(number(tick), self._left - 8, self._v(tick) + 4, "end")
        for tick in self._x_ticks(size.x_ticks):
            self._line((self._h(tick), self._bottom), (self._h(tick), self._bottom + 5), "axis")
            at_the_end = self._right - self._h(tick) < _LETTER * len(number(tick)) / 2 - _RIGHT
            anchor, at = ("end", self._right + 8) if at_the_end else ("middle", self._h(tick))
            self._text(number(tick), at, self._bottom + 22, anchor)
        self._line((self._left, self._bottom), (self._right, self._bottom), "axis")
        self._text(y_label, 0, 16, "start", "label")
        self._text(x_label, self._right, size.height - 4, "end", "label")

    def line(self, xs: Sequence[float], ys: Sequence[float], kind: str) -> None:
        """Join points, in the style of the class ``kind``."""
        points = " ".join(self._point(x, y) for x, y in zip(xs, ys, strict=True))
        self._add("polyline", {"points": points, "class": kind})

    def band(self, xs: Sequence[float], lows: Sequence[float], highs: Sequence[float]) -> None:
        """Fill what lies between two lines."""
        there = [self._point(x, y) for x, y in zip(xs, highs, strict=True)]
        back = [self._point(x, y) for x, y in zip(xs, lows, strict=True)]
        self._add("polygon", {"points": " ".join([*there, *reversed(back)]), "class": "band"})

    def dots(self, xs: Sequence[float], ys: Sequence[float], radius: float, kind: str) -> None:
        """A dot on each point."""
        for x, y in zip(xs, ys, strict=True):
            at = {"cx": f"{self._h(x):.1f}", "cy": f"{self._v(y):.1f}"}
            self._add("circle", {**at, "r": f"{radius:g}", "class": kind})

    def bars(self, low: float, high: float, values: Sequence[float]) -> None:
        """Upright bars side by side from ``low`` to ``high`` along x."""
        edge = [low + (high - low) * i / len(values) for i in range(len(values) + 1)]
        for i, value in enumerate(values):
            if value > 0:
                left, right = self._h(edge[i]), self._h(edge[i + 1])
                top = self._v(value)
                place = {"x": left + 0.5, "y": top, "width": right - left - 1}
                place["height"] = self._bottom - top
                self._add("rect", {**{k: f"{v:.1f}" for k, v in place.items()}, "class": "bar"})

    def markup(self) -> str:
        """The element, ready for a page; texts in it are escaped."""
        return ElementTree.tostring(self._svg, "unicode", short_empty_elements=False)

    def _h(self, x: float) -> float:
        low, high = self._x
        return self._left + (x - low) / (high - low) * (self._right - self._left)

    def _v(self, y: float) -> float:
        low, high = self._y
        return self._bottom - (y - low) / (high - low) * (self._bottom - self._top)

    def _point(self, x: float, y: float) -> str:
        return f"{self._h(x):.1f},{self._v(y):.1f}"

    def _line(self, start: tuple[float, float], end: tuple[float, float], kind: str) -> None:
        ends = {"x1": start[0], "y1": start[1], "x2": end[0], "y2": end[1]}
        self._add("line", {**{k: f"{v:.1f}" for k, v in ends.items()}, "class": kind})

    def _x_ticks(self, most: int) -> list[float]:
        """As many as have room beside one another; one at the end is moved by half its width."""
        for fewer in range(most, 0, -1):
            placed = ticks(*self._x, fewer)
            width = _LETTER * max((len(number(tick)) for tick in placed), default=0)
            if len(placed) < 2 or self._h(placed[1]) - self._h(placed[0]) > 1.5 * width:
                break
        return placed

    def _text(self, text: str, x: float, y: float, anchor: str, kind: str = "tick") -> None:
        place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor, "class": kind}
        self._add("text", place).text = text

    def _add(self, tag: str, attributes: dict[str, str] | None = None) -> ElementTree.Element:
        return ElementTree.SubElement(self._svg, tag, attributes or {})


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers from ``low`` to ``high``, ``most`` at most or one more."""
    raw = (high - low) / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(index * step, 12) for index in range(first, last + 1)]


def span(values: Sequence[float], margin: float = 0.06) -> tuple[float, float]:
    """From the least to the largest of ``values``, with a margin; never empty."""
    low, high = min(values), max(values)
    room = max((high - low) * margin, 1e-6 * max(1.0, abs(low), abs(high)))
    return low - room, high + room
