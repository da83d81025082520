"""A whole training: folder, loop, evaluation of the best policy, policy file."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch

from ddpg_ros.errors import ConfigError
from ddpg_ros.learning.compute.device import find_device
from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.curve import draw_learning_curve
from ddpg_ros.learning.evaluation import Evaluation, evaluate
from ddpg_ros.learning.export import ExportedPolicy, export_policy
from ddpg_ros.learning.job import Job
from ddpg_ros.learning.loop import Trainer
from ddpg_ros.learning.provenance import describe_run
from ddpg_ros.learning.report import FinishedRun, GivenUp, write_report
from ddpg_ros.learning.reporting import Reporter
from ddpg_ros.learning.run_folder import RunFolder
from ddpg_ros.learning.seeds import evaluation_seeds
from ddpg_ros.learning.stop_request import StopRequest
from ddpg_ros.learning.watch import look_back
from ddpg_ros.plugin import told
from ddpg_ros.worlds import ROS, World, make_world
from ddpg_ros.worlds.randomisation_file import find_ranges

WorldMaker = Callable[[Job], World]
"""Builds the world of a job, as often as it is asked."""


def simulated_world(job: Job) -> World:
    """The world of that name in this process."""
    return make_world(job.world, job.contract_file, randomisation=job.randomisation)


@dataclass(frozen=True)
class TrainingResult:
    """What a training left.

    Args:
        folder: Where the run is kept.
        seconds: Wall-clock time of the training loop in this process [s].
        evaluation: Of the best policy on unseen seeds; None if the run was stopped before its end.
    """

    folder: RunFolder
    seconds: float
    evaluation: Evaluation | None


def find_job(
    world: str,
    contract_file: str = "",
    randomise: str = "",
    vary: Sequence[str] = (),
    options: Mapping[str, Any] = MappingProxyType({}),
    preset: str = "",
) -> Job:
    """What to train on.

    Args:
        world: The world's name.
        contract_file: The user's contract file for it; empty for none.
        randomise: YAML file of ranges; empty for none.
        vary: Ranges as ``NAME=LOW,HIGH``, which win over those of the file.
        options: What else the world is made with.
        preset: Name of the hyperparameters to start from; empty for the world's own.

    Raises:
        ConfigError: The file cannot be read, or a range is wrong.
        WorldError: There is no such world.
    """
    if not (randomise or vary):
        return Job(world, contract_file, options=dict(options), preset=preset)
    if world == ROS:
        raise ConfigError(
            "world 'ros': the robot on the ROS graph cannot be randomised from here; have its "
            "simulator do so."
        )
    with make_world(world, contract_file) as made:
        ranges = find_ranges(randomise, vary, made.contract)
    return Job(world, contract_file, ranges, dict(options), preset)


def check_training(job: Job, config: DdpgConfig, make: WorldMaker = simulated_world) -> None:
    """Refuse what cannot be trained, before anything is written.

    Raises:
        ConfigError: This machine does not have the device, or several agents are to act in a world
            that is one robot.
        WorldError: The world cannot be made.
    """
    find_device(config.device)
    with make(job) as world:
        if world.live and config.num_envs > 1:
            raise ConfigError(
                f"num_envs: '{world.contract.name}' is one robot on the ROS graph; expected 1, got "
                f"{config.num_envs}. Set num_envs to 1; presets may set more."
            )


def start_training(
    job: Job,
    config: DdpgConfig,
    path: str,
    reporter: Reporter,
    request: StopRequest,
    make: WorldMaker = simulated_world,
) -> TrainingResult:
    """Train from the first step, evaluate and export.

    Args:
        job: What to train on.
        config: The hyperparameters.
        path: Folder for the run; empty for ``runs/WORLD-DATE-TIME``.
        reporter: Hears of progress.
        request: Asks the run to stop or to write a checkpoint.
        make: Builds the worlds.
    """
    check_training(job, config, make)
    folder = RunFolder.create(path, job.world)
    job = folder.save_job(job, config)
    try:
        return _train(folder, job, config, reporter, request, make)
    except Exception:  # whatever a user's world raises
        folder.clear_unbegun()
        raise


def resume_training(
    path: str, reporter: Reporter, request: StopRequest, make: WorldMaker = simulated_world
) -> TrainingResult:
    """Go on with the run in the folder ``path`` from its last checkpoint, as if never stopped."""
    folder = RunFolder(Path(path))
    job, config = folder.load_job()
    return _train(folder, job, config, reporter, request, make)


def _train(
    folder: RunFolder,
    job: Job,
    config: DdpgConfig,
    reporter: Reporter,
    request: StopRequest,
    make: WorldMaker,
) -> TrainingResult:
    def build() -> World:
        return make(job).remember(config.history)

    trainer = Trainer(folder, config, build, reporter, request)
    _introduce(trainer, job, config, reporter, folder)
    try:
        trainer.restore()
        if trainer.step:
            reporter.message(f"resuming at step {trainer.step:,}")
            if trainer.live:
                reporter.message(
                    "a robot on the ROS graph cannot live through an episode again: the one that "
                    "was interrupted is left out, and the next begins"
                )
        started = time.monotonic()
        finished = trainer.run()
        seconds = time.monotonic() - started
        draw_learning_curve(folder.metrics, folder.learning_curve, f"DDPG on {job.world}")
        if not finished:
            return TrainingResult(folder, seconds, None)
        policy = ExportedPolicy.best_of(trainer.contract, config, trainer.selection.best)
    finally:
        trainer.close()
    with build() as world:
        evaluation = evaluate(
            lambda observation: policy(torch.from_numpy(observation[None]))[0].numpy(),
            world,
            evaluation_seeds(config.final_episodes),
            stopped=request.requested,
        )
    if evaluation is None:
        return TrainingResult(folder, seconds, None)
    folder.save_evaluation(evaluation)
    best = trainer.selection.best
    on = "flown again" if trainer.live else "unseen seeds"
    reporter.message(f"best policy, {on}: {evaluation}")
    _warn(folder, config, evaluation, reporter)
    provenance = describe_run(folder, job, config, best)
    export_policy(policy, folder.policy, provenance)
    _report(FinishedRun(folder, job, config, trainer.contract, best, provenance), reporter, request)
    return TrainingResult(folder, seconds, evaluation)


def _warn(
    folder: RunFolder, config: DdpgConfig, evaluation: Evaluation, reporter: Reporter
) -> None:
    """Say once more, at the end, what a person should know before flying the policy."""
    health, _ = look_back(folder, config)
    if unlearned := health.unlearned(evaluation.outcomes):
        reporter.warning(unlearned)
    signs = dict.fromkeys(finding["sign"] for finding in folder.load_findings())
    if signs:
        reporter.warning(f"looked wrong while it trained: {', '.join(signs)}; see {folder.health}")


def _introduce(
    trainer: Trainer, job: Job, config: DdpgConfig, reporter: Reporter, folder: RunFolder
) -> None:
    """Say what is trained, with what, and where to watch it."""
    contract = trainer.contract
    reporter.message(f"run folder: {folder.path}")
    if job.randomisation.changed():
        reporter.message(f"randomised: {job.randomisation}")
    ticks = f" at each of {contract.history} ticks" if contract.history > 1 else ""
    reporter.message(
        f"{contract.name}: reads {contract.frame_size} elements{ticks}, drives "
        f"{contract.action_size}, every {contract.period:g} s"
    )
    changed = ", ".join(f"{name} {value}" for name, value in config.changed().items())
    reporter.message(f"hyperparameters: {changed or 'the defaults'}")
    reporter.message(f"watch it: tensorboard --logdir {folder.tensorboard}")


def _report(run: FinishedRun, reporter: Reporter, request: StopRequest) -> None:
    """Make the report; the run is whole without one, so nothing that goes wrong here ends it."""
    again = f"It can be made with: ddpg-ros report {run.folder.path}"
    try:
        write_report(run, request.requested)
    except GivenUp:
        reporter.message(f"no report, as the run was asked to stop. {again}")
    except Exception as error:  # whatever a user's world raises
        reporter.message(f"no report ({told(error)}). {again}")
