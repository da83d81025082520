"""The page docs/your_robot.md: it shows the example's files, and its commands run on them."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ddpg_ros.deploy import OnnxPolicy

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "your_robot"
PAGE = (ROOT / "docs" / "your_robot.md").read_text()
BLOCKS = re.findall(r"^```(\w+) ([\w./]+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
FILES = {name: body for _, name, body in BLOCKS if name.startswith("examples/")}
COMMANDS = {name: body.splitlines() for kind, name, body in BLOCKS if kind == "sh"}
SHORT = {"total_steps": 1500, "warmup_steps": 300, "evaluation_interval": 700}
SHORT |= {"evaluation_episodes": 2, "final_episodes": 3}


def with_this_python(command: str, *more: str) -> list[str]:
    """A command of the page, with this Python's ``ddpg-ros``."""
    program, *arguments = shlex.split(command)
    assert program == "ddpg-ros"
    return [sys.executable, "-m", "ddpg_ros.cli", *arguments, *more]


def run(folder: Path, command: str, *more: str) -> str:
    environment = {k: v for k, v in os.environ.items() if k != "ROS_PYTHON_CHECK_FIELDS"}
    done = subprocess.run(
        with_this_python(command, *more),
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_page_shows_the_files_of_the_example_whole() -> None:
    shown = {ROOT / name for name in FILES}
    assert shown == {path for path in EXAMPLE.glob("planar_arm*") if path.is_file()}
    for name, body in FILES.items():
        assert body == (ROOT / name).read_text(), name


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the page's files where its first commands were run, on a shorter training."""
    folder = tmp_path_factory.mktemp("your_robot")
    for name in FILES:
        shutil.copy(ROOT / name, folder)
    settings = folder / "planar_arm_hyperparameters.yaml"
    settings.write_text(yaml.safe_dump({**yaml.safe_load(settings.read_text()), **SHORT}))
    train, inspect, evaluate = COMMANDS["run"]
    assert "policy, proved: run/policy.onnx" in run(folder, train)
    assert "goal.x" in run(folder, inspect)
    report = json.loads(run(folder, evaluate, "--episodes", "4", "--json"))
    (folder / "evaluation.json").write_text(json.dumps(report))
    return folder


def test_its_commands_train_inspect_and_evaluate(trained: Path) -> None:
    policy = OnnxPolicy.load(trained / "run" / "policy.onnx")
    assert policy.metadata.provenance["world"] == "planar_arm:PlanarArm"
    assert policy.contract.action_names == ("shoulder", "elbow")
    report = json.loads((trained / "evaluation.json").read_text())
    assert report["mean_length"] == 80
    assert 5.0 < report["mean"] <= 80.0


def test_its_commands_fly_the_policy_over_ros(trained: Path, alone: dict[str, str]) -> None:
    report = json.loads((trained / "evaluation.json").read_text())
    (world,), (controller,) = COMMANDS["world"], COMMANDS["controller"]
    faster = ["-p", "real_time_factor:=4.0", "-p", "results_file:=episodes.json"]
    faster += ["-p", f"seed:={2**31}", "-p", "episodes:=4"]
    with subprocess.Popen(with_this_python(controller), cwd=trained, env=alone) as pilot:
        command = with_this_python(world, *faster)
        subprocess.run(command, cwd=trained, env=alone, timeout=120, check=True)
        pilot.terminate()
        assert pilot.wait(10) == 0
    flown = json.loads((trained / "episodes.json").read_text())
    assert len(flown) == 4
    mean = sum(episode["return"] for episode in flown) / len(flown)
    assert mean == pytest.approx(report["mean"], abs=0.15 * report["mean"] + 2.0)
    assert (trained / "flight.gif").read_bytes().startswith(b"GIF8")


def test_its_last_command_does_all_of_it(trained: Path) -> None:
    (demo,) = COMMANDS["demo"]
    assert "over ROS 2" in run(trained, demo)
    result = json.loads((trained / "demo" / "demo.json").read_text())
    assert result["ros_return"] == pytest.approx(result["gym_return"], rel=0.2, abs=2.0)


@pytest.mark.parametrize(
    "verb",
    [
        "train planar_arm:PlanetArm",
        "demo planar_arm:PlanetArm",
        "evaluate run/policy.onnx --world planar_arm:PlanetArm",
        "world --ros-args -p world:=planar_arm:PlanetArm",
    ],
)
def test_a_class_that_is_not_there_is_told_by_every_verb(
    trained: Path, verb: str, alone: dict[str, str]
) -> None:
    done = subprocess.run(
        with_this_python(f"ddpg-ros {verb}"),
        cwd=trained,
        env=alone,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    assert "module 'planar_arm' has no class 'PlanetArm' derived from" in done.stderr
    assert "Its worlds: PlanarArm." in done.stderr
    assert "Traceback" not in done.stderr
