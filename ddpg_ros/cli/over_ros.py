"""The episodes of an evaluation again, by the controller node against the world node."""

from __future__ import annotations

import importlib.util
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ddpg_ros.cli.flight import Flight
from ddpg_ros.cli.nodes import remedy
from ddpg_ros.deploy import OnnxPolicy
from ddpg_ros.errors import ConfigError, DdpgRosError
from ddpg_ros.learning.evaluation import Evaluation
from ddpg_ros.worlds import Randomisation

_MOST_WITHOUT = 0.02
"""Of the control periods; an episode's first may go by before its first command."""


@dataclass(frozen=True)
class FlownOverRos:
    """What came of a flight over ROS 2.

    Args:
        evaluation: The episodes.
        without_command: Control periods of the world that went by without a new command.
        real_time_factor: How fast it was flown, in simulated seconds per second.
    """

    evaluation: Evaluation
    without_command: int
    real_time_factor: float

    def summary(self) -> dict[str, Any]:
        """JSON values."""
        return {**self.evaluation.summary(), "periods_without_command": self.without_command}

    def __str__(self) -> str:
        periods = sum(self.evaluation.lengths)
        if self.without_command <= _MOST_WITHOUT * periods:
            return str(self.evaluation)
        return (
            f"{self.evaluation}\n{self.without_command:,} of {periods:,} control periods went by "
            "without a new command, so this says less of the policy than of the machine, which "
            f"cannot keep up with {self.real_time_factor:g} times real time here. Fly with a "
            "lower --real-time-factor."
        )


def fly_over_ros(
    path: str,
    policy: OnnxPolicy,
    in_gymnasium: Evaluation,
    real_time_factor: float = 1.0,
    world_name: str = "",
    contract_file: str = "",
    ranges: Randomisation | None = None,
) -> FlownOverRos:
    """Fly the seeds of an evaluation over ROS 2, in two processes of their own.

    Args:
        path: The policy file.
        policy: What is in it.
        in_gymnasium: The evaluation, of seeds that follow one another.
        real_time_factor: Simulated seconds per second.
        world_name: Another world; empty: the one that the policy was trained in.
        contract_file: The user's contract for that world; empty for none.
        ranges: How far the robot may be from the one modelled; None: not at all.

    Raises:
        ConfigError: The factor is not above 0.
        DdpgRosError: There is no rclpy, or a node failed; its log is kept and named.
    """
    if not 0.001 <= real_time_factor <= 1000.0:
        raise ConfigError(
            f"--real-time-factor: expected in [0.001, 1000], got {real_time_factor:g}."
        )
    if importlib.util.find_spec("rclpy") is None:
        raise DdpgRosError(f"--over-ros needs rclpy, which is not installed. {remedy('rclpy')}")
    folder = Path(tempfile.mkdtemp(prefix="ddpg_ros_flight_"))
    provenance = policy.metadata.provenance
    if not (world_name or contract_file) and provenance.get("contract_file"):
        (folder / "contract.yaml").write_text(policy.contract.to_json())
        contract_file = str(folder / "contract.yaml")
    changed = ranges.changed() if ranges else {}
    if changed:
        (folder / "ranges.yaml").write_text(json.dumps(changed))
    flight = Flight(
        policy=Path(path),
        output=folder,
        world=world_name or provenance.get("world", ""),
        contract_file=contract_file,
        randomise=str(folder / "ranges.yaml") if changed else "",
        first_seed=in_gymnasium.seeds[0],
        episodes=len(in_gymnasium.seeds),
        seconds=sum(in_gymnasium.lengths) * policy.contract.period,
        real_time_factor=real_time_factor,
    )
    try:
        episodes = flight.fly()
    except KeyboardInterrupt:
        shutil.rmtree(folder, ignore_errors=True)  # the nodes are still leaving
        raise
    shutil.rmtree(folder)
    evaluation = Evaluation(
        seeds=tuple(episode["seed"] for episode in episodes),
        returns=tuple(episode["return"] for episode in episodes),
        lengths=tuple(episode["steps"] for episode in episodes),
        outcomes=tuple(episode["outcome"] for episode in episodes),
    )
    without = sum(max(0, episode["steps"] - episode["commands"]) for episode in episodes)
    return FlownOverRos(evaluation, without, real_time_factor)
