"""The learning curve of a run, as a picture."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure

from ddpg_ros.learning.atomic import write_atomically
from ddpg_ros.learning.metrics import read_metrics


def draw_learning_curve(metrics: Path, picture: Path, title: str) -> None:
    """Draw the return by step, with and without noise, from a metrics CSV into a PNG."""
    rows = read_metrics(metrics)
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    noisy = [(int(r["step"]), float(r["episode_return"])) for r in rows if r["episode_return"]]
    if noisy:
        axes.plot(*zip(*noisy, strict=True), color="0.7", label="training, with noise")
    evaluated = [
        (int(r["step"]), float(r["evaluation_return"]), float(r["evaluation_confidence"]))
        for r in rows
        if r["evaluation_return"]
    ]
    if evaluated:
        steps, means, halves = (list(column) for column in zip(*evaluated, strict=True))
        low = [mean - half for mean, half in zip(means, halves, strict=True)]
        high = [mean + half for mean, half in zip(means, halves, strict=True)]
        axes.fill_between(steps, low, high, alpha=0.25, color="tab:blue", linewidth=0)
        axes.plot(steps, means, "o-", color="tab:blue", label="evaluation, mean and 95 % interval")
    axes.set(title=title, xlabel="steps", ylabel="return")
    axes.grid(alpha=0.3)
    if noisy or evaluated:
        axes.legend(loc="lower right")
    write_atomically(picture, lambda path: figure.savefig(path, format="png", dpi=120))
