"""Runs benchmarks, all or those named; each leaves a JSON file in ``benchmarks/results``.

What follows a single name is for that benchmark: ``python -m benchmarks soak --minutes 5``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from benchmarks import (
    control_latency,
    deploy_footprint,
    hostile_files,
    kill_and_resume,
    learning_curves,
    pendulum_learning,
    pendulum_race,
    policy_file,
    soak,
    start_stop,
    train_speed,
    world_speed,
)
from benchmarks.result import save

BENCHMARKS: dict[str, Callable[..., dict[str, Any]]] = {
    "control_latency": control_latency.measure,
    "deploy_footprint": deploy_footprint.measure,
    "hostile_files": hostile_files.measure,
    "kill_and_resume": kill_and_resume.measure,
    "pendulum_learning": pendulum_learning.measure,
    "learning_curves": learning_curves.measure,
    "pendulum_race": pendulum_race.measure,
    "policy_file": policy_file.measure,
    "soak": soak.measure,
    "start_stop": start_stop.measure,
    "train_speed": train_speed.measure,
    "world_speed": world_speed.measure,
}
WITH_OPTIONS = ("control_latency", "soak", "start_stop")


def main(arguments: list[str]) -> int:
    """Run the benchmarks named, all if none is."""
    first = next((i for i, word in enumerate(arguments) if word.startswith("-")), len(arguments))
    names, options = arguments[:first], arguments[first:]
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}. Known: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    if options and (len(names) != 1 or names[0] not in WITH_OPTIONS):
        print(f"options follow one of {', '.join(WITH_OPTIONS)}, got {options}", file=sys.stderr)
        return 2
    for name in names or BENCHMARKS:
        print(f"== {name}", flush=True)
        save(name, BENCHMARKS[name](*options))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
