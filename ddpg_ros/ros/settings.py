"""What each node can be told: its ROS parameters and, by the same names, its launch arguments.

They hold facts about the robot and the wish of the moment. Facts about the policy live in its
contract, hyperparameters in :class:`~ddpg_ros.learning.config.DdpgConfig`.
"""

from __future__ import annotations

from dataclasses import dataclass

from ddpg_ros.knob import knob


@dataclass(frozen=True)
class WorldParameters:
    """How a world is run."""

    world: str = knob(
        "pendulum", "World to run: one of ddpg_ros's, or a Gymnasium id (HalfCheetah-v5)."
    )
    contract_file: str = knob("", "Your YAML contract for a Gymnasium environment.")
    real_time_factor: float = knob(
        1.0, "Simulated seconds per second of wall-clock time.", 0.001, 1000.0
    )
    seed: int = knob(0, "Seed of the first episode; each later one adds 1.", 0)
    episodes: int = knob(0, "Episodes to run before the node ends; 0: no end.", 0)
    command_timeout: float = knob(
        0.5, "Simulated time after which the last command gives way to the safe one [s].", 0.0, 1e6
    )
    wait_for_command: bool = knob(
        True, "Hold the robot at the start of the first episode until a command arrives."
    )
    results_file: str = knob("", "JSON file to write the episodes to at the end.")
    film_file: str = knob("", "GIF file to write the first episodes to at the end.")
    film_episodes: int = knob(2, "Episodes to film.", 1, 1000)


@dataclass(frozen=True)
class TrainerParameters:
    """What to train on, and where the run is kept."""

    world: str = knob(
        "pendulum", "World to train in: one of ddpg_ros's, or a Gymnasium id (HalfCheetah-v5)."
    )
    contract_file: str = knob("", "Your YAML contract for a Gymnasium environment.")
    preset: str = knob(
        "", "Hyperparameters to start from; empty: the world's, or 'default' if it has none."
    )
    run_folder: str = knob("", "Folder for the run; empty: runs/WORLD-DATE-TIME.")
    resume: str = knob("", "Folder of a run to continue; empty: start a new one.")
