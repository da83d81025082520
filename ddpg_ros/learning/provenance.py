"""Where a policy comes from: its run, versions, commit, machine."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ddpg_ros.learning.config import DdpgConfig
    from ddpg_ros.learning.job import Job
    from ddpg_ros.learning.run_folder import RunFolder

_PACKAGES = ("torch", "numpy", "gymnasium", "mujoco", "onnxruntime")


def describe_origin() -> dict[str, Any]:
    """Versions, commit and time, as JSON values."""
    versions = {name: _version(name) for name in _PACKAGES}
    return {
        "ddpg_ros": _version("ddpg_ros"),
        "git_commit": _commit(),
        "python": platform.python_version(),
        "machine": _machine(),
        "versions": versions,
        "exported_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def describe_run(
    folder: RunFolder, job: Job, config: DdpgConfig, best: dict[str, Any]
) -> dict[str, Any]:
    """What a policy file says of the run it comes from, as JSON values.

    Args:
        folder: Where the run is kept.
        job: What was trained on.
        config: The hyperparameters.
        best: What the run kept of the moment of its best policy.
    """
    return {
        "world": job.world,
        "contract_file": str(Path(job.contract_file).resolve()) if job.contract_file else "",
        "randomisation": job.randomisation.changed(),
        "run": folder.path.name,
        "steps": best["step"],
        "seed": config.seed,
        "config": config.to_dict(),
        "evaluation": folder.load_evaluation(),
        **describe_origin(),
    }


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _machine() -> str:
    """System and processor, with its name where the system tells it."""
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return machine
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{machine}, {names[0]}" if names else machine


def _commit() -> str:
    """Commit of the checkout the package runs from, with ``+changes``; empty if installed."""
    if not _git("ls-files", Path(__file__).name):  # not of the repository it lies in, if any
        return ""
    return _git("describe", "--always", "--abbrev=40", "--exclude=*", "--dirty=+changes")


def _git(*arguments: str) -> str:
    """What git says of the folder of this file; empty where it has nothing to say."""
    here = Path(__file__).resolve().parent
    try:
        said = subprocess.run(
            ["git", "-C", str(here), *arguments],
            capture_output=True,
            text=True,
            timeout=5,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return said.stdout.strip()
