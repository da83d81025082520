"""One training of a study."""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ddpg_ros.errors import TrainingDiverged
from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.job import Job
from ddpg_ros.learning.loop import Trainer
from ddpg_ros.learning.metrics import read_metrics
from ddpg_ros.learning.provenance import describe_origin
from ddpg_ros.learning.reporting import Progress, Reporter
from ddpg_ros.learning.run_folder import RunFolder
from ddpg_ros.learning.stop_request import StopRequest
from ddpg_ros.learning.study.outcome import Course, Outcome
from ddpg_ros.learning.training import simulated_world


@dataclass(frozen=True)
class Training:
    """One variant with one seed.

    Args:
        variant: Its name.
        world: The world's name.
        contract_file: The user's contract for it; empty for none.
        config: Everything else.
    """

    variant: str
    world: str
    contract_file: str
    config: DdpgConfig

    @property
    def job(self) -> Job:
        """What it trains on."""
        return Job(self.world, self.contract_file)

    @property
    def digest(self) -> str:
        """The same for the same world, contract and configuration, and for no other."""
        contract = Path(self.contract_file).read_text() if self.contract_file else ""
        text = json.dumps([self.world, contract, self.config.to_dict()], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def run(
        self, request: StopRequest, tell: Callable[[int], None] = lambda step: None
    ) -> Outcome | None:
        """Train to the end, or to where a number is not finite; None if asked to stop first.

        Args:
            request: Asks it to stop.
            tell: Hears now and then how many steps there have been.
        """
        started, error = time.monotonic(), ""
        with tempfile.TemporaryDirectory(prefix="ddpg_ros_study_") as path:
            folder = RunFolder(Path(path))
            trainer = Trainer(
                folder, self.config, lambda: simulated_world(self.job), _Teller(tell), request
            )
            try:
                if not trainer.run():
                    return None
            except TrainingDiverged as stopped:
                error = str(stopped)
            finally:
                trainer.close()
            course = Course.read(read_metrics(folder.metrics))
        return Outcome(
            rows=course.rows,
            largest_q=course.largest_q,
            q_bound=self.config.value_bound(course.largest_reward),
            error=error,
            seconds=time.monotonic() - started,
            commit=describe_origin()["git_commit"],
        )


class _Teller(Reporter):
    def __init__(self, tell: Callable[[int], None]) -> None:
        self._tell = tell

    def progress(self, progress: Progress) -> None:
        self._tell(progress.step)
