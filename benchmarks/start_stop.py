"""The controller stopped at random moments: is the safe command the last that everybody saw?

By SIGINT and SIGTERM in turn, with one subscriber in this process and one in another. After a
SIGKILL nobody can send it, and the world must apply it by itself.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import rclpy

from benchmarks.arm import Arm
from benchmarks.last_command import LastCommand
from benchmarks.measured_process import MeasuredProcess, own_domain, verb
from benchmarks.policies import write_arm_policy, write_pendulum_policy

_RATE = 100.0
_PATIENCE = 10.0
_FLIGHT = 1.0
"""How long after both subscribers hear it a flight is stopped at the latest [s]."""
_AS_PYTHON_DOES = (0, -signal.SIGINT, -signal.SIGTERM)
_COMMAND_TIMEOUT = 0.5


def measure(*options: str) -> dict[str, Any]:
    """Stop and kill as often as asked; figures over all, and every case that was not right."""
    parser = argparse.ArgumentParser(prog="start_stop", description=__doc__)
    parser.add_argument("--starts", type=int, default=200, help="stopped, and as many flights")
    parser.add_argument(
        "--latest",
        type=float,
        default=3.0,
        help="last moment of a stop after the start [s]; Fast DDS takes up to 2 s to match both",
    )
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--controller-parameters", nargs="*", default=[], metavar="NAME:=VALUE")
    arguments = parser.parse_args(list(options))
    own_domain(shared_memory=False)
    # What a script runs in its background ignores SIGINT, and so do all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    folder = Path(tempfile.mkdtemp())
    rng = random.Random(arguments.seed)
    parameters = arguments.controller_parameters
    return {
        **_stops(folder, arguments.starts, arguments.latest, rng, parameters),
        "kills": _kills(folder, arguments.kills, rng, parameters),
    }


def _stops(
    folder: Path, count: int, latest: float, rng: random.Random, parameters: Sequence[str]
) -> dict[str, Any]:
    policy = write_arm_policy(folder / "policy.onnx", _RATE)
    command = verb("controller", [f"policy:={policy}", *parameters])
    rclpy.init()
    arm = Arm(rclpy.create_node("robot"))
    listener = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.command_listener"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    figures = {}
    for kind, flies, longest in (("while_it_starts", False, latest), ("in_flight", True, _FLIGHT)):
        stops = []
        for number in range(count):
            which = (signal.SIGINT, signal.SIGTERM)[number % 2]
            process = MeasuredProcess(command, folder / "controller.log")
            if flies:
                _wait_until_heard(arm, listener, process)
            stops.append(_stop(process, which, rng.uniform(0, longest), arm, listener))
            stops[-1]["in_flight"] = flies
            if not _is_right(stops[-1]):
                print(f"stop {number}: {stops[-1]}\n{process.output[-2000:]}", flush=True)
            elif number % 20 == 19:
                print(f"{kind}: {number + 1} of {count} stops", flush=True)
        figures[kind] = _stop_figures(stops)
    listener.communicate()
    rclpy.shutdown()
    return figures


def _wait_until_heard(arm: Arm, listener: subprocess.Popen[str], process: MeasuredProcess) -> None:
    """Until both subscribers hear the controller."""
    end = time.monotonic() + _PATIENCE
    while not (arm.run(1 / _RATE, 0.1) and _ask(listener)["commands"]):
        process.require_running()
        if time.monotonic() > end:
            sys.exit(f"nobody hears it:\n{process.output[-2000:]}")


def _ask(listener: subprocess.Popen[str]) -> dict[str, Any]:
    """What the other process has seen since it was asked before."""
    assert listener.stdin is not None
    assert listener.stdout is not None
    print(file=listener.stdin, flush=True)
    told: dict[str, Any] = json.loads(listener.stdout.readline())
    return told


def _stop(
    process: MeasuredProcess,
    which: signal.Signals,
    delay: float,
    arm: Arm,
    listener: subprocess.Popen[str],
) -> dict[str, Any]:
    seen = LastCommand()
    seen.see(arm.run(1 / _RATE, delay))
    process.send(which)
    sent = time.monotonic()
    seen.see(arm.run(0.002, _PATIENCE, until=lambda commands: process.exit_code is not None))
    seconds = time.monotonic() - sent
    code = process.exit_code
    if code is None:
        process.stop(signal.SIGKILL)
    time.sleep(0.05)
    seen.see(arm.take())
    subscribers = [seen.tell(), _ask(listener)]
    return {
        "signal": which.name,
        "after": round(delay, 3),
        "exit_code": code,
        "before_the_package": "KeyboardInterrupt" in process.output,
        "seconds_to_exit": round(seconds, 4),
        "subscribers": subscribers,
    }


def _is_right(stop: dict[str, Any]) -> bool:
    """A process that is stopped before it has said anything may end as Python does.

    By exit code 1 and a trace, where SIGINT comes while Python itself begins.
    """
    heard = [bool(subscriber["commands"]) for subscriber in stop["subscribers"]]
    safe = all(subscriber["last_is_safe"] for subscriber in stop["subscribers"])
    begins = stop["before_the_package"] or stop["exit_code"] in _AS_PYTHON_DOES
    ended = begins if not any(heard) else stop["exit_code"] == 0
    return safe and ended and (all(heard) or not stop["in_flight"])


def _stop_figures(stops: list[dict[str, Any]]) -> dict[str, Any]:
    heard = [s for s in stops if all(each["commands"] for each in s["subscribers"])]
    drove = [s for s in stops if all(each["not_safe"] for each in s["subscribers"])]
    codes = {
        kind: dict(Counter(str(stop["exit_code"]) for stop in group))
        for kind, group in (
            ("both_heard_commands", heard),
            ("not_both", [stop for stop in stops if stop not in heard]),
        )
    }
    figures: dict[str, Any] = {
        "count": len(stops),
        "both_heard_commands": len(heard),
        "both_heard_the_policy": len(drove),
        "last_command_not_safe": sum(
            not each["last_is_safe"] for stop in stops for each in stop["subscribers"]
        ),
        "exit_codes": codes,
        "seconds_to_exit": _spread([stop["seconds_to_exit"] for stop in stops]),
        "seconds_to_exit_once_heard": _spread([stop["seconds_to_exit"] for stop in heard]),
        "not_right": [stop for stop in stops if not _is_right(stop)],
    }
    print({key: value for key, value in figures.items() if key != "not_right"})
    return figures


def _kills(
    folder: Path, count: int, rng: random.Random, parameters: Sequence[str]
) -> dict[str, Any]:
    """SIGKILL against a world; its log says when it applies the safe command by itself."""
    policy = write_pendulum_policy(folder / "pendulum.onnx")
    world = verb("world", ["world:=pendulum", f"command_timeout:={_COMMAND_TIMEOUT}"])
    controller = verb("controller", [f"policy:={policy}", "use_sim_time:=true", *parameters])
    seconds = []
    for number in range(count):
        seconds.append(_kill(folder, world, controller, rng.uniform(0.5, 1.5)))
        print(f"kill {number + 1}: the world took over after {seconds[-1]:.3f} s", flush=True)
    return {
        "count": count,
        "command_timeout": _COMMAND_TIMEOUT,
        "seconds_until_safe": _spread(seconds),
    }


def _kill(folder: Path, world: list[str], controller: list[str], delay: float) -> float:
    """Time from the SIGKILL, ``delay`` [s] into the flight, until the world says that it acts."""
    robot = MeasuredProcess(world, folder / "world.log")
    pilot = MeasuredProcess(controller, folder / "pilot.log")
    try:
        _wait(lambda: "the policy drives" in pilot.output, robot, pilot)
        time.sleep(delay)
        told = robot.output.count("no command for")
        killed = time.monotonic()
        pilot.stop(signal.SIGKILL)
        _wait(lambda: robot.output.count("no command for") > told, robot)
        return time.monotonic() - killed
    finally:
        robot.stop()
        if pilot.exit_code is None:
            pilot.stop(signal.SIGKILL)


def _wait(condition: Callable[[], bool], *needed: MeasuredProcess, patience: float = 30.0) -> None:
    end = time.monotonic() + patience
    while not condition():
        for process in needed:
            process.require_running()
        if time.monotonic() > end:
            sys.exit("\n".join(process.output[-2000:] for process in needed) + "\ntook too long")
        time.sleep(0.005)


def _spread(seconds: list[float]) -> dict[str, float]:
    if not seconds:
        return {}
    p50, p99 = np.percentile(seconds, (50, 99))
    figures = {"p50": p50, "p99": p99, "max": max(seconds)}
    return {name: round(float(value), 3) for name, value in figures.items()}
