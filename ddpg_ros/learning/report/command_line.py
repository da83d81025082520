"""The command that trains a run again."""

from __future__ import annotations

import shlex
from typing import Any

from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.job import Job


def training_command(job: Job, config: DdpgConfig) -> str:
    """What to type; what the preset says already is left out."""
    words = ["ddpg-ros", "train", job.world]
    if job.contract_file:
        words += ["--contract", job.contract_file]
    for name, ends in job.randomisation.changed().items():
        words += ["--vary", f"{name}={','.join(map(repr, ends))}"]
    for name, value in job.options.items():
        words += _flag(name, value)
    if job.preset:
        words += ["--preset", job.preset]
    usual = job.usual.to_dict()
    for name, value in config.to_dict().items():
        if value != usual[name]:
            words += _flag(name, value)
    return shlex.join(words)


def _flag(name: str, value: Any) -> list[str]:
    flag = name.replace("_", "-")
    if isinstance(value, bool):
        return [f"--{flag}" if value else f"--no-{flag}"]
    if isinstance(value, list):
        return [f"--{flag}", *map(str, value)]
    return [f"--{flag}", str(value)]
