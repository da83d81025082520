"""Where the trainings of a study are kept, each in a file of its own."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from ddpg_ros.errors import ConfigError
from ddpg_ros.learning.atomic import write_atomically
from ddpg_ros.learning.study.outcome import Outcome
from ddpg_ros.learning.study.training import Training


@dataclass(frozen=True)
class Results:
    """Paths of a study.

    Args:
        out: The folder for the studies.
        name: What the study is called.
    """

    out: Path
    name: str

    @property
    def summary(self) -> Path:
        """A row for each variant, CSV."""
        return self.out / f"{self.name}.csv"

    @property
    def figure(self) -> Path:
        """Learning curves and scores, PNG."""
        return self.out / f"{self.name}.png"

    @property
    def curves(self) -> Path:
        """A row for each evaluation of each training, CSV."""
        return self.out / "curves" / f"{self.name}.csv"

    @property
    def trainings(self) -> Path:
        """What is kept of trainings; one that several studies ask for is run once."""
        return self.out / "trainings"

    def file_of(self, training: Training) -> Path:
        """What is kept of a training, JSON."""
        world = re.sub(r"[^\w.-]+", "_", training.world)
        return self.trainings / f"{world}.seed{training.config.seed}.{training.digest}.json"

    def make(self) -> None:
        """Make the folders.

        Raises:
            ConfigError: They cannot be made.
        """
        try:
            self.trainings.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"--out {self.out}: cannot be made ({error.strerror}).") from None

    def save(self, training: Training, outcome: Outcome) -> None:
        """Keep what a training left."""
        content = {
            "world": training.world,
            **outcome.to_dict(),
            "config": training.config.to_dict(),
        }
        text = json.dumps(content, indent=1) + "\n"
        write_atomically(self.file_of(training), lambda partial: partial.write_text(text))

    def load(self, training: Training) -> Outcome | None:
        """What the training left; None if it is still to be run, or its file is damaged."""
        try:
            return Outcome.from_dict(json.loads(self.file_of(training).read_text()))
        except (OSError, ValueError, KeyError, TypeError):
            return None
