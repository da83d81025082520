"""A whole training on a robot behind topics: the pendulum of ddpg_world, in another process."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from graph import Graph, NodeProcess
from std_msgs.msg import String

from ddpg_ros.deploy import OnnxPolicy
from ddpg_ros.worlds.pendulum import pendulum_contract

EXAMPLE = Path(__file__).parents[2] / "examples" / "training_through_ros"
SHORT = {
    "total_steps": 700,
    "warmup_steps": 150,
    "hidden_sizes": "[16]",
    "batch_size": 32,
    "evaluation_interval": 300,
    "evaluation_episodes": 1,
    "final_episodes": 2,
}
ROBOT = {
    "world": "ros",
    "contract_file": EXAMPLE / "pendulum.yaml",
    "reward": "pendulum_reward:swing_up",
    "time_limit": 2.0,
    "patience": 30.0,
}


@pytest.fixture(autouse=True)
def reward_in_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{EXAMPLE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")


def train(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """``ddpg-ros train`` in the folder of the example."""
    command = [sys.executable, "-m", "ddpg_ros.cli", "train", *map(str, arguments)]
    environment = {**os.environ, "ROS_LOG_DIR": str(folder)}
    return subprocess.run(
        command,
        cwd=EXAMPLE,
        env=environment,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


def test_the_command_line_trains_on_the_robot_and_leaves_a_policy_for_it(
    start: Callable[..., NodeProcess], tmp_path: Path
) -> None:
    world = start("world", lockstep=True)
    flags = [
        f"--{name.replace('_', '-')}={v}" for name, v in SHORT.items() if name != "hidden_sizes"
    ]
    run = tmp_path / "run"
    done = train(
        tmp_path,
        *("ros", "--contract", "pendulum.yaml", "--reward", "pendulum_reward:swing_up"),
        *("--time-limit", 2, "--patience", 30, "--run", run, *flags, "--hidden-sizes", 16),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    policy = OnnxPolicy.load(run / "policy.onnx")
    assert policy.contract == pendulum_contract()
    assert policy.metadata.provenance["world"] == "ros"
    evaluation = json.loads((run / "evaluation.json").read_text())
    assert evaluation["mean_length"] == 40
    assert set(evaluation["outcomes"]) <= {"success", "failure"}
    report = json.loads((run / "report.json").read_text())
    assert report["films"] == "The robot on the ROS graph is not driven for a report."
    assert report["evaluation"]["mean"] == evaluation["mean"]
    assert world.running()


def test_the_trainer_node_trains_on_the_robot_and_an_interrupted_run_goes_on(
    graph: Graph, start: Callable[..., NodeProcess], tmp_path: Path
) -> None:
    start("world", lockstep=True)
    heard = graph.listen(String, "ddpg_trainer/progress")
    run = tmp_path / "run"
    node = start("train", run_folder=run, **ROBOT, **{**SHORT, "total_steps": 4000})
    graph.wait_for(lambda: heard, "progress", deadline=90.0)
    node.signal(signal.SIGINT)
    assert node.wait() == 0, node.output
    config = json.loads((run / "config.json").read_text())
    config["config"]["total_steps"] = 1000  # so that the rest is short
    (run / "config.json").write_text(json.dumps(config))
    again = start("train", resume=run)
    assert again.wait(120.0) == 0, again.output
    assert "resuming at step" in again.output
    assert "cannot live through an episode again" in again.output
    OnnxPolicy.load(run / "policy.onnx")


def test_the_example_of_the_page_steps_the_robot_from_python(
    start: Callable[..., NodeProcess],
) -> None:
    page = EXAMPLE.parents[1] / "docs" / "training_through_ros.md"
    (code,) = re.findall(r"```python\n(from ddpg_ros.*?)```", page.read_text(), re.DOTALL)
    start("world", lockstep=True)
    code += "    print(info, observation.shape)\n"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=EXAMPLE,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "{} (3,)\n"), done.stderr


def test_a_training_without_its_robot_ends_in_a_sentence(
    start: Callable[..., NodeProcess], tmp_path: Path
) -> None:
    robot: dict[str, Any] = {**ROBOT, "patience": 1.0}
    node = start("train", run_folder=tmp_path / "run", **robot, **SHORT)
    assert node.wait() == 2
    assert "robot 'pendulum' on the ROS graph: nobody publishes /clock (start" in node.output
    assert "Traceback" not in node.output
    assert not (tmp_path / "run").exists()  # so the same command serves once the robot is there


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (
            "ros",
            "world 'ros': needs a contract (--contract, or the parameter contract_file): a "
            "YAML file that says what is read and driven.",
        ),
        (
            "ros --contract pendulum.yaml",
            "reward: a robot on the ROS graph gives no rewards; name a function of yours that "
            "does, as --reward module:function, or the parameter reward.",
        ),
        (
            "ros --contract pendulum.yaml --reward pendulum_reward:swing",
            "reward: module 'pendulum_reward' has no 'swing'. It has: swing_up.",
        ),
        ("ros --time-limit 0", "time_limit: expected in [0.001, 1000000.0], got 0.0."),
        (
            "pendulum --reward a:b --time-limit 3",
            "--reward, --time-limit: for the world 'ros' alone, the robot on the ROS graph.",
        ),
        (
            "ros --contract pendulum.yaml --reward pendulum_reward:swing_up --num-envs 2",
            "num_envs: 'pendulum' is one robot on the ROS graph; expected 1, got 2.",
        ),
    ],
)
def test_a_wrong_word_ends_in_a_sentence(arguments: str, text: str, tmp_path: Path) -> None:
    done = train(tmp_path, *arguments.split(), "--run", tmp_path / "run")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(f"ddpg-ros train: {text}")
    assert "Traceback" not in done.stderr
