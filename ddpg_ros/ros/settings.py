"""What each node can be told: its ROS parameters and, by the same names, its launch arguments.

They hold facts about the robot and the wish of the moment. Facts about the policy live in its
contract, hyperparameters in :class:`~ddpg_ros.learning.config.DdpgConfig`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any


def parameter(
    default: Any,
    description: str,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """A dataclass field that knows how it is declared as a ROS parameter."""
    metadata = {"description": description, "low": low, "high": high, "choices": choices}
    return dataclasses.field(default=default, metadata=metadata)


def watchdog_patience(period: float) -> float:
    """How long a watchdog waits for a tick of ``period`` [s] unless told otherwise [s]."""
    return max(0.25, 5 * period)


@dataclass(frozen=True)
class ControllerParameters:
    """Facts about this robot; what the policy needs is in its contract."""

    policy: str = parameter("", "Path of the policy file (policy.onnx).")
    autostart: bool = parameter(True, "Configure and activate at start, without a manager.")
    enable: bool = parameter(
        True, "Send commands; false computes and publishes ~/action but moves nothing."
    )
    stamped_twist: bool = parameter(
        True, "Send TwistStamped where the contract says so; false sends Twist instead."
    )
    watchdog_timeout: float = parameter(
        0.0,
        "Wall-clock time without a tick after which the safe command is sent, as when /clock "
        "stalls [s]; 0: five periods, at least 0.25 s.",
        0.0,
        3600.0,
    )


@dataclass(frozen=True)
class WorldParameters:
    """How a world is run."""

    world: str = parameter(
        "pendulum", "World to run: one of ddpg_ros's, or a Gymnasium id (HalfCheetah-v5)."
    )
    contract_file: str = parameter("", "Your YAML contract for a Gymnasium environment.")
    real_time_factor: float = parameter(
        1.0, "Simulated seconds per second of wall-clock time.", 0.001, 1000.0
    )
    seed: int = parameter(0, "Seed of the first episode; each later one adds 1.", 0)
    episodes: int = parameter(0, "Episodes to run before the node ends; 0: no end.", 0)
    command_timeout: float = parameter(
        0.5, "Simulated time after which the last command gives way to the safe one [s].", 0.0, 1e6
    )
    wait_for_command: bool = parameter(
        True, "Hold the robot at the start of the first episode until a command arrives."
    )
    results_file: str = parameter("", "JSON file to write the episodes to at the end.")
    film_file: str = parameter("", "GIF file to write the first episodes to at the end.")
    film_episodes: int = parameter(2, "Episodes to film.", 1, 1000)


FAULTS = "faults."
"""What the names of the faults begin with as ROS parameters and launch arguments."""


@dataclass(frozen=True)
class FaultParameters:
    """What goes wrong between a world and its subscribers; the physics go on unharmed.

    Each can be set while the world runs. Times are simulated ones.
    """

    drop: float = parameter(0.0, "Probability that a sensor message is lost.", 0.0, 1.0)
    delay: float = parameter(
        0.0, "Time a sensor message is under way, rounded up to a step [s].", 0.0, 10.0
    )
    delay_jitter: float = parameter(
        0.0,
        "Largest further delay, drawn for each message, so that some overtake others [s].",
        0.0,
        10.0,
    )
    duplicate: float = parameter(0.0, "Probability that a sensor message comes twice.", 0.0, 1.0)
    reorder: float = parameter(
        0.0, "Probability that a sensor message comes after the next of its topic.", 0.0, 1.0
    )
    freeze: bool = parameter(False, "Repeat the present values for ever, with fresh stamps.")
    nan: float = parameter(0.0, "Probability that an element of a message is NaN.", 0.0, 1.0)
    corrupt: float = parameter(
        0.0, "Probability that an element is garbage: either sign, 1 to 1e12.", 0.0, 1.0
    )
    lose_joint: str = parameter("", "Joint to leave out of the joint states; empty: none.")
    topics: str = parameter(
        "", "Sensor topics that all of the above befall, separated by commas; empty: all."
    )
    stall_clock: bool = parameter(
        False, "Publish no /clock; the sensors go on, with stamps that run ahead of it."
    )
    jump_time: float = parameter(
        0.0,
        "Set the stamps and /clock forward by this much, or back, not below 0; once, each time "
        "that it is set [s].",
        -1e6,
        1e6,
    )
    pause: bool = parameter(
        False, "Stop physics, sensors and /clock together, as a simulator that is paused."
    )


@dataclass(frozen=True)
class TrainerParameters:
    """What to train on, and where the run is kept."""

    world: str = parameter(
        "pendulum", "World to train in: one of ddpg_ros's, or a Gymnasium id (HalfCheetah-v5)."
    )
    contract_file: str = parameter("", "Your YAML contract for a Gymnasium environment.")
    preset: str = parameter(
        "", "Hyperparameters to start from; empty: the world's, or 'default' if it has none."
    )
    run_folder: str = parameter("", "Folder for the run; empty: runs/WORLD-DATE-TIME.")
    resume: str = parameter("", "Folder of a run to continue; empty: start a new one.")
