"""The demo's flight: its nodes as processes, on a graph of their own."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ddpg_ros.errors import DdpgRosError

EPISODES = 6
REAL_TIME_FACTOR = 4.0
RECORDING = "flight.mcap"

_FLIGHT_DEADLINE = 120.0
_LEAVE_DEADLINE = 10.0


@dataclass(frozen=True)
class Flight:
    """The controller and the world as two processes, and what records them as a third.

    Args:
        output: Folder for the film, the logs and the results.
        world: What is flown.
        contract_file: The user's contract for it; empty for none.
        first_seed: Seed of the first episode.
        seconds: How long the flight takes, in simulated time [s].
        recorded: Whether to record it.
    """

    output: Path
    world: str
    contract_file: str
    first_seed: int
    seconds: float
    recorded: bool = False

    def fly(self) -> list[dict[str, Any]]:
        """Fly, and return what the world node says of each episode.

        Raises:
            DdpgRosError: A node failed; the message names its log.
        """
        results, policy = self.output / "episodes.json", self.output / "policy.onnx"
        environment = _private_graph()
        recorders = []
        if self.recorded:
            arguments = [str(policy), "--output", str(self.output / RECORDING)]
            recorders.append(self._start("record", arguments, environment))
        controller = self._start(
            "controller", _parameters({"policy": policy, "use_sim_time": "true"}), environment
        )
        world = self._start(
            "world",
            _parameters(
                {
                    "world": self.world,
                    **({"contract_file": self.contract_file} if self.contract_file else {}),
                    "real_time_factor": REAL_TIME_FACTOR,
                    "seed": self.first_seed,
                    "episodes": EPISODES,
                    "results_file": results,
                    "film_file": self.output / "flight.gif",
                }
            ),
            environment,
        )
        try:
            self._wait(world, controller)
        finally:
            for process in (world, controller, *recorders):
                if process.poll() is None:
                    process.send_signal(signal.SIGINT)
        self._leave(controller, "controller")
        for recorder in recorders:
            self._leave(recorder, "record")
        episodes: list[dict[str, Any]] = json.loads(results.read_text())
        return episodes

    def _start(
        self, verb: str, arguments: list[str], environment: dict[str, str]
    ) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "ddpg_ros.cli", verb, *arguments]
        with self._log(verb).open("wb") as log:
            return subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)

    def _wait(self, world: subprocess.Popen[bytes], controller: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _FLIGHT_DEADLINE + 2 * self.seconds / REAL_TIME_FACTOR
        while world.poll() is None:
            if controller.poll() is not None:
                raise self._failure("controller")
            if time.monotonic() > deadline:
                raise self._failure("world")
            time.sleep(0.05)
        if world.returncode != 0:
            raise self._failure("world")

    def _leave(self, process: subprocess.Popen[bytes], verb: str) -> None:
        try:
            left_well = process.wait(_LEAVE_DEADLINE) == 0
        except subprocess.TimeoutExpired:
            process.kill()
            left_well = False
        if not left_well:
            raise self._failure(verb)

    def _failure(self, node: str) -> DdpgRosError:
        last_lines = self._log(node).read_text(errors="replace").strip().splitlines()[-5:]
        return DdpgRosError(
            f"the {node} node failed; its log {self._log(node)} ends with:\n"
            + "\n".join(last_lines)
        )

    def _log(self, node: str) -> Path:
        return self.output / f"{node}.log"


def _parameters(values: dict[str, object]) -> list[str]:
    """As a node is told them."""
    said = (("-p", f"{name}:={value}") for name, value in values.items())
    return ["--ros-args", *(word for pair in said for word in pair)]


def _private_graph() -> dict[str, str]:
    """An environment whose nodes see this machine and this demo alone."""
    environment = dict(os.environ)
    environment["ROS_DOMAIN_ID"] = str(random.randint(1, 100))
    environment["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
    environment.setdefault("FASTDDS_BUILTIN_TRANSPORTS", "UDPv4")
    if "DISPLAY" not in environment:
        environment.setdefault("MUJOCO_GL", "egl")
    return environment
