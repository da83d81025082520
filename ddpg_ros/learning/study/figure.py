"""A study as a picture: learning curves, and how good each variant is in the end."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib import colormaps
from matplotlib.figure import Figure

from ddpg_ros.learning.atomic import write_atomically
from ddpg_ros.learning.study.study import Study
from ddpg_ros.learning.study.summary import VariantSummary
from ddpg_ros.learning.study.tables import commits

_ENOUGH_SEEDS = 5
"""Of fewer no conclusion should be drawn."""

_MANY = 6
_DASHES = ("solid", "dashed", "dotted")
"""Of more than so many curves, neighbours differ in their dashes too."""


def draw_study(
    picture: Path, study: Study, summaries: Sequence[VariantSummary], table: Path
) -> None:
    """Draw a study into a PNG.

    Its metadata hold what it shows as ``Description``, and as ``Source`` the digest of the CSV that
    it was made with.

    Args:
        picture: The PNG.
        study: What was asked.
        summaries: What was found, a variant each.
        table: The CSV of the same.
    """
    figure = Figure(figsize=(10, max(3.6, 1.6 + 0.34 * len(summaries))), layout="constrained")
    curves, scores = figure.subplots(1, 2, width_ratios=(3, 2))
    colours = _colours(study, len(summaries))
    for place, (summary, colour) in enumerate(zip(summaries, colours, strict=True)):
        dashes = _DASHES[place % len(_DASHES)] if len(summaries) > _MANY else "solid"
        curves.plot(summary.steps, summary.curve.value, color=colour, linestyle=dashes)
        curves.fill_between(
            summary.steps, summary.curve.low, summary.curve.high, color=colour, alpha=0.15, lw=0
        )
        _draw_score(scores, place, summary, colour, dashes)
    curves.set(xlabel="steps", ylabel="return without noise")
    curves.set_title("colours and dashes as on the right", loc="left", fontsize=8, color="0.35")
    scores.set(xlabel="final return", yticks=range(len(summaries)))
    scores.set_yticklabels([_label(summary) for summary in summaries])
    scores.invert_yaxis()
    scores.margins(x=0.15, y=0.1)
    for axes in (curves, scores):
        axes.grid(alpha=0.3)
    caption = describe(study, summaries)
    figure.suptitle(study.question, fontsize=11)
    figure.supxlabel(caption, fontsize=8, color="0.35")
    digest = hashlib.sha256(table.read_bytes()).hexdigest()
    metadata = {"Title": study.question, "Description": caption, "Source": digest, "Software": None}
    write_atomically(
        picture, lambda path: figure.savefig(path, format="png", dpi=110, metadata=metadata)
    )


def describe(study: Study, summaries: Sequence[VariantSummary]) -> str:
    """A line that says what the figure was made from."""
    shown = re.sub(r"([0-9a-f]{8})[0-9a-f]+", r"\1", commits(summaries))
    shares = f"{study.seeds} seeds: interquartile mean, bootstrap 95 % interval"
    seeds = shares if study.seeds > 1 else "1 seed: no interval"
    look = "" if study.seeds >= _ENOUGH_SEEDS else ", a look, not evidence"
    return f"{study.world}, {study.steps:,} steps, {seeds}{look}; commit {shown}"


def _colours(study: Study, count: int) -> list[Any]:
    """In order where one number goes from low to high, distinct otherwise."""
    if study.varies:
        return [colormaps["viridis"](0.92 * place / max(1, count - 1)) for place in range(count)]
    return [colormaps["tab10" if count <= 10 else "tab20"](place) for place in range(count)]


def _draw_score(axes: Any, place: int, summary: VariantSummary, colour: Any, dashes: str) -> None:
    value, low, high = (float(v[0]) for v in vars(summary.final).values())
    axes.plot([low, high], [place, place], color=colour, lw=4, alpha=0.4, solid_capstyle="butt")
    axes.plot([low, high], [place, place], color=colour, linestyle=dashes)
    axes.plot([value], [place], "o", color=colour)


def _label(summary: VariantSummary) -> str:
    if not summary.diverged:
        return summary.name
    return f"{summary.name} ({summary.diverged} of {len(summary.outcomes)} diverged)"
