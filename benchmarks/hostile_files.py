"""Hostile policy and parameter files, each given to a controller node of its own.

For each: the exit code, the sentence it was refused with, the time from the start of the process to
its end, and the most memory it held.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import peak
from benchmarks.measured_process import own_domain
from benchmarks.policies import write_pendulum_policy

_TESTS = Path(__file__).parents[1] / "tests"
_NODE = [sys.executable, "-m", "ddpg_ros.cli", "controller", "--ros-args"]


def measure() -> dict[str, Any]:
    """Every file of the tests; the worst of their figures."""
    sys.path += [str(_TESTS / "deploy"), str(_TESTS / "ros")]
    import hostile_parameters
    import hostile_policies

    own_domain()
    folder = Path(tempfile.mkdtemp())
    policies, parameters = {}, {}
    for number, (name, build) in enumerate(hostile_policies.HOSTILE.items()):
        path = folder / f"policy{number}.onnx"
        path.write_bytes(build())
        policies[name] = _start(name, folder, "-p", f"policy:={path}")
    sound = write_pendulum_policy(folder / "sound.onnx")
    for number, (name, (make, _)) in enumerate(hostile_parameters.HOSTILE.items()):
        own = folder / f"parameters{number}"
        own.mkdir()
        parameters[name] = _start(name, folder, "--params-file", str(make(own, sound)))
    figures: dict[str, Any] = {"policy_files": policies, "parameter_files": parameters}
    for kind in list(figures):
        rows = figures[kind].values()
        figures[f"{kind}_summary"] = {
            "files": len(rows),
            "refused": sum(row["exit_code"] == 2 for row in rows),
            "longest_seconds": max(row["seconds"] for row in rows),
            "most_peak_mib": max(row["peak_mib"] for row in rows),
        }
        print(kind, figures[f"{kind}_summary"])
    return figures


def _start(name: str, folder: Path, *arguments: str) -> dict[str, Any]:
    report, output = folder / "report.json", folder / "output.txt"
    with output.open("wb") as file:
        command = [sys.executable, peak.__file__, str(report), *_NODE, *arguments]
        subprocess.run(command, stdout=file, stderr=file, check=True)
    said = output.read_text(errors="replace").replace(f"{folder}/", "").strip()
    row = {**json.loads(report.read_text()), "output": said}
    print(f"{name:>45}: {row['seconds']:.2f} s, {row['peak_mib']} MiB, {said[:150]}", flush=True)
    return row
