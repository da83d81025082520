"""Tables of text, for people."""

from __future__ import annotations

import math
from collections.abc import Sequence


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines with the cells of ``rows`` in columns, indented by two blanks."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  "
        + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def short(value: float) -> str:
    """Four digits of ``value``; a dash where it says nothing, infinite or not a number."""
    return f"{value:.4g}" if math.isfinite(value) else "-"
