"""``ddpg-ros evaluate --sweep``: the grid of disturbances, over several processes."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ddpg_ros.cli.counter import Counter
from ddpg_ros.cli.stopping import signals_ignored, stopped_by_signals
from ddpg_ros.errors import STOPPED, ConfigError, DdpgRosError, WorldError

if TYPE_CHECKING:
    from ddpg_ros.learning.sweep import Axis, Cell, Sweep


@dataclass(frozen=True)
class SweepJob:
    """What is flown, and where the report goes.

    Args:
        policy: Path of the policy file.
        world: World to fly in; empty: the one the policy was trained in.
        contract_file: The user's contract for it; empty for none.
        axes: Disturbances, ``NAME`` or ``NAME=VALUE,VALUE``; empty: the usual ones.
        episodes: Of each cell.
        first_seed: Which of the seeds that training never saw comes first.
        processes: How many fly at once.
        output: Folder for the report; empty: ``policy_sweep`` beside ``policy.onnx``.
    """

    policy: str
    world: str
    contract_file: str
    axes: tuple[str, ...]
    episodes: int
    first_seed: int
    processes: int
    output: str

    @property
    def folder(self) -> Path:
        """Where the report goes."""
        policy = Path(self.policy).expanduser()
        return Path(self.output) if self.output else policy.with_name(f"{policy.stem}_sweep")


def sweep_policy(job: SweepJob, as_json: bool) -> int:
    """Fly the grid, write and print the report; the exit code.

    A signal ends it early, with a report of what was done.

    Raises:
        DdpgRosError: The policy, the world, an axis or the folder is wrong.
    """
    from ddpg_ros.deploy import OnnxPolicy
    from ddpg_ros.learning.heat_maps import draw_heat_maps
    from ddpg_ros.learning.sweep import Sweep, choose_axes

    policy = OnnxPolicy.load(job.policy)
    axes, left_out = _split(choose_axes(job.axes), job, policy)
    sweep, folder = Sweep(axes), job.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"--output {folder}: cannot be made ({error.strerror}).") from None
    origin = {
        "policy": str(Path(job.policy).resolve()),
        "digest": policy.digest,
        "world": job.world or policy.metadata.provenance.get("world", ""),
        "first_seed": job.first_seed,
        "episodes": job.episodes,
        "left_out": left_out,
    }
    counter = Counter(len(sweep.cells), "cells")
    for _ in _fly_all(sweep, job):
        if sweep.found:
            _save(folder / "sweep.json", json.dumps({**origin, **sweep.to_dict()}, indent=2))
        counter.tell(len(sweep.found))
    if not sweep.found:
        print("stopped before a cell was flown: there is no report", file=sys.stderr)
        return STOPPED
    report = {**origin, **sweep.to_dict()}
    title = f"{policy.contract.name}, {job.episodes} episodes a cell"
    findings = "\n".join(_findings(sweep, job, left_out))
    _save(folder / "sweep.txt", f"{title}\n{findings}")
    files = [folder / "sweep.json", folder / "sweep.txt", *draw_heat_maps(sweep, folder, title)]
    made_again = _report_again(job) if sweep.complete else []
    text = "\n".join([findings, *map(str, files), *made_again])
    print(json.dumps(report, indent=2) if as_json else text)
    return 0 if sweep.complete else STOPPED


def _split(axes: list[Axis], job: SweepJob, policy: Any) -> tuple[list[Axis], dict[str, str]]:
    """The axes that the world can follow, and why not the others."""
    from ddpg_ros.cli.evaluate import open_world
    from ddpg_ros.learning.sweep import randomisation_of
    from ddpg_ros.worlds import DisturbedWorld

    fit, left_out = [], {}
    with open_world(policy, job.world, job.contract_file) as world:
        for axis in axes:
            try:
                DisturbedWorld(world, randomisation_of(((axis.name, axis.values[-1]),)))
                DisturbedWorld(world, randomisation_of(((axis.name, axis.values[0]),)))
                fit.append(axis)
            except WorldError as error:
                left_out[axis.name] = str(error)
    if not fit:
        raise WorldError(" ".join(left_out.values()))
    return fit, left_out


def _fly_all(sweep: Sweep, job: SweepJob) -> Iterator[None]:
    """Fly cell after cell; yields after each. When a signal comes, the rest is not flown."""
    context = multiprocessing.get_context("spawn")
    stop = context.RawValue("b", 0)  # without a lock, which a signal might find taken
    with ProcessPoolExecutor(job.processes, context, _open, (job, stop)) as pool:
        with signals_ignored():
            futures: dict[Future[Any], Cell | None] = {pool.submit(_fly, None): None}
            futures |= {pool.submit(_fly, cell): cell for cell in sweep.cells}
        with stopped_by_signals(lambda: setattr(stop, "value", 1)):
            try:
                for future in as_completed(futures):
                    cell, summary = futures[future], future.result()
                    if summary is not None:
                        sweep.take(cell, summary)
                        yield
            except BrokenProcessPool:
                raise DdpgRosError(
                    "a process of the sweep died, perhaps for want of memory. Take fewer "
                    "--processes."
                ) from None
            finally:
                stop.value = 1


class _Flyer:
    """What a process of the sweep keeps from cell to cell."""

    def __init__(self, job: SweepJob, stop: Any) -> None:
        from ddpg_ros.cli.evaluate import open_world
        from ddpg_ros.deploy import OnnxPolicy
        from ddpg_ros.learning.seeds import evaluation_seeds

        self._policy = OnnxPolicy.load(job.policy)
        self._world = open_world(self._policy, job.world, job.contract_file)
        self._seeds = evaluation_seeds(job.episodes, job.first_seed)
        self._stop = stop

    def fly(self, cell: Cell | None) -> dict[str, Any] | None:
        """Evaluate a cell, or the safe command if it is None; None if it was given up."""
        from ddpg_ros.learning.evaluation import evaluate
        from ddpg_ros.learning.sweep import randomisation_of
        from ddpg_ros.worlds import DisturbedWorld

        safe = self._policy.contract.action_values("safe")
        act = self._policy.act if cell is not None else lambda observation: safe
        world = DisturbedWorld(self._world, randomisation_of(cell or ()))
        evaluation = evaluate(act, world, self._seeds, stopped=lambda: bool(self._stop.value))
        return None if evaluation is None else evaluation.summary()


_flyer: _Flyer | None = None


def _open(job: SweepJob, stop: Any) -> None:
    global _flyer  # noqa: PLW0603 (an executor has no other place for what a process keeps)
    _flyer = _Flyer(job, stop)


def _fly(cell: Cell | None) -> dict[str, Any] | None:
    assert _flyer is not None
    return _flyer.fly(cell)


def _save(path: Path, text: str) -> None:
    from ddpg_ros.learning.atomic import write_atomically

    write_atomically(path, lambda partial: partial.write_text(text + "\n", encoding="utf-8"))


def _report_again(job: SweepJob) -> list[str]:
    """Have the report of the run that the policy lies in hold the sweep; what there is to say."""
    from ddpg_ros.cli.report import report_again
    from ddpg_ros.learning.run_folder import RunFolder

    run = RunFolder(Path(job.policy).expanduser().parent)
    ours = run.sweep.parent.resolve() == job.folder.resolve()
    if not (ours and run.report.exists()):
        return []
    try:
        report_again(run.path)
    except Exception as error:  # the sweep is whole, whatever a user's world raises in a report
        return [f"the report could not be made again: {error}"]
    return [f"report, made again: {run.report}"]


def _findings(sweep: Sweep, job: SweepJob, left_out: dict[str, str]) -> list[str]:
    """The table, and what goes with it."""
    from ddpg_ros.deploy.table import table
    from ddpg_ros.learning.sweep import NOMINAL, percent

    flown = f"{len(sweep.found)} of {len(sweep.cells)} cells, {job.episodes} episodes each"
    return [
        f"{sweep.judged_by}, {flown}; as modelled {percent(sweep.score(NOMINAL))}",
        *table(sweep.rows()),
        *(f"left out: {name}: {why}" for name, why in left_out.items()),
        *filter(None, [sweep.why_unscored()]),
        *([] if sweep.complete else ["stopped early: the rest of the grid is missing"]),
    ]


def default_processes() -> int:
    """As many as this process may use processors."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
