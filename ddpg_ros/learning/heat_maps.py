"""The grid of a sweep as pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from ddpg_ros.learning.atomic import write_atomically
from ddpg_ros.learning.sweep import SUCCESS, Axis, Sweep, percent

_COLOURS = "RdYlBu"
_DARK_WITHIN = 0.15
"""Of either end of the colours, where black digits cannot be read."""


def draw_heat_maps(sweep: Sweep, folder: Path, title: str) -> list[Path]:
    """Draw each two axes of ``sweep`` into ``folder/ONE-OTHER.png``; the files."""
    return [_draw(sweep, one, other, folder, title) for one, other in sweep.pairs()]


def _draw(sweep: Sweep, one: Axis, other: Axis, folder: Path, title: str) -> Path:
    scores = np.array(
        [[sweep.at(**{one.name: x, other.name: y}) for x in one.values] for y in other.values]
    )
    figure = Figure(figsize=(5, 4), layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(scores, vmin=0.0, vmax=1.0, cmap=_COLOURS, origin="lower", aspect="auto")
    for row, line in enumerate(scores):
        for column, score in enumerate(line):
            dark = score < _DARK_WITHIN or score > 1.0 - _DARK_WITHIN
            colour = "white" if dark else "black"
            axes.text(column, row, percent(score), ha="center", va="center", color=colour)
    axes.set_xticks(range(len(one.values)), [f"{value:g}" for value in one.values])
    axes.set_yticks(range(len(other.values)), [f"{value:g}" for value in other.values])
    axes.set(title=title, xlabel=f"{one.name} [{one.unit}]", ylabel=f"{other.name} [{other.unit}]")
    label = "success rate" if sweep.judged_by == SUCCESS else sweep.judged_by
    figure.colorbar(image, ax=axes, label=label)
    path = folder / f"{one.name}-{other.name}.png"
    write_atomically(path, lambda partial: figure.savefig(partial, format="png", dpi=100))
    return path
