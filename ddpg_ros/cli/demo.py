"""``ddpg-ros demo``: train, export, and fly a robot over ROS 2, the pendulum unless told."""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
from pathlib import Path
from typing import Any

from ddpg_ros.cli.evaluate import evaluate_policy
from ddpg_ros.cli.flight import FILM, RECORDING, Flight
from ddpg_ros.cli.nodes import remedy
from ddpg_ros.cli.stopping import stopped_by_signals
from ddpg_ros.errors import STOPPED, ConfigError, DdpgRosError

_WORLD = "pendulum"
_EPISODES = 6
_REAL_TIME_FACTOR = 4.0
_RESULT = "demo.json"
"""Empty until the demo has flown; a folder without it is none of a demo's."""

_LEFT = ("learning_curve.png", FILM, RECORDING, "run/report.html", "policy.onnx", _RESULT)


def add(verbs: Any) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser("demo", help="train, export, and fly a robot over ROS 2")
    parser.add_argument(
        "world",
        nargs="?",
        default=_WORLD,
        help="pendulum, balancer, arm, rover, your module:Class, or a Gymnasium id (pendulum)",
    )
    parser.add_argument("--contract", default="", help="your YAML contract for the environment")
    parser.add_argument(
        "--preset", default="", help="hyperparameters to start from (the world's, or default)"
    )
    parser.add_argument("--config", default="", help="YAML file of hyperparameters")
    parser.add_argument("--record", action="store_true", help="record the flight, to flight.mcap")
    parser.add_argument("--output", default="demo", help="folder for what the demo leaves (demo)")
    parser.set_defaults(run_verb=_demo)


def _demo(options: argparse.Namespace) -> int:
    from ddpg_ros.deploy import OnnxPolicy
    from ddpg_ros.learning.console import ConsoleReporter
    from ddpg_ros.learning.job import Job
    from ddpg_ros.learning.presets import preset_for, read_config
    from ddpg_ros.learning.stop_request import StopRequest
    from ddpg_ros.learning.training import check_training, start_training

    if importlib.util.find_spec("rclpy") is None:
        raise DdpgRosError(
            "flying needs rclpy, which is not installed. Source a ROS 2 installation, or: "
            "pip install 'ddpg_ros[ros]'."
        )
    if options.record and importlib.util.find_spec("mcap_ros2") is None:
        raise DdpgRosError(
            f"--record needs mcap_ros2, which is not installed. {remedy('mcap_ros2')}"
        )
    config = preset_for(options.world, options.preset)
    if options.config:
        config = read_config(options.config, config)
    job = Job(options.world, options.contract, preset=options.preset)
    check_training(job, config)
    output = Path(options.output)
    run = output / "run"
    _clear(output)
    print(f"1. train a policy in the world {options.world}", flush=True)
    request = StopRequest()
    with stopped_by_signals(request.ask):
        trained = start_training(job, config, str(run), ConsoleReporter(), request)
    if trained.evaluation is None:
        print(f"stopped with a checkpoint; go on: ddpg-ros train --resume {run}, or a new demo")
        return STOPPED
    shutil.copyfile(trained.folder.policy, output / "policy.onnx")
    shutil.copyfile(trained.folder.learning_curve, output / "learning_curve.png")

    print("2. load the policy file with onnxruntime alone; it proves itself", flush=True)
    policy = OnnxPolicy.load(output / "policy.onnx")
    print(
        f"   {len(policy.metadata.probes.actions)} probes reproduced, largest difference "
        f"{policy.largest_probe_error:.1e} of the action's range"
    )
    in_gym = evaluate_policy(policy, _EPISODES)
    print(f"3. fly it in Gymnasium: {in_gym}", flush=True)

    print(
        f"4. fly it over ROS 2: ddpg_controller and ddpg_world, two processes, real DDS, "
        f"{_REAL_TIME_FACTOR:g} times real time; in the first episode the policy is faded in, "
        "ramp_in_time",
        flush=True,
    )
    flight = Flight(
        policy=output / "policy.onnx",
        output=output,
        world=options.world,
        contract_file=options.contract,
        first_seed=in_gym.seeds[0],
        episodes=_EPISODES,
        seconds=sum(in_gym.lengths) * policy.contract.period,
        real_time_factor=_REAL_TIME_FACTOR,
        filmed=True,
        recorded=options.record,
    )
    episodes = flight.fly()
    for episode, expected in zip(episodes, in_gym.returns, strict=True):
        print(
            f"   seed {episode['seed']}: {episode['return']:.2f}, {episode['outcome']} "
            f"(in Gymnasium {expected:.2f})"
        )
    ros_return = sum(episode["return"] for episode in episodes) / len(episodes)
    difference = abs(ros_return - in_gym.mean) / abs(in_gym.mean)
    result = {
        "train_seconds": trained.seconds,
        "gym_return": in_gym.mean,
        "ros_return": ros_return,
        "episodes": len(episodes),
        "policy": str((output / "policy.onnx").resolve()),
    }
    (output / _RESULT).write_text(json.dumps(result, indent=2) + "\n")
    print(f"trained in {trained.seconds:.1f} s")
    print(f"return in Gymnasium  {in_gym.mean:.2f}")
    print(f"return over ROS 2    {ros_return:.2f}   ({difference:.2%} apart)")
    for name in _LEFT:
        if (output / name).exists():
            print(output / name)
    print(f"look at it: ddpg-ros inspect {output / 'policy.onnx'}")
    if options.record:
        print(f"replay it: ddpg-ros replay {output / RECORDING} {output / 'policy.onnx'}")
    return 0


def _clear(output: Path) -> None:
    """Remove what an earlier demo left, and nothing else.

    Called when nothing of what was asked for can be wrong any more.

    Raises:
        ConfigError: A training lies there that is none of a demo's, or there can be no such folder.
    """
    run, result = output / "run", output / _RESULT
    if (run / "config.json").exists():
        if not result.exists():
            raise ConfigError(
                f"--output {output}: holds a training of yours in {run}, which a demo would "
                "replace. Name another folder."
            )
        print(f"the demo in {output} is replaced; --output names another folder", flush=True)
        shutil.rmtree(run)
    try:
        output.mkdir(parents=True, exist_ok=True)
        if result.exists():
            for name in _LEFT:
                (output / name).unlink(missing_ok=True)
        result.touch()
    except OSError as error:
        raise ConfigError(f"--output {output}: cannot be made ({error.strerror}).") from None
