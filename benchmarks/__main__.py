"""Runs benchmarks, all or those named; each leaves a JSON file in ``benchmarks/results``."""

from __future__ import annotations

import sys

from benchmarks import (
    deploy_footprint,
    hostile_files,
    kill_and_resume,
    learning_curves,
    pendulum_learning,
    pendulum_race,
    policy_file,
    train_speed,
)
from benchmarks.result import save

BENCHMARKS = {
    "deploy_footprint": deploy_footprint.measure,
    "hostile_files": hostile_files.measure,
    "kill_and_resume": kill_and_resume.measure,
    "pendulum_learning": pendulum_learning.measure,
    "learning_curves": learning_curves.measure,
    "pendulum_race": pendulum_race.measure,
    "policy_file": policy_file.measure,
    "train_speed": train_speed.measure,
}


def main(names: list[str]) -> int:
    """Run the benchmarks named, all if none is."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}. Known: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    for name in names or BENCHMARKS:
        print(f"== {name}", flush=True)
        save(name, BENCHMARKS[name]())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
