"""From a sensor's stamp to the command it led to, beside a controller as people write it.

A sensor publisher and the controller are processes of their own. Contestants take turns, so that
what neighbours do to the machine falls on all alike.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measured_process import MeasuredProcess, own_domain, verb
from benchmarks.policies import write_arm_policy
from benchmarks.quiet import describe_quiet

OURS = "ddpg_controller"
BASELINES = {"plain torch": "torch", "plain onnxruntime": "onnxruntime"}

_TABLE = ("latency_us.p50", "latency_us.p99", "latency_us.max", "jitter_us.p50", "jitter_us.p99",
          "missed", "rate_hz", "cpu", "resident_mib")  # fmt: skip


def measure(*options: str) -> dict[str, Any]:
    """Every contestant at every rate; figures by rate and contestant, and ours over theirs."""
    arguments = _parse(options)
    own_domain()
    folder = Path(tempfile.mkdtemp())
    turns: dict[tuple[float, str], list[dict[str, Any]]] = {}
    for turn in range(arguments.turns):
        for rate in arguments.rates:
            policy = write_arm_policy(folder / f"policy_{rate:g}.onnx", rate)
            first = turn % len(arguments.contestants)
            for name in arguments.contestants[first:] + arguments.contestants[:first]:
                command = _command(name, policy, rate, arguments.controller_parameters)
                figures = _turn(command, rate, arguments, folder / "log")
                turns.setdefault((rate, name), []).append(figures)
                print(f"turn {turn + 1}, {rate:g} Hz, {name}: done", flush=True)
    return _result(arguments, turns)


def _parse(options: Sequence[str]) -> argparse.Namespace:
    contestants = [*BASELINES, OURS]
    parser = argparse.ArgumentParser(prog="control_latency", description=__doc__)
    add = parser.add_argument
    add("--seconds", type=float, default=30.0, help="measured a rate and contestant [s]")
    add("--turns", type=int, default=3, help="parts that these seconds are measured in")
    add("--warm-up", type=float, default=3.0, help="driving before each turn is measured [s]")
    add("--rates", type=float, nargs="+", default=[100.0, 500.0, 1000.0], help="[Hz]")
    add("--contestants", nargs="+", choices=contestants, default=contestants)
    add("--controller-parameters", nargs="*", default=[], metavar="NAME:=VALUE")
    add("--drift", type=float, default=1.0,
        help="periods that the sensor's phase moves in a turn, so that nobody has luck with it; "
        "0: the sensor keeps exactly to the rate")  # fmt: skip
    return parser.parse_args(list(options))


def _command(name: str, policy: Path, rate: float, parameters: list[str]) -> list[str]:
    if name == OURS:
        return verb("controller", [f"policy:={policy}", *parameters])
    library = BASELINES[name]
    file = policy.with_suffix(".pt") if library == "torch" else policy
    script = Path(__file__).with_name("plain_controller.py")
    return [sys.executable, str(script), library, str(file), str(rate)]


def _turn(
    command: list[str], rate: float, arguments: argparse.Namespace, log: Path
) -> dict[str, Any]:
    quiet = describe_quiet()
    process = MeasuredProcess(command, log)
    seconds = arguments.seconds / arguments.turns
    settings = map(str, (process.pid, rate, seconds, arguments.warm_up, arguments.drift))
    probe = [sys.executable, "-m", "benchmarks.latency_probe", *settings]
    try:
        done = subprocess.run(probe, check=False, stdout=subprocess.PIPE)
        process.require_running()
    finally:
        process.stop()
    if done.returncode:
        sys.exit(f"{' '.join(command)}:\n{process.output[-3000:]}")
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures | {"quiet": quiet}


def _result(
    arguments: argparse.Namespace, turns: dict[tuple[float, str], list[dict[str, Any]]]
) -> dict[str, Any]:
    rates: dict[str, dict[str, Any]] = {}
    for (rate, name), parts in turns.items():
        rates.setdefault(f"{rate:g}", {})[name] = _pooled(parts, rate)
    for shown_rate, cells in rates.items():
        for name in BASELINES:
            if name in cells and OURS in cells:
                cells[name]["ours_over_it"] = _ratios(cells[OURS], cells[name])
        _print(shown_rate, cells)
    return {
        "seconds": arguments.seconds,
        "turns": arguments.turns,
        "drift_periods_a_turn": arguments.drift,
        "controller_parameters": arguments.controller_parameters,
        "transport": next(iter(turns.values()))[0]["transport"],
        "rates_hz": rates,
    }


def _pooled(parts: list[dict[str, Any]], rate: float) -> dict[str, Any]:
    """One set of figures from all turns of a contestant at a rate."""
    latencies = np.concatenate([part["latencies_us"] for part in parts])
    gaps = np.concatenate([part["gaps_us"] for part in parts])
    seconds = sum(part["seconds"] for part in parts)
    period = 1e6 / rate
    missed = int((gaps > 2 * period).sum())
    return {
        "latency_us": _percentiles(latencies),
        "jitter_us": _percentiles(np.abs(gaps - period)),
        "missed": missed,
        "missed_fraction": missed / (rate * seconds),
        "longest_gap_periods": round(float(gaps.max()) / period, 2),
        "rate_hz": round((len(gaps) + len(parts)) / seconds, 2),
        "commands_of_no_sample": sum(part["unmatched"] for part in parts),
        "cpu": round(_mean(parts, "cpu"), 4),
        "resident_mib": round(max(part["resident_mib"] for part in parts), 1),
        "quiet": {
            "others_cpu": round(_mean(parts, "others_cpu"), 4),
            "stolen_cpu": round(_mean(parts, "stolen_cpu"), 4),
            "sensor_late_p99_us": round(max(part["sensor_late_p99_us"] for part in parts), 1),
            "sensor_late_max_us": round(max(part["sensor_late_max_us"] for part in parts), 1),
            "before_each_turn": [part["quiet"] for part in parts],
        },
    }


def _percentiles(values: np.ndarray) -> dict[str, float]:
    p50, p99 = np.percentile(values, (50, 99))
    figures = {"p50": p50, "p99": p99, "max": values.max()}
    return {name: round(float(value), 1) for name, value in figures.items()}


def _mean(parts: list[dict[str, Any]], key: str) -> float:
    return float(np.mean([part[key] for part in parts]))


def _ratios(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, float]:
    return {
        "latency_p50": round(ours["latency_us"]["p50"] / theirs["latency_us"]["p50"], 3),
        "latency_p99": round(ours["latency_us"]["p99"] / theirs["latency_us"]["p99"], 3),
        "cpu": round(ours["cpu"] / max(theirs["cpu"], 1e-4), 3),
    }


def _print(rate: str, cells: dict[str, Any]) -> None:
    print(f"\n{rate} Hz".ljust(20) + "".join(name.rjust(16) for name in _TABLE))
    for name, cell in cells.items():
        values = []
        for path in _TABLE:
            value = cell
            for key in path.split("."):
                value = value[key]
            values.append(f"{value:g}".rjust(16))
        print(name.ljust(19) + "".join(values))
        if "ours_over_it" in cell:
            print(f"{'':>19}ours over it: {cell['ours_over_it']}")
