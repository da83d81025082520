"""Do the presets learn: the package's pendulum and Gymnasium's, three seeds each."""

from __future__ import annotations

import dataclasses
import tempfile
from typing import Any

from ddpg_ros.learning.job import Job
from ddpg_ros.learning.presets import load_preset
from ddpg_ros.learning.reporting import Reporter
from ddpg_ros.learning.stop_request import StopRequest
from ddpg_ros.learning.training import start_training

_SEEDS = (1, 2, 3)
_WORLDS = ("pendulum", "Pendulum-v1")


def measure() -> dict[str, Any]:
    """Train each preset with each seed; evaluate the best policy on 100 unseen seeds."""
    return {world: [_train(world, seed) for seed in _SEEDS] for world in _WORLDS}


def _train(world: str, seed: int) -> dict[str, Any]:
    config = dataclasses.replace(load_preset(world), seed=seed)
    folder = tempfile.mkdtemp() + "/run"
    result = start_training(Job(world), config, folder, Reporter(), StopRequest())
    assert result.evaluation is not None
    print(
        f"{world}, seed {seed}: {result.seconds:.1f} s of training; {result.evaluation}", flush=True
    )
    summary = result.evaluation.summary()
    return {"seed": seed, "steps": config.total_steps, "train_seconds": result.seconds, **summary}
