"""``ddpg-ros demo``: train, export, and fly a robot over ROS 2, the pendulum unless told."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ddpg_ros.cli.evaluate import evaluate_policy
from ddpg_ros.errors import ConfigError, DdpgRosError

_WORLD = "pendulum"
_EPISODES = 6
_REAL_TIME_FACTOR = 4.0
_FLIGHT_DEADLINE = 120.0
_LEAVE_DEADLINE = 10.0


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
    parser.add_argument("--output", default="demo", help="folder for what the demo leaves (demo)")
    parser.set_defaults(run_verb=_demo)


def _demo(options: argparse.Namespace) -> int:
    from ddpg_ros.deploy import OnnxPolicy
    from ddpg_ros.learning.console import ConsoleReporter
    from ddpg_ros.learning.loop import StopRequest
    from ddpg_ros.learning.presets import preset_for, read_config
    from ddpg_ros.learning.run_folder import Job
    from ddpg_ros.learning.training import start_training

    if importlib.util.find_spec("rclpy") is None:
        raise DdpgRosError(
            "flying needs rclpy, which is not installed. Source a ROS 2 installation, or: "
            "pip install 'ddpg_ros[ros]'."
        )
    output = Path(options.output)
    _clear(output)
    print(f"1. train a policy in the world {options.world}", flush=True)
    run = output / "run"
    config = preset_for(options.world, options.preset)
    if options.config:
        config = read_config(options.config, config)
    job = Job(options.world, options.contract)
    trained = start_training(job, config, str(run), ConsoleReporter(), StopRequest())
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
        f"{_REAL_TIME_FACTOR:g} times real time",
        flush=True,
    )
    flown = sum(in_gym.lengths) * policy.contract.period
    flight = Flight(output, options.world, options.contract, in_gym.seeds[0], flown)
    episodes = flight.fly()
    for episode in episodes:
        print(f"   seed {episode['seed']}: {episode['return']:.2f}, {episode['outcome']}")
    ros_return = sum(episode["return"] for episode in episodes) / len(episodes)
    difference = abs(ros_return - in_gym.mean) / abs(in_gym.mean)
    result = {
        "train_seconds": trained.seconds,
        "gym_return": in_gym.mean,
        "ros_return": ros_return,
        "episodes": len(episodes),
        "policy": str((output / "policy.onnx").resolve()),
    }
    (output / "demo.json").write_text(json.dumps(result, indent=2) + "\n")
    print(f"trained in {trained.seconds:.1f} s")
    print(f"return in Gymnasium  {in_gym.mean:.2f}")
    print(f"return over ROS 2    {ros_return:.2f}   ({difference:.2%} apart)")
    names = ("learning_curve.png", "flight.gif", "run/report.html", "policy.onnx", "demo.json")
    for name in filter(lambda name: (output / name).exists(), names):
        print(f"{output / name}")
    return 0


@dataclass(frozen=True)
class Flight:
    """The controller and the world as two processes.

    Args:
        output: Folder for the film, the logs and the results.
        world: What is flown.
        contract_file: The user's contract for it; empty for none.
        first_seed: Seed of the first episode.
        seconds: How long the flight takes, in simulated time [s].
    """

    output: Path
    world: str
    contract_file: str
    first_seed: int
    seconds: float

    def fly(self) -> list[dict[str, Any]]:
        """Fly, and return what the world node says of each episode.

        Raises:
            DdpgRosError: A node failed; the message names its log.
        """
        results = self.output / "episodes.json"
        environment = _private_graph()
        controller = self._start(
            "controller",
            {"policy": self.output / "policy.onnx", "use_sim_time": "true"},
            environment,
        )
        world = self._start(
            "world",
            {
                "world": self.world,
                **({"contract_file": self.contract_file} if self.contract_file else {}),
                "real_time_factor": _REAL_TIME_FACTOR,
                "seed": self.first_seed,
                "episodes": _EPISODES,
                "results_file": results,
                "film_file": self.output / "flight.gif",
            },
            environment,
        )
        try:
            self._wait(world, controller)
        finally:
            for process in (world, controller):
                if process.poll() is None:
                    process.send_signal(signal.SIGINT)
        try:
            left_well = controller.wait(_LEAVE_DEADLINE) == 0
        except subprocess.TimeoutExpired:
            controller.kill()
            left_well = False
        if not left_well:
            raise self._failure("controller")
        episodes: list[dict[str, Any]] = json.loads(results.read_text())
        return episodes

    def _start(
        self, node: str, parameters: dict[str, object], environment: dict[str, str]
    ) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "ddpg_ros.cli", node, "--ros-args"]
        for name, value in parameters.items():
            command += ["-p", f"{name}:={value}"]
        with self._log(node).open("wb") as log:
            return subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)

    def _wait(self, world: subprocess.Popen[bytes], controller: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _FLIGHT_DEADLINE + 2 * self.seconds / _REAL_TIME_FACTOR
        while world.poll() is None:
            if controller.poll() is not None:
                raise self._failure("controller")
            if time.monotonic() > deadline:
                raise self._failure("world")
            time.sleep(0.05)
        if world.returncode != 0:
            raise self._failure("world")

    def _failure(self, node: str) -> DdpgRosError:
        last_lines = self._log(node).read_text(errors="replace").strip().splitlines()[-5:]
        return DdpgRosError(
            f"the {node} node failed; its log {self._log(node)} ends with:\n"
            + "\n".join(last_lines)
        )

    def _log(self, node: str) -> Path:
        return self.output / f"{node}.log"


def _private_graph() -> dict[str, str]:
    """An environment whose nodes see this machine and this demo alone."""
    environment = dict(os.environ)
    environment["ROS_DOMAIN_ID"] = str(random.randint(1, 100))
    environment["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
    environment.setdefault("FASTDDS_BUILTIN_TRANSPORTS", "UDPv4")
    if "DISPLAY" not in environment:
        environment.setdefault("MUJOCO_GL", "egl")
    return environment


def _clear(output: Path) -> None:
    """Remove what an earlier demo left, and nothing else."""
    if (output / "run" / "config.json").exists():
        shutil.rmtree(output / "run")
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"--output {output}: cannot be made ({error.strerror}).") from None
