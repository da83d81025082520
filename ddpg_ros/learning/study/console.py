"""The progress of a study in a terminal."""

from __future__ import annotations

import time

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ddpg_ros.learning.study.outcome import Outcome
from ddpg_ros.learning.study.processes import Finished


class StudyConsole:
    """A bar over all trainings; a line for each of them, in a pipe too.

    Args:
        total: Trainings of the study.
        kept: Those that were finished before.
        steps: Steps of each.
    """

    def __init__(self, total: int, kept: int, steps: int) -> None:
        self._console = Console(highlight=False, stderr=True)
        self._total, self._done, self._kept, self._steps = total, kept, kept, steps
        self._started = time.monotonic()
        columns = (BarColumn(24), MofNCompleteColumn(), TextColumn("{task.description}"))
        self._bar = Progress(*columns, TimeElapsedColumn(), console=self._console)
        self._task = self._bar.add_task("", total=total, completed=kept)
        if self._console.is_terminal:
            self._bar.start()
        if kept:
            self.message(f"{kept} of {total} trainings are kept from before")

    def finished(self, finished: Finished) -> None:
        """A training came to its end."""
        self._done += 1
        training = finished.training
        self.message(
            f"{self._done:>4} of {self._total}  {training.variant}, seed {training.config.seed}: "
            f"{_described(finished.outcome)}"
        )

    def running(self, steps: int) -> None:
        """``steps`` of the trainings that run have been taken."""
        if not self._console.is_terminal:
            return
        done = self._done + steps / self._steps
        fresh, seconds = done - self._kept, time.monotonic() - self._started
        left = (self._total - done) * seconds / fresh if fresh > 0 else None
        text = "" if left is None else f"{int(left) // 60}:{int(left) % 60:02d} left"
        self._bar.update(self._task, completed=self._done, description=text)

    def message(self, text: str) -> None:
        """Something a person should know."""
        self._console.print(text, soft_wrap=True, markup=False)

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._console.is_terminal:
            self._bar.stop()


def _described(outcome: Outcome) -> str:
    score = f"return {outcome.rows[-1].score:.1f}" if outcome.rows else "no evaluation"
    notes = [score, f"{outcome.seconds:.0f} s"]
    if outcome.error:
        notes.append("stopped: a number was not finite")
    elif outcome.diverged:
        notes.append(
            f"diverged: |Q| {outcome.largest_q:.3g} where {outcome.q_bound:.3g} is possible"
        )
    return ", ".join(notes)
