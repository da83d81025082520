"""What each node can be told: its ROS parameters and, by the same names, its launch arguments.

They hold facts about the robot and the wish of the moment. Facts about the policy live in its
contract, hyperparameters in :class:`~ddpg_ros.learning.config.DdpgConfig`.
"""

from __future__ import annotations

from dataclasses import dataclass

from ddpg_ros.knob import knob, settle_knobs


@dataclass(frozen=True)
class WorldParameters:
    """How a world is run."""

    world: str = knob(
        "pendulum",
        "World to run: one of ddpg_ros's, your module:Class, or a Gymnasium id (HalfCheetah-v5).",
    )
    contract_file: str = knob("", "Your YAML contract for a Gymnasium environment.")
    randomise: str = knob(
        "", "YAML file of ranges: another robot each episode; empty: the one that is modelled."
    )
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
    lockstep: bool = knob(
        False,
        "Let time pass one control period at each command alone, as a training over ROS wants it; "
        "implies wait_for_reset.",
    )
    wait_for_reset: bool = knob(
        False, "Hold the robot when an episode has ended by itself, until ~/reset."
    )
    results_file: str = knob("", "JSON file to write the episodes to at the end.")
    film_file: str = knob("", "GIF file to write the first episodes to at the end.")
    film_episodes: int = knob(2, "Episodes to film.", 1, 1000)
    camera_rate: float = knob(
        0.0,
        "Pictures on camera/image_raw per second of simulated time [Hz]; 0: none.",
        0.0,
        1000.0,
    )


CAMERA = "camera/image_raw"
"""The topic of a world's pictures."""

FAULTS = "faults."
"""What the names of the faults begin with as ROS parameters and launch arguments."""


@dataclass(frozen=True)
class FaultParameters:
    """What goes wrong between a world and its subscribers; the physics go on unharmed.

    Each can be set while the world runs. Times are simulated ones.
    """

    drop: float = knob(0.0, "Probability that a sensor message is lost.", 0.0, 1.0)
    delay: float = knob(
        0.0, "Time a sensor message is under way, rounded up to a step [s].", 0.0, 10.0
    )
    delay_jitter: float = knob(
        0.0,
        "Largest further delay, drawn for each message, so that some overtake others [s].",
        0.0,
        10.0,
    )
    duplicate: float = knob(0.0, "Probability that a sensor message comes twice.", 0.0, 1.0)
    reorder: float = knob(
        0.0, "Probability that a sensor message comes after the next of its topic.", 0.0, 1.0
    )
    freeze: bool = knob(False, "Repeat the present values for ever, with fresh stamps.")
    nan: float = knob(0.0, "Probability that an element of a message is NaN.", 0.0, 1.0)
    corrupt: float = knob(
        0.0, "Probability that an element is garbage: either sign, 1 to 1e12.", 0.0, 1.0
    )
    lose_joint: str = knob("", "Joint to leave out of the joint states; empty: none.")
    topics: str = knob(
        "", "Sensor topics that all of the above befall, separated by commas; empty: all."
    )
    stall_clock: bool = knob(
        False, "Publish no /clock; the sensors go on, with stamps that run ahead of it."
    )
    jump_time: float = knob(
        0.0,
        "Set the stamps and /clock forward by this much, or back, not below 0; once, each time "
        "that it is set [s].",
        -1e6,
        1e6,
    )
    pause: bool = knob(
        False, "Stop physics, sensors and /clock together, as a simulator that is paused."
    )


@dataclass(frozen=True)
class TrainerParameters:
    """What to train on, and where the run is kept."""

    world: str = knob(
        "pendulum",
        "World to train in: one of ddpg_ros's, your module:Class, a Gymnasium id (HalfCheetah-v5), "
        "or ros: the robot on the ROS graph.",
    )
    contract_file: str = knob(
        "", "Your YAML contract for a Gymnasium environment, or for the robot on the ROS graph."
    )
    preset: str = knob(
        "", "Hyperparameters to start from; empty: the world's, or 'default' if it has none."
    )
    randomise: str = knob(
        "", "YAML file of ranges: another robot each episode; empty: the one that is modelled."
    )
    run_folder: str = knob("", "Folder for the run; empty: runs/WORLD-DATE-TIME.")
    resume: str = knob("", "Folder of a run to continue; empty: start a new one.")


@dataclass(frozen=True)
class RobotParameters:
    """How the robot on the ROS graph is trained on, for the world ``ros``.

    Raises:
        ConfigError: A value is out of its range.
    """

    reward: str = knob("", "World ros: your reward function, module:function.")
    time_limit: float = knob(
        10.0, "World ros: time after which an episode is cut off [s].", 0.001, 1e6
    )
    reset_service: str = knob(
        "ddpg_world/reset", "World ros: service (std_srvs/Trigger) that starts an episode."
    )
    clock: str = knob(
        "simulated",
        "World ros: whose time a control period takes, that of /clock or that of the wall.",
        choices=("simulated", "wall"),
    )
    patience: float = knob(
        10.0, "World ros: longest wait for an answer of the robot, on the wall [s].", 0.1, 3600.0
    )

    def __post_init__(self) -> None:
        settle_knobs(self)
