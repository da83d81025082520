"""``ddpg-ros study``: what a hyperparameter does, measured over many seeds."""

from __future__ import annotations

import argparse
import math
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ddpg_ros.cli.stopping import stopped_by_signals
from ddpg_ros.cli.sweep import default_processes
from ddpg_ros.errors import STOPPED, ConfigError

if TYPE_CHECKING:
    from ddpg_ros.learning.study.results import Results
    from ddpg_ros.learning.study.study import Study

_LIST, _ALL = "list", "all"
_MOST_JOBS = 1024


def add(verbs: Any) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser("study", help="measure what a hyperparameter does, over many seeds")
    parser.add_argument(
        "studies",
        nargs="+",
        metavar="NAME",
        help="studies, paths of YAML files of yours, all, or list: say which there are",
    )
    parser.add_argument(
        "--quick", action="store_true", help="2 seeds and half of the steps, to NAME_quick"
    )
    parser.add_argument("--seeds", type=int, default=None, help="trainings of each variant")
    parser.add_argument("--steps", type=int, default=None, help="steps of each training")
    parser.add_argument(
        "--out",
        default="runs/studies",
        metavar="FOLDER",
        help="where NAME.csv and NAME.png go, and the trainings that make them (runs/studies)",
    )
    parser.add_argument(
        "--jobs", type=int, default=None, help="trainings at once (as many as processors)"
    )
    parser.set_defaults(run_verb=_study)


def _study(options: argparse.Namespace) -> int:
    from ddpg_ros.learning.study.results import Results
    from ddpg_ros.learning.study.study_file import find_study, shipped_studies

    if options.studies == [_LIST]:
        print("\n".join(_listed()))
        return 0
    for flag, most in (("seeds", None), ("steps", None), ("jobs", _MOST_JOBS)):
        _check(flag, getattr(options, flag), most)
    if _LIST in options.studies:
        raise ConfigError("list: stands alone, as 'ddpg-ros study list'.")
    names = shipped_studies() if options.studies == [_ALL] else options.studies
    numbers = options.seeds or 0, options.steps or 0, options.quick
    studies = [find_study(name).at(*numbers) for name in names]
    for study in studies:
        results = Results(Path(options.out), f"{study.name}{'_quick' if options.quick else ''}")
        code = _run(study, results, options.jobs or default_processes())
        if code:
            return code
    return 0


def _check(flag: str, value: int | None, most: int | None) -> None:
    if value is not None and (value < 1 or (most is not None and value > most)):
        span = "at least 1" if most is None else f"in [1, {most}]"
        raise ConfigError(f"--{flag}: expected {span}, got {value}.")


def _listed() -> list[str]:
    from ddpg_ros.deploy.table import table
    from ddpg_ros.learning.study.study_file import read_study, shipped_studies

    studies = [read_study(path) for path in shipped_studies().values()]
    rows = [("study", "world", "variants", "seeds", "steps", "minutes", "question")]
    rows += [
        (
            study.name,
            study.world,
            str(len(study.variants)),
            str(study.seeds),
            f"{study.steps:,}",
            f"{study.minutes:.0f}",
            study.question,
        )
        for study in studies
    ]
    total = sum(study.minutes for study in studies)
    return [
        *table(rows),
        f"minutes: on two cores, {total:.0f} for all; --quick takes a tenth of it.",
        "A study of yours is named by the path of its YAML file: docs/studies.md.",
    ]


def _run(study: Study, results: Results, jobs: int) -> int:
    from ddpg_ros.learning.study.console import StudyConsole
    from ddpg_ros.learning.study.processes import Processes
    from ddpg_ros.learning.training import simulated_world

    trainings = list(study.trainings())
    simulated_world(trainings[0].job).close()
    results.make()
    different = list({training.digest: training for training in trainings}.values())
    left = [training for training in different if results.load(training) is None]
    console = StudyConsole(len(different), len(different) - len(left), study.steps)
    processes = Processes(results, jobs)
    try:
        with stopped_by_signals(processes.stop), closing(processes.train(left)) as trained:
            for finished in trained:
                if finished is not None:
                    console.finished(finished)
                console.running(processes.steps)
    finally:
        console.close()
    kept = [(training, results.load(training)) for training in trainings]
    done = [(training, outcome) for training, outcome in kept if outcome is not None]
    if len(done) < len(trainings):
        print(
            f"stopped: {len(done)} of {len(trainings)} trainings are kept in {results.trainings}; "
            "the same command goes on from there"
        )
        return STOPPED
    print("\n".join(_report(study, results, done)))
    return 0


def _report(study: Study, results: Results, done: list[Any]) -> list[str]:
    """Write the tables and the figure; what to print."""
    from ddpg_ros.deploy.table import short, table
    from ddpg_ros.learning.study.figure import describe, draw_study
    from ddpg_ros.learning.study.summary import VariantSummary
    from ddpg_ros.learning.study.tables import write_curves, write_summary

    summaries = [
        VariantSummary(variant.name, [o for t, o in done if t.variant == variant.name])
        for variant in study.variants
    ]
    write_curves(results.curves, study, done)
    write_summary(results.summary, study, summaries)
    draw_study(results.figure, study, summaries, results.summary)
    rows = [("variant", "final return", "95 % interval", "over all steps", "diverged")]
    rows += [
        (
            summary.name,
            short(float(summary.final.value[0])),
            _interval(summary.final.low[0], summary.final.high[0]),
            short(float(summary.overall.value[0])),
            f"{summary.diverged} of {study.seeds}",
        )
        for summary in summaries
    ]
    paths = (results.summary, results.figure, results.curves)
    return [study.question, *table(rows), describe(study, summaries), *map(str, paths)]


def _interval(low: float, high: float) -> str:
    from ddpg_ros.deploy.table import short

    return "-" if math.isnan(low) else f"{short(float(low))} to {short(float(high))}"
