"""The episodes of an evaluation, one by one, as CSV."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from ddpg_ros.learning.atomic import write_atomically
from ddpg_ros.learning.evaluation import Evaluation

_COLUMNS = ("seed", "return", "length", "outcome")


@dataclass(frozen=True)
class FlownEpisode:
    """An episode of an evaluation.

    Args:
        seed: What the world was reset with.
        total: The return.
        length: How many steps it took.
        outcome: How it ended.
    """

    seed: int
    total: float
    length: int
    outcome: str


def write_episodes(path: Path, evaluation: Evaluation) -> None:
    """Write each episode of ``evaluation``; numbers are kept to their last digit."""
    one = evaluation
    rows = zip(one.seeds, one.returns, one.lengths, one.outcomes, strict=True)

    def write(partial: Path) -> None:
        with partial.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([_COLUMNS, *rows])

    write_atomically(path, write)


def read_episodes(path: Path) -> list[FlownEpisode]:
    """What :func:`write_episodes` wrote.

    Raises:
        OSError: The file cannot be read.
        ValueError: It holds something else.
    """
    with path.open(newline="", encoding="utf-8") as file:
        _, *rows = csv.reader(file)
    return [
        FlownEpisode(int(seed), float(total), int(length), outcome)
        for seed, total, length, outcome in rows
    ]
