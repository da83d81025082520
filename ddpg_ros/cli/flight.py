"""A flight over ROS 2: its nodes as processes, on a graph of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

from ddpg_ros.cli.counter import Counter
from ddpg_ros.cli.stopping import stopped_by_signals
from ddpg_ros.errors import DdpgRosError
from ddpg_ros.ros.domain import OwnDomain

FILM, RECORDING = "flight.gif", "flight.mcap"

_FLIGHT_DEADLINE = 120.0
_LEAVE_DEADLINE = 10.0


@dataclass(frozen=True)
class Flight:
    """The controller and the world as two processes, and what records them as a third.

    Args:
        policy: The policy file.
        output: Folder for the logs, the results, and what is filmed and recorded.
        world: What is flown.
        contract_file: The user's contract for it; empty for none.
        randomise: File of the ranges that its robot is drawn from; empty: as modelled.
        first_seed: Seed of the first episode; each later one adds 1.
        episodes: How many.
        seconds: How long they take, about, in simulated time [s].
        real_time_factor: Simulated seconds per second.
        filmed: Whether to film it.
        recorded: Whether to record it.
    """

    policy: Path
    output: Path
    world: str
    contract_file: str
    first_seed: int
    episodes: int
    seconds: float
    real_time_factor: float
    randomise: str = ""
    filmed: bool = False
    recorded: bool = False

    def fly(self) -> list[dict[str, Any]]:
        """Fly, and return what the world node says of each episode.

        Raises:
            DdpgRosError: A node failed; the message names its log.
            KeyboardInterrupt: SIGINT or SIGTERM came; the nodes are leaving.
        """
        interrupted = Event()
        with OwnDomain() as domain, stopped_by_signals(interrupted.set):
            return self._fly(_private_graph(domain), interrupted)

    def _fly(self, environment: dict[str, str], interrupted: Event) -> list[dict[str, Any]]:
        results = self.output / "episodes.json"
        results.unlink(missing_ok=True)
        told = {
            "world": self.world,
            "contract_file": self.contract_file,
            "randomise": self.randomise,
            "real_time_factor": self.real_time_factor,
            "seed": self.first_seed,
            "episodes": self.episodes,
            "results_file": results,
            "film_file": self.output / FILM if self.filmed else "",
        }
        starts = {
            "controller": _parameters({"policy": self.policy, "use_sim_time": "true"}),
            "world": _parameters(told),
        }
        if self.recorded:
            recorded = [str(self.policy), "--output", str(self.output / RECORDING)]
            starts = {"record": recorded, **starts}
        nodes: dict[str, subprocess.Popen[bytes]] = {}
        try:
            for verb, arguments in starts.items():
                nodes[verb] = self._start(verb, arguments, environment)
            self._wait_for(results, nodes, interrupted)
            nodes["controller"].send_signal(signal.SIGINT)  # before it finds that the clock stands
            self._leave(nodes["controller"], "controller")
            self._leave(nodes["world"], "world", _FLIGHT_DEADLINE)
        finally:
            for process in nodes.values():
                if process.poll() is None:
                    process.terminate()  # SIGINT is lost on a Python that has just been started
        if self.recorded:
            self._leave(nodes["record"], "record")
        if interrupted.is_set():
            raise KeyboardInterrupt
        episodes: list[dict[str, Any]] = json.loads(results.read_text())
        return episodes

    def _start(
        self, verb: str, arguments: list[str], environment: dict[str, str]
    ) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "ddpg_ros.cli", verb, *arguments]
        with self._log(verb).open("wb") as log:
            return subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)

    def _wait_for(
        self, results: Path, nodes: dict[str, subprocess.Popen[bytes]], interrupted: Event
    ) -> None:
        """Until the world has flown the last episode."""
        deadline = time.monotonic() + _FLIGHT_DEADLINE + 3 * self.seconds / self.real_time_factor
        counter = Counter(self.episodes, "episodes")
        while not results.exists():
            if interrupted.is_set():
                raise KeyboardInterrupt
            if counter.shown:
                counter.tell(self._log("world").read_bytes().count(b"): return "))
            for verb, process in nodes.items():
                if process.poll() is not None and not results.exists():
                    raise self._failure(verb)
            if time.monotonic() > deadline:
                raise self._failure("world")
            time.sleep(0.02)
        counter.tell(self.episodes)

    def _leave(
        self, process: subprocess.Popen[bytes], verb: str, patience: float = _LEAVE_DEADLINE
    ) -> None:
        try:
            left_well = process.wait(patience) == 0
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
    """As a node is told them; one without a value it is not told."""
    said = (("-p", f"{name}:={value}") for name, value in values.items() if value != "")
    return ["--ros-args", *(word for pair in said for word in pair)]


def _private_graph(domain: OwnDomain) -> dict[str, str]:
    """An environment whose nodes see this machine and this flight alone."""
    environment = os.environ | domain.environment
    if "DISPLAY" not in environment:
        environment.setdefault("MUJOCO_GL", "egl")
    return environment
