"""A flight over ROS 2: controller, world and recorder, a process each."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ddpg_ros.cli.counter import Counter
from ddpg_ros.cli.node_processes import NodeProcesses, node_processes

FILM, RECORDING = "flight.gif", "flight.mcap"

_FLIGHT_DEADLINE = 120.0


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
        results = self.output / "episodes.json"
        results.unlink(missing_ok=True)
        with node_processes(self.output) as nodes:
            for verb, arguments in self._starts(results).items():
                nodes.start(verb, arguments)
            self._wait_for(results, nodes)
            nodes.end("controller")  # before it finds that the clock stands
            nodes.wait_for("world", _FLIGHT_DEADLINE)
            if self.recorded:
                nodes.end("record")
            nodes.raise_interrupt()
        episodes: list[dict[str, Any]] = json.loads(results.read_text())
        return episodes

    def _starts(self, results: Path) -> dict[str, list[str]]:
        """What each node is started with; the recorder first, so that it misses nothing."""
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
        return starts

    def _wait_for(self, results: Path, nodes: NodeProcesses) -> None:
        """Until the world has flown the last episode."""
        deadline = time.monotonic() + _FLIGHT_DEADLINE + 3 * self.seconds / self.real_time_factor
        counter = Counter(self.episodes, "episodes")
        while not results.exists():
            nodes.raise_interrupt()
            if counter.shown:
                counter.tell(nodes.log("world").read_bytes().count(b"): return "))
            ended = nodes.ended()
            if ended and not results.exists():
                raise nodes.failure(ended)
            if time.monotonic() > deadline:
                raise nodes.failure("world")
            time.sleep(0.02)
        counter.tell(self.episodes)


def _parameters(values: dict[str, object]) -> list[str]:
    """As a node is told them; one without a value it is not told."""
    said = (("-p", f"{name}:={value}") for name, value in values.items() if value != "")
    return ["--ros-args", *(word for pair in said for word in pair)]
