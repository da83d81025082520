"""The figures of a report, each from a part of its data."""

from __future__ import annotations

from typing import Any

from ddpg_ros.learning.report.numbers import number, percent
from ddpg_ros.learning.report.svg import LOW, SMALL, WIDE, Plot, Size, span

_SIGNS = {
    "q": "Mean Q of the batches",
    "critic_loss": "Critic loss",
    "saturation": "Saturated actions",
}


def learning_curve(learning: dict[str, Any], best_step: int) -> str | None:
    """Return by step, with noise and without; None where the metrics are empty."""
    noisy, judged = learning["training"], learning["evaluation"]
    means, halves = judged["mean"], judged["confidence_95"]
    lows = [mean - half for mean, half in zip(means, halves, strict=True)]
    highs = [mean + half for mean, half in zip(means, halves, strict=True)]
    steps = [*noisy["step"], *judged["step"]]
    if not steps:
        return None
    best = [(s, m) for s, m in zip(judged["step"], means, strict=True) if s == best_step]
    kept = "".join(f", {number(mean)}," for _, mean in best)
    name = (
        f"Return by training step. Evaluations without noise go from {number(means[0])} to "
        f"{number(means[-1])}; the best{kept} is at step {number(best_step)}."
        if means
        else "Return by training step, with noise."
    )
    heights = span([*noisy["value"], *lows, *highs])
    plot = Plot(name, (0, max(steps)), heights, "training steps", "return", WIDE)
    plot.line(noisy["step"], noisy["value"], "quiet")
    if means:
        plot.band(judged["step"], lows, highs)
        plot.line(judged["step"], means, "strong")
        if len(means) <= 60:
            plot.dots(judged["step"], means, 2.5, "dot")
        plot.dots([s for s, _ in best], [m for _, m in best], 6, "ring")
    return plot.markup()


def signs(learning: dict[str, Any]) -> list[str]:
    """What the networks did meanwhile, a small plot each."""
    drawn = []
    for name, label in _SIGNS.items():
        series = learning["signs"][name]
        steps, values = series["step"], series["value"]
        if len(steps) > 1:
            told = f"{label} by training step, from {number(values[0])} to {number(values[-1])}."
            heights = (0.0, 1.0) if name == "saturation" else span([0.0, *values], 0.04)
            plot = Plot(told, (0, max(steps)), heights, "training steps", label, SMALL)
            plot.line(steps, values, "strong")
            drawn.append(plot.markup())
    return drawn


def returns(evaluation: dict[str, Any]) -> str:
    """How the returns of the evaluation are spread."""
    found = evaluation["returns"]
    name = (
        f"Returns of {evaluation['episodes']} evaluation episodes, between "
        f"{number(evaluation['min'])} and {number(evaluation['max'])}, "
        f"{number(evaluation['mean'])} in the mean."
    )
    return _histogram(found, name, "return", "share of the episodes", LOW)


def values(compared: dict[str, Any]) -> str:
    """Q against what followed, a dot a state."""
    q, followed = compared["q"], compared["monte_carlo"]
    both = span([*q, *followed])
    name = (
        f"Value by the critic against the discounted return that followed, {len(q)} states. "
        f"The critic says {number(compared['mean_q'])} in the mean, "
        f"{number(compared['mean_monte_carlo'])} followed."
    )
    plot = Plot(name, both, both, "discounted return that followed", "Q, what the critic said")
    plot.line(both, both, "guide")
    plot.dots(followed, q, 2.6, "point")
    return plot.markup()


def commands(elements: list[dict[str, Any]]) -> list[str]:
    """How often which command was chosen, a plot an element."""
    drawn = []
    for element in elements:
        name = (
            f"Commands to {element['name']}: {number(element['mean'])} in the mean, deviation "
            f"{number(element['std'])}, {percent(element['saturated'])} at an end of the range."
        )
        label = f"{element['name']} [{element['unit']}]" if element["unit"] else element["name"]
        if len(elements) == 1:
            drawn.append(_histogram(element, name, label, "share of the commands", LOW))
        else:
            drawn.append(_histogram(element, name, "", label, SMALL))
    return drawn


def _histogram(found: dict[str, Any], name: str, x_label: str, y_label: str, size: Size) -> str:
    ends, shares = (found["low"], found["high"]), found["share"]
    plot = Plot(name, ends, (0.0, max(shares) * 1.05), x_label, y_label, size)
    plot.bars(*ends, shares)
    return plot.markup()
