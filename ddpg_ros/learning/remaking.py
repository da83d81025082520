"""What a run left, made again: the policy file from its checkpoint, the report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from ddpg_ros.contract import Contract
from ddpg_ros.contract.yaml_file import load_contract
from ddpg_ros.errors import CheckpointError
from ddpg_ros.learning.checkpoint import read_checkpoint
from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.export import ExportedPolicy, export_policy
from ddpg_ros.learning.job import Job
from ddpg_ros.learning.provenance import describe_run
from ddpg_ros.learning.report import FinishedRun, write_report
from ddpg_ros.learning.run_folder import RunFolder
from ddpg_ros.learning.training import simulated_world


def export_run(path: str, output: str = "") -> Path:
    """Export the best policy of the run in the folder ``path``; the file's path.

    Raises:
        CheckpointError: There is no run, or it has not evaluated a policy yet.
    """
    folder = RunFolder(Path(path))
    job, config = folder.load_job()
    contract = _contract_of(job, config)
    state = read_checkpoint(folder.checkpoint, contract)
    if state is None:
        raise CheckpointError(f"{folder.path}: has no checkpoint yet. Continue it with --resume.")
    best = state["selection"]["best"]
    policy = ExportedPolicy.best_of(contract, config, best)
    target = Path(output) if output else folder.policy
    export_policy(policy, target, describe_run(folder, job, config, best))
    return target


def report_run(path: str, provenance: dict[str, Any]) -> RunFolder:
    """Make the report of the finished run in the folder ``path`` again; the folder.

    Args:
        path: The folder.
        provenance: Where its policy file comes from, as that says.

    Raises:
        CheckpointError: There is no run, or it is not finished.
    """
    folder = RunFolder(Path(path))
    job, config = folder.load_job()
    folder.load_episodes()
    contract = _contract_of(job, config)
    state = read_checkpoint(folder.checkpoint, contract)
    if state is None:
        raise CheckpointError(f"{folder.path}: has no checkpoint, which holds the critic.")
    best = state["selection"]["best"]
    write_report(FinishedRun(folder, job, config, contract, best, provenance))
    return folder


def _contract_of(job: Job, config: DdpgConfig) -> Contract:
    if job.contract_file:
        contract = load_contract(job.contract_file)
        return replace(contract, history=config.history or contract.history)
    world = simulated_world(job).remember(config.history)
    world.close()
    return world.contract
