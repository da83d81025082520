"""The folder of a training run: what lies where, and its small files."""

from __future__ import annotations

import json
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from ddpg_ros.errors import CheckpointError, ConfigError, reason_of
from ddpg_ros.learning.atomic import write_atomically
from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.evaluation import Evaluation
from ddpg_ros.learning.flown_episodes import FlownEpisode, read_episodes, write_episodes
from ddpg_ros.learning.job import Job
from ddpg_ros.worlds import Randomisation


@dataclass(frozen=True)
class RunFolder:
    """Paths of a run."""

    path: Path

    @staticmethod
    def create(path: str | Path, world: str) -> RunFolder:
        """A fresh folder: ``path``, or ``runs/WORLD-DATE-TIME`` if it is empty.

        Raises:
            ConfigError: There is a run in it already.
        """
        name = world.replace(":", ".").replace("/", ".")
        folder = RunFolder(Path(path or f"runs/{name}-{time.strftime('%Y%m%d-%H%M%S')}"))
        if folder.config.exists():
            raise ConfigError(
                f"run folder {folder.path}: holds a run already. Continue it with "
                f"--resume {folder.path}, or name another folder."
            )
        try:
            folder.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"run folder {folder.path}: cannot be made ({error}).") from None
        return folder

    @property
    def config(self) -> Path:
        """World, ranges and resolved configuration, JSON."""
        return self.path / "config.json"

    @property
    def checkpoint(self) -> Path:
        """The latest checkpoint."""
        return self.path / "checkpoint.pt"

    @property
    def contract(self) -> Path:
        """A copy of the user's contract file, where there is one."""
        return self.path / "contract.yaml"

    @property
    def metrics(self) -> Path:
        """Metrics by step, CSV."""
        return self.path / "metrics.csv"

    @property
    def tensorboard(self) -> Path:
        """TensorBoard's event files."""
        return self.path / "tensorboard"

    @property
    def health(self) -> Path:
        """What looked wrong while it trained, JSON."""
        return self.path / "health.json"

    @property
    def learning_curve(self) -> Path:
        """The return by step, PNG."""
        return self.path / "learning_curve.png"

    @property
    def diverged_batch(self) -> Path:
        """The batch in which a number stopped being finite."""
        return self.path / "diverged_batch.pt"

    @property
    def evaluation(self) -> Path:
        """The evaluation after training, JSON."""
        return self.path / "evaluation.json"

    @property
    def episodes(self) -> Path:
        """Each episode of that evaluation, CSV."""
        return self.path / "evaluation.csv"

    @property
    def policy(self) -> Path:
        """The exported policy."""
        return self.path / "policy.onnx"

    @property
    def sweep(self) -> Path:
        """What ``ddpg-ros evaluate --sweep`` found of the exported policy, JSON."""
        return self.path / "policy_sweep" / "sweep.json"

    @property
    def report(self) -> Path:
        """The page that shows the run."""
        return self.path / "report.html"

    @property
    def report_data(self) -> Path:
        """What that page shows, JSON."""
        return self.path / "report.json"

    def save_job(self, job: Job, config: DdpgConfig) -> Job:
        """Write down what is trained, and how; the job, its contract file a copy in here."""
        if job.contract_file:
            shutil.copyfile(job.contract_file, self.contract)
            job = replace(job, contract_file=str(self.contract))
        content = {
            "world": job.world,
            "contract_file": self.contract.name if job.contract_file else "",
            "randomisation": job.randomisation.changed(),
            "options": job.options,
            "preset": job.preset,
            "config": config.to_dict(),
        }
        self._write_json(self.config, content)
        return job

    def clear_unbegun(self) -> None:
        """Take away what :meth:`save_job` wrote where no step was made: it can be begun again."""
        if not self.metrics.exists():
            self.config.unlink(missing_ok=True)
            self.contract.unlink(missing_ok=True)
            with suppress(OSError):  # it was there before, with something in it
                self.path.rmdir()

    def load_job(self) -> tuple[Job, DdpgConfig]:
        """What is trained here, and how.

        Raises:
            CheckpointError: There is no run here.
        """
        try:
            content = json.loads(self.config.read_text())
            own = content["contract_file"]
            contract_file = str(self.path / own) if own else ""
            ranges = Randomisation.from_dict(content.get("randomisation", {}))
            job = Job(
                content["world"],
                contract_file,
                ranges,
                content.get("options", {}),
                content.get("preset", ""),
            )
            return job, DdpgConfig.from_dict(content["config"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            absent = isinstance(error, FileNotFoundError | NotADirectoryError)
            why = "" if absent else f" ({error})"
            raise CheckpointError(
                f"{self.path}: no training run is kept here{why}. Name the folder that "
                "'ddpg-ros train' printed, which holds a config.json."
            ) from None

    def usual_config(self) -> DdpgConfig | None:
        """Those of the preset that was started from; None where that is not written down."""
        return self.load_job()[0].usual if self.config.exists() else None

    def save_diverged_batch(self, batch: dict[str, Any]) -> None:
        """Keep the arrays in which a number stopped being finite, by name."""
        tensors = {name: torch.as_tensor(values) for name, values in batch.items()}
        write_atomically(self.diverged_batch, lambda path: torch.save(tensors, path))

    def save_evaluation(self, evaluation: Evaluation) -> None:
        """Write the evaluation after training."""
        write_episodes(self.episodes, evaluation)
        self._write_json(self.evaluation, evaluation.summary())

    def load_evaluation(self) -> dict[str, Any]:
        """The evaluation after training; empty before."""
        if not self.evaluation.exists():
            return {}
        summary: dict[str, Any] = json.loads(self.evaluation.read_text())
        return summary

    def save_findings(self, findings: list[dict[str, Any]]) -> None:
        """Write what looked wrong so far."""
        self._write_json(self.health, findings)

    def load_findings(self) -> list[dict[str, Any]]:
        """What looked wrong so far; empty if nothing did."""
        if not self.health.exists():
            return []
        findings: list[dict[str, Any]] = json.loads(self.health.read_text())
        return findings

    def load_episodes(self) -> list[FlownEpisode]:
        """The episodes of the evaluation after training.

        Raises:
            CheckpointError: There has been none, or an earlier ddpg_ros made it.
        """
        try:
            return read_episodes(self.episodes)
        except (OSError, ValueError) as error:
            raise CheckpointError(
                f"{self.episodes}: the episodes of the evaluation cannot be read "
                f"({reason_of(error)}). "
                f"Finish the run with 'ddpg-ros train --resume {self.path}', which evaluates it."
            ) from None

    @staticmethod
    def _write_json(path: Path, content: Any) -> None:
        text = json.dumps(content, indent=2) + "\n"
        write_atomically(path, lambda partial: partial.write_text(text))
