"""The controller for an hour with random faults: nothing grows, no fallback is missed."""

from __future__ import annotations

import argparse
import math
import random
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from sensor_msgs.msg import JointState
from std_msgs.msg import Bool
from std_srvs.srv import SetBool, Trigger

from benchmarks.arm import MAX_AGE, Arm, Commands, Spoil, is_safe
from benchmarks.controller_health import Health, shared_memory_files
from benchmarks.measured_process import MeasuredProcess, own_domain, verb
from benchmarks.policies import write_arm_policy
from benchmarks.soak_faults import HARMLESS_FAULTS, OPERATOR_FAULTS, message_faults

_RATE = 200.0
_FAULT_SECONDS = (0.05, 1.0)
_GOOD_SECONDS = (0.5, 2.0)
"""Good input between a recovery and the next fault [s]."""

_RECOVERY_DEADLINE = 5.0
_START_DEADLINE = 30.0
_ANSWER_DEADLINE = 5.0


def measure(*options: str) -> dict[str, Any]:
    """Soak the controller; figures by fault, its health, and every case that was not right."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--grace",
        type=float,
        default=0.05,
        help="how much later than max_age the safe command may come: a period, and the machine [s]",
    )
    parser.add_argument("--controller-parameters", nargs="*", default=[], metavar="NAME:=VALUE")
    arguments = parser.parse_args(list(options))
    own_domain()
    folder = Path(tempfile.mkdtemp())
    policy = write_arm_policy(folder / "policy.onnx", _RATE)
    parameters = [f"policy:={policy}", *arguments.controller_parameters]
    shared_before = shared_memory_files()
    process = MeasuredProcess(verb("controller", parameters), folder / "controller.log")
    rclpy.init()
    health = Health(process, shared_before)
    soak = Soak(process, health, random.Random(arguments.seed), MAX_AGE + arguments.grace)
    try:
        soak.run(60 * arguments.minutes)
    finally:
        exit_code = process.stop(signal.SIGINT)
        soak.close()
        rclpy.shutdown()
    figures = {"minutes": arguments.minutes, "rate_hz": _RATE, "limit": soak.limit}
    figures |= {"exit_code": exit_code, **soak.figures(), "health": health.figures()}
    for name, value in figures.items():
        print(f"{name}: {value}")
    return figures


class Soak:
    """A robot whose sensor and operators misbehave, and what the controller makes of it.

    Args:
        process: The controller.
        health: Marked every minute.
        rng: Decides which fault comes when.
        limit: Time after the last good sample by which the safe command is due [s].
    """

    def __init__(
        self, process: MeasuredProcess, health: Health, rng: random.Random, limit: float
    ) -> None:
        self.limit = limit
        self._process, self._health, self._rng = process, health, rng
        self._node = rclpy.create_node("robot")
        self._arm = Arm(self._node)
        self._operator = _Operator()
        self._faults: list[dict[str, Any]] = []
        self._commands = self._unsafe = 0
        self._marks: list[float] = []

    def run(self, seconds: float) -> None:
        """Faults, one after the other, for ``seconds``; the controller is marked every minute."""
        self._expect_driven(_START_DEADLINE)
        self._fly_until(self._operator.is_connected)
        begin = time.monotonic()
        warm_up, interval = min(120.0, seconds / 5), min(60.0, seconds / 10)
        self._marks = [
            begin + warm_up + index * interval
            for index in range(int((seconds - warm_up) / interval) + 1)
        ]
        kinds = [*message_faults(self._rng), *OPERATOR_FAULTS, "second_publisher"]
        while time.monotonic() < begin + seconds:
            self._process.require_running()
            self._fly(self._rng.uniform(*_GOOD_SECONDS))
            self._inject(self._rng.choice(kinds), self._rng.uniform(*_FAULT_SECONDS))
        while self._marks:
            self._fly(0.1)

    def close(self) -> None:
        """Take the robot and its operator off the graph."""
        self._operator.close()
        self._node.destroy_node()

    def figures(self) -> dict[str, Any]:
        """Counts and the slowest fallback by kind of fault; what went wrong."""
        kinds = sorted({fault["kind"] for fault in self._faults})
        return {
            "commands": self._commands,
            "not_finite_or_outside_limits": self._unsafe,
            "faults": {kind: self._summary(kind) for kind in kinds},
            "missed_fallbacks": sum(fault["missed"] for fault in self._faults),
            "missed_recoveries": sum(fault["recovered"] is None for fault in self._faults),
            "not_right": [f for f in self._faults if f["missed"] or f["recovered"] is None],
        }

    def _summary(self, kind: str) -> dict[str, Any]:
        faults = [fault for fault in self._faults if fault["kind"] == kind]
        fell = [fault["fell_back"] for fault in faults if fault["fell_back"] is not None]
        recovered = [fault["recovered"] for fault in faults if fault["recovered"] is not None]
        return {
            "count": len(faults),
            "must_fall_back": sum(fault["required"] for fault in faults),
            "fell_back": len(fell),
            "slowest_fallback": max(fell, default=None),
            "slowest_recovery": max(recovered, default=None),
            "missed": sum(fault["missed"] for fault in faults),
        }

    def _inject(self, kind: str, seconds: float) -> None:
        """One fault, and what came of it.

        From ``limit`` after the last good sample until the fault's end each command must be the
        safe one, and the first of them must have come by then.
        """
        spoil: Spoil | None = message_faults(self._rng).get(kind)
        begun = time.time_ns() if kind in OPERATOR_FAULTS else self._arm.sent[-1]
        self._begin(kind)
        commands = self._fly(seconds, spoil)
        ended = time.time_ns()
        self._end(kind)
        ages = [(1e-9 * (arrival - begun), is_safe(command)) for arrival, command in commands]
        fell_back = next((age for age, safe in ages if safe and age > 0), None)
        late = [age for age, safe in ages if age > self.limit and not safe]
        required = kind not in HARMLESS_FAULTS and 1e-9 * (ended - begun) > self.limit
        fault = {
            "kind": kind,
            "seconds": round(seconds, 3),
            "required": required,
            "fell_back": None if fell_back is None else round(fell_back, 4),
            "missed": required and (fell_back is None or fell_back > self.limit or bool(late)),
            "recovered": self._expect_driven(_RECOVERY_DEADLINE),
        }
        self._faults.append(fault)
        if fault["missed"] or fault["recovered"] is None:
            print(f"{len(self._faults)}: {fault}\n{self._process.output[-800:]}", flush=True)

    def _begin(self, kind: str) -> None:
        if kind == "second_publisher":
            publisher = self._node.create_publisher(JointState, "joint_states", 10)
            self._arm.states.append(publisher)
        elif kind == "emergency_stop":
            self._operator.estop.publish(Bool(data=True))
        elif kind == "disabled":
            self._operator.ask_enable(False)

    def _end(self, kind: str) -> None:
        if kind == "second_publisher":
            self._node.destroy_publisher(self._arm.states.pop())
        elif kind == "emergency_stop":
            self._fly_until(self._operator.ask_reset())
        elif kind == "disabled":
            self._fly_until(self._operator.ask_enable(True))

    def _fly(self, seconds: float, spoil: Spoil | None = None) -> Commands:
        """Publish for a while; every command is looked at, whatever goes on."""
        commands: Commands = []
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            commands += self._arm.run(1 / _RATE, min(left, 0.1), spoil)
            self._operator.listen()
            if self._marks and time.monotonic() >= self._marks[0]:
                self._marks.pop(0)
                self._health.mark()
        self._commands += len(commands)
        self._unsafe += sum(not _is_sound(command) for _, command in commands)
        return commands

    def _fly_until(self, done: Callable[[], bool]) -> None:
        end = time.monotonic() + _ANSWER_DEADLINE
        while not done() and time.monotonic() < end:
            self._fly(1 / _RATE)

    def _expect_driven(self, deadline: float) -> float | None:
        """How long it takes until the policy drives [s]; None if longer than ``deadline``."""
        begin = time.monotonic()
        while time.monotonic() < begin + deadline:
            if self._arm.is_driven(self._fly(2 / _RATE)):
                return round(time.monotonic() - begin, 3)
        return None


class _Operator:
    """Presses the emergency stop, resets it, switches the controller off and on."""

    def __init__(self) -> None:
        self._node = Node("operator")
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self._node)
        self.estop = self._node.create_publisher(Bool, "ddpg_controller/estop", 10)
        self._reset = self._node.create_client(Trigger, "ddpg_controller/reset")
        self._enable = self._node.create_client(SetBool, "ddpg_controller/enable")

    def is_connected(self) -> bool:
        """Whether the controller can hear all of it."""
        services = self._reset.service_is_ready() and self._enable.service_is_ready()
        return services and self.estop.get_subscription_count() > 0

    def ask_reset(self) -> Callable[[], bool]:
        """Ask for it; the answer says whether it has been done."""
        return self._reset.call_async(Trigger.Request()).done

    def ask_enable(self, enable: bool) -> Callable[[], bool]:
        """Ask for it; the answer says whether it has been done."""
        return self._enable.call_async(SetBool.Request(data=enable)).done

    def listen(self) -> None:
        """Take in answers."""
        self._executor.spin_once(timeout_sec=0.0)

    def close(self) -> None:
        """Leave the graph."""
        self._executor.shutdown()
        self._node.destroy_node()


def _is_sound(command: Any) -> bool:
    return all(math.isfinite(value) and abs(value) <= 1 + 1e-6 for value in command)
