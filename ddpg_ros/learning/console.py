"""Progress in a terminal."""

from __future__ import annotations

import math

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from ddpg_ros.learning.evaluation import Evaluation
from ddpg_ros.learning.reporting import Progress, Reporter


class ConsoleReporter(Reporter):
    """A progress bar; in a pipe or a log file, a line every tenth of the run."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)
        self._bar: Bar | None = None
        self._lines = 0

    def progress(self, progress: Progress) -> None:
        if not self._console.is_terminal:
            self._print_tenths(progress)
            return
        if self._bar is None:
            self._bar = Bar(
                BarColumn(bar_width=24),
                TextColumn("{task.description}"),
                TimeElapsedColumn(),
                console=self._console,
            )
            self._bar.start()
            self._bar.add_task("", total=progress.total_steps)
        task = self._bar.task_ids[0]
        self._bar.update(task, completed=progress.step, description=_described(progress))

    def evaluated(self, step: int, evaluation: Evaluation, best: bool) -> None:
        mark = ", the best so far" if best else ""
        self.message(f"{step:>9,} steps  evaluation: {evaluation}{mark}")

    def message(self, text: str) -> None:
        self._console.print(text, soft_wrap=True, markup=False)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _print_tenths(self, progress: Progress) -> None:
        tenths = 10 * progress.step // progress.total_steps
        if tenths > self._lines:
            self._lines = tenths
            self.message(_described(progress))


def _described(progress: Progress) -> str:
    parts = [f"{progress.step:>9,} steps"]
    if not math.isnan(progress.seconds_left):
        parts.append(f"{progress.steps_per_second:,.0f} steps/s")
        parts.append(f"{_minutes(progress.seconds_left)} left")
    if not math.isnan(progress.episode_return):
        parts.append(f"return {progress.episode_return:.1f}")
    if not math.isnan(progress.q):
        parts.append(f"Q {progress.q:.1f}")
        parts.append(f"saturated {progress.saturation:.0%}")
    return "  ".join(parts)


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
