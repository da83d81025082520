"""``ddpg-ros train``: learn a policy in a world and export it."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ddpg_ros.cli.nodes import missing_package_told
from ddpg_ros.errors import STOPPED, ConfigError
from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.ros.settings import RobotParameters

if TYPE_CHECKING:
    from ddpg_ros.learning.job import Job
    from ddpg_ros.learning.training import WorldMaker

_DEFAULT_WORLD = "pendulum"


def add(verbs: Any) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser("train", help="learn a policy in a world and export it")
    parser.add_argument(
        "world",
        nargs="?",
        default="",
        help="pendulum, balancer, arm, rover (rover-1 to rover-3 are easier), your module:Class, a "
        "Gymnasium id such as HalfCheetah-v5, or ros: the robot on the ROS graph (pendulum)",
    )
    parser.add_argument(
        "--contract", default="", help="your YAML contract for the environment or robot"
    )
    parser.add_argument(
        "--run",
        default="",
        dest="run_folder",
        metavar="RUN",
        help="folder for the run (runs/WORLD-DATE-TIME)",
    )
    parser.add_argument("--resume", default="", metavar="RUN", help="continue the run in a folder")
    parser.add_argument(
        "--preset", default="", help="hyperparameters to start from (the world's, or default)"
    )
    parser.add_argument("--config", default="", help="YAML file of hyperparameters")
    add_ranges(parser)
    robot = parser.add_argument_group("the robot on the ROS graph")
    _add_knobs(robot, RobotParameters)
    robot.add_argument(
        "--ros-args",
        nargs=argparse.REMAINDER,
        default=[],
        metavar="ARG",
        help="at the end: remappings (-r joint_states:=arm/joint_states), namespace",
    )
    group = parser.add_argument_group("hyperparameters (what is not given comes from the preset)")
    _add_knobs(group, DdpgConfig)
    parser.set_defaults(run_verb=_train)


def add_ranges(parser: Any) -> None:
    """Add the flags by which the robot of a world becomes another each episode."""
    parser.add_argument(
        "--randomise",
        default="",
        metavar="FILE",
        help="YAML file of ranges: another robot each episode",
    )
    parser.add_argument(
        "--vary",
        action="append",
        default=[],
        metavar="NAME=LOW,HIGH",
        help="a range, as mass=0.7,1.3; may be given several times, wins over the file",
    )


def _train(options: argparse.Namespace) -> int:
    config = _config(options)
    robot = _robot(options)

    from ddpg_ros.deploy import OnnxPolicy
    from ddpg_ros.learning.console import ConsoleReporter
    from ddpg_ros.learning.run_folder import RunFolder
    from ddpg_ros.learning.stop_request import StopRequest
    from ddpg_ros.learning.training import find_job, resume_training, start_training

    request = StopRequest()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: request.ask())
    reporter = ConsoleReporter()
    if options.resume:
        job, _ = RunFolder(Path(options.resume)).load_job()
    else:
        job = find_job(
            options.world,
            options.contract,
            options.randomise,
            options.vary,
            robot,
            options.preset,
        )
    with _world_maker(job, options.ros_args) as make:
        if options.resume:
            result = resume_training(options.resume, reporter, request, make)
        else:
            result = start_training(job, config, options.run_folder, reporter, request, make)
    folder = result.folder
    if result.evaluation is None:
        print(f"stopped with a checkpoint; go on: ddpg-ros train --resume {folder.path}")
        return STOPPED
    OnnxPolicy.load(folder.policy)
    print(f"learning curve: {folder.learning_curve}")
    if folder.report.exists():
        print(f"report: {folder.report}")
    print(f"policy, proved: {folder.policy}")
    print(f"look at it: ddpg-ros inspect {folder.policy}")
    return 0


def _config(options: argparse.Namespace) -> DdpgConfig:
    """The preset, then the user's file, then the flags."""
    from ddpg_ros.learning.presets import preset_for, read_config

    names = [field.name for field in dataclasses.fields(DdpgConfig)]
    chosen = {name: value for name, value in vars(options).items() if name in names}
    job = {"the world": options.world, "--contract": options.contract}
    job |= {"--run": options.run_folder, "--preset": options.preset, "--config": options.config}
    job |= {"--randomise": options.randomise, "--vary": options.vary}
    given = [*chosen, *(name for name, value in job.items() if value)]
    if options.resume and given:
        raise ConfigError(
            f"--resume continues {options.resume} with the world and hyperparameters it was "
            f"started with; leave out {', '.join(given)}."
        )
    options.world = options.world or _DEFAULT_WORLD
    config = preset_for(options.world, options.preset)
    if options.config:
        config = read_config(options.config, config)
    return DdpgConfig.from_dict(chosen, config)


def _robot(options: argparse.Namespace) -> dict[str, Any]:
    """What was asked for of the robot on the ROS graph; nothing if another world was named."""
    from ddpg_ros.worlds import ROS

    names = [field.name for field in dataclasses.fields(RobotParameters)]
    given = {name: value for name, value in vars(options).items() if name in names}
    if options.world == ROS:
        return dataclasses.asdict(RobotParameters(**given))
    flags = [f"--{name.replace('_', '-')}" for name in given]
    if options.ros_args and not options.resume:
        flags.append("--ros-args")
    if flags:
        raise ConfigError(
            f"{', '.join(flags)}: for the world 'ros' alone, the robot on the ROS graph."
        )
    return {}


@contextlib.contextmanager
def _world_maker(job: Job, ros_args: list[str]) -> Iterator[WorldMaker]:
    """How the worlds of a job are made: here, or on the ROS graph."""
    from ddpg_ros.learning.training import simulated_world
    from ddpg_ros.worlds import ROS

    if job.world != ROS:
        yield simulated_world
        return
    with missing_package_told():
        from ddpg_ros.ros.ros_world import ros_started, ros_worlds
    with ros_started(ros_args), ros_worlds(RobotParameters(**job.options)) as worlds:
        yield lambda job: worlds(job.contract_file)


def _add_knobs(group: Any, kind: type) -> None:
    """A flag for each field of a dataclass of knobs."""
    for field in dataclasses.fields(kind):
        default: Any = field.default
        extra: dict[str, Any] = {"type": type(default)}
        if isinstance(default, bool):
            extra = {"action": argparse.BooleanOptionalAction}
        elif isinstance(default, tuple):
            extra = {"type": int, "nargs": "+"}
        group.add_argument(
            f"--{field.name.replace('_', '-')}",
            dest=field.name,
            default=argparse.SUPPRESS,
            help=field.metadata["description"].replace("%", "%%"),
            **extra,
        )
