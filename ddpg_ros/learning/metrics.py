"""Metrics of a run, by step, as CSV and for TensorBoard."""

from __future__ import annotations

import csv
import math
from pathlib import Path

from torch.utils.tensorboard import SummaryWriter

from ddpg_ros.learning.atomic import write_atomically

COLUMNS = (
    "step",
    "episode_return",
    "episode_length",
    "evaluation_return",
    "evaluation_confidence",
    "critic_loss",
    "actor_loss",
    "q",
    "q_minus_monte_carlo",
    "saturation",
    "noise_std",
    "largest_reward",
    "steps_per_second",
)
"""Columns of the CSV file; a cell is empty where a row does not have the metric."""

GROUPS = {
    "1_return": ("episode_return", "evaluation_return"),
    "2_q_and_saturation": ("q", "saturation"),
    "3_losses_and_speed": ("critic_loss", "actor_loss", "steps_per_second"),
}
"""TensorBoard sorts groups by name and opens the first two: what a person wants to see first."""

_REST = "4_more"

_LOOK = "1_return/LOOK_{}_words_in_TEXT"
"""TensorBoard's name for a sign of an ill run; capitals make it the first chart to be seen."""


def tag(column: str) -> str:
    """The name of a column in TensorBoard."""
    group = next((group for group, columns in GROUPS.items() if column in columns), _REST)
    return f"{group}/{column}"


LAYOUT = {
    "a run at a glance": {
        "return": ["Multiline", [tag("evaluation_return"), tag("episode_return")]],
        "Q and its error": ["Multiline", [tag("q"), tag("q_minus_monte_carlo")]],
        "losses": ["Multiline", [tag("critic_loss"), tag("actor_loss")]],
        "saturation and noise": ["Multiline", [tag("saturation"), tag("noise_std")]],
        "speed": ["Multiline", [tag("steps_per_second")]],
    }
}
"""The charts of TensorBoard's tab of custom scalars: what belongs together in one picture."""


class Metrics:
    """Writes rows to both places; a resumed run goes on after the checkpoint's step.

    Args:
        csv_path: The CSV file.
        tensorboard_path: The folder of TensorBoard's event files.
        first_step: Rows beyond this step were written after the checkpoint; they are dropped.
    """

    def __init__(self, csv_path: Path, tensorboard_path: Path, first_step: int) -> None:
        rows = [row for row in read_metrics(csv_path) if int(row["step"]) <= first_step]
        write_atomically(csv_path, lambda path: _write_rows(path, rows))
        self._file = csv_path.open("a", newline="")
        self._csv = csv.DictWriter(self._file, COLUMNS)
        self._tensorboard = SummaryWriter(str(tensorboard_path), purge_step=first_step + 1)
        self._tensorboard.add_custom_scalars(LAYOUT)

    def write(self, step: int, values: dict[str, float]) -> None:
        """Add a row; values that are NaN are left out."""
        known = {name: value for name, value in values.items() if not math.isnan(value)}
        self._csv.writerow({"step": step, **known})
        self._file.flush()
        for name, value in known.items():
            self._tensorboard.add_scalar(tag(name), value, step)

    def mark(self, sign: str, present: bool, step: int) -> None:
        """Show, in TensorBoard alone, whether a sign of an ill run is there."""
        self._tensorboard.add_scalar(_LOOK.format(sign), float(present), step)

    def describe(self, title: str, text: str, step: int) -> None:
        """Add a text, Markdown, to TensorBoard alone."""
        self._tensorboard.add_text(title, text, step)
        self._tensorboard.flush()

    def close(self) -> None:
        """Close both."""
        self._file.close()
        self._tensorboard.close()


def read_metrics(path: Path) -> list[dict[str, str]]:
    """The rows of a metrics file, none if there is no file."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["step"]]


def _write_rows(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
