"""Progress in a terminal."""

from __future__ import annotations

import math

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from ddpg_ros.learning.evaluation import Evaluation
from ddpg_ros.learning.reporting import Progress, Reporter

_BAR_WIDTH = 20


class ConsoleReporter(Reporter):
    """A few lines that keep up with the run; in a pipe or a log file, a line every tenth of it."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)
        self._live: Live | None = None
        self._lines = 0
        self._latest = self._best = ""

    def progress(self, progress: Progress) -> None:
        if not self._console.is_terminal:
            self._print_tenths(progress)
            return
        if self._live is None:
            self._live = Live(console=self._console, auto_refresh=False)
            self._live.start()
        self._live.update(self._screen(progress), refresh=True)

    def evaluated(self, step: int, evaluation: Evaluation, best: bool) -> None:
        self._latest = f"{evaluation.mean:.1f} ± {evaluation.confidence:.1f}"
        if best:
            self._best = f"{evaluation.mean:.1f} at {step:,}"
        mark = ", the best so far" if best else ""
        self.message(f"{step:>9,} steps  evaluation: {evaluation}{mark}")

    def message(self, text: str) -> None:
        self._console.print(text, soft_wrap=True, markup=False)

    def warning(self, text: str) -> None:
        self._console.print(text, soft_wrap=True, markup=False, style="yellow")

    def close(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _screen(self, progress: Progress) -> Group:
        """What a person who watches wants to see, within 80 columns."""
        done = progress.step / progress.total_steps
        line = f"{done:4.0%}  {progress.step:,} of {progress.total_steps:,} steps"
        bar = Table.grid(padding=(0, 1))
        bar.add_row(
            ProgressBar(progress.total_steps, progress.step, _BAR_WIDTH),
            "  ".join([line, *_speed(progress)]),
        )
        returns = {
            "training": _number(progress.episode_return),
            "evaluation": self._latest,
            "best": self._best,
        }
        learning = {
            "Q": _number(progress.q),
            "critic's loss": _number(progress.critic_loss, ".3g"),
            "saturated": _number(progress.saturation, ".0%"),
            "noise": _number(progress.noise_std, ".2f"),
        }
        lines = [Text(_row("return", returns)), Text(_row("learning", learning))]
        if progress.ill:
            lines.append(Text(f"{'look at':10}{progress.ill}", style="yellow"))
        return Group(bar, *lines)

    def _print_tenths(self, progress: Progress) -> None:
        tenths = 10 * progress.step // progress.total_steps
        if tenths > self._lines:
            self._lines = tenths
            self.message(_described(progress))


def _described(progress: Progress) -> str:
    parts = [f"{progress.step:>9,} steps", *_speed(progress)]
    if not math.isnan(progress.episode_return):
        parts.append(f"return {progress.episode_return:.1f}")
    if not math.isnan(progress.q):
        parts.append(f"Q {progress.q:.1f}")
        parts.append(f"saturated {progress.saturation:.0%}")
    if progress.ill:
        parts.append(f"look at: {progress.ill}")
    return "  ".join(parts)


def _speed(progress: Progress) -> list[str]:
    if math.isnan(progress.seconds_left):
        return []
    return [f"{progress.steps_per_second:,.0f} steps/s", f"{_minutes(progress.seconds_left)} left"]


def _row(title: str, values: dict[str, str]) -> str:
    """A line of names and values, those that are not known left out."""
    known = [f"{name} {value}" for name, value in values.items() if value]
    return f"{title:10}{'   '.join(known)}"


def _number(value: float, form: str = ".1f") -> str:
    return "" if math.isnan(value) else f"{value:{form}}"


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
