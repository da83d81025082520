"""What a report is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ddpg_ros.contract import Contract
from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.job import Job
from ddpg_ros.learning.run_folder import RunFolder
from ddpg_ros.worlds import ROS, World, make_world


@dataclass(frozen=True)
class FinishedRun:
    """A run that was evaluated and exported.

    Args:
        folder: Where it is kept.
        job: What it was trained on.
        config: The hyperparameters.
        contract: What its policy reads and drives.
        best: What it kept of the moment of its best policy.
        provenance: Where the policy file comes from, as that says.
    """

    folder: RunFolder
    job: Job
    config: DdpgConfig
    contract: Contract
    best: dict[str, Any]
    provenance: dict[str, Any]

    @property
    def live(self) -> bool:
        """Whether it was trained on a robot outside this process."""
        return self.job.world == ROS

    def make_world(self) -> World:
        """Its world as it was evaluated in; one that draws, where that can be had."""
        try:
            world = self._make_world(render=True)
        except Exception:  # an environment may refuse to be made for pictures
            world = self._make_world(render=False)
        return world.remember(self.contract.history)

    def _make_world(self, render: bool) -> World:
        job = self.job
        return make_world(job.world, job.contract_file, render, randomisation=job.randomisation)
