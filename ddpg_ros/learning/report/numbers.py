"""Numbers as a page shows them."""

from __future__ import annotations

import math


def number(value: float | None, digits: int = 4) -> str:
    """So many digits, thousands apart, a true minus; a dash where there is no number."""
    if value is None or not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        text = f"{value:,.0f}"
    elif abs(value) >= 1e-4:
        text = f"{value:.{digits}g}"
    else:
        text = f"{value:.1e}"
    return text.replace("-", "−")


def percent(share: float) -> str:
    """A share of a whole."""
    digits = 1 if 0.99 < share < 1 or 0 < share < 0.01 else 0
    return f"{100 * share:.{digits}f} %"


def duration(seconds: float) -> str:
    """A time [s] in the unit that suits it."""
    if seconds >= 5400:
        return f"{number(seconds / 3600, 3)} hours"
    if seconds >= 120:
        return f"{number(seconds / 60, 3)} minutes"
    return f"{number(seconds, 3)} s"
