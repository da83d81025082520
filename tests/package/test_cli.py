"""The command line: what each verb prints when all is well."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ddpg_ros.cli.main import main
from ddpg_ros.cli.programs import inspect
from ddpg_ros.deploy import OnnxPolicy
from ddpg_ros.deploy.inspection import as_dict, as_text
from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.ros.controller_parameters import ControllerParameters
from ddpg_ros.ros.settings import FAULTS, FaultParameters, WorldParameters

VERBS = ("train", "evaluate", "export", "report", "study", "inspect", "check", "record", "replay")
VERBS += ("demo", "controller", "world")


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Help is not wrapped."""
    monkeypatch.setenv("COLUMNS", "1000")


def help_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as left:
        main([*arguments, "--help"])
    assert left.value.code == 0
    return capsys.readouterr().out


def test_help_lists_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    text = help_of(capsys)
    assert text.startswith("usage: ddpg-ros ")
    listed = [line.split()[0] for line in text.splitlines() if line.startswith("    ")]
    assert [word for word in listed if word in VERBS] == list(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert help_of(capsys, verb).startswith(f"usage: ddpg-ros {verb} ")


def test_help_of_train_describes_every_hyperparameter(capsys: pytest.CaptureFixture[str]) -> None:
    text = " ".join(help_of(capsys, "train").split())
    for field in dataclasses.fields(DdpgConfig):
        assert f"--{field.name.replace('_', '-')} " in text
        assert field.metadata["description"] in text


@pytest.mark.parametrize(
    ("node", "parameters", "prefix"),
    [
        ("controller", ControllerParameters, ""),
        ("world", WorldParameters, ""),
        ("world", FaultParameters, FAULTS),
    ],
)
def test_help_of_a_node_describes_every_parameter(
    node: str, parameters: type, prefix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = " ".join(help_of(capsys, node).split())
    for field in dataclasses.fields(parameters):
        assert f" {prefix}{field.name} {field.metadata['description']}" in text


def test_inspect_prints_a_page(toy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(toy)]) == 0
    assert capsys.readouterr().out == as_text(OnnxPolicy.load(toy)) + "\n"


def test_inspect_prints_json_for_programs(toy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(toy), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == as_dict(OnnxPolicy.load(toy))


def test_an_executable_of_a_verb_takes_its_arguments_from_the_process(
    toy: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["inspect", str(toy)])
    assert inspect() == 0
    assert capsys.readouterr().out.startswith("policy for 'toy', 10 Hz (period 0.1 s)\n")


def test_the_package_runs_as_a_program(toy: Path) -> None:
    command = [sys.executable, "-m", "ddpg_ros.cli", "inspect", "--json", str(toy)]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False, cwd=toy.parent)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["contract"]["name"] == "toy"


def test_evaluate_flies_a_policy_in_the_world_it_was_trained_in(
    make_policy: Callable, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("mujoco")
    from ddpg_ros.worlds import make_world

    world = make_world("pendulum")
    path = str(make_policy(world.contract, "pendulum"))
    world.close()
    assert main(["evaluate", path, "--episodes", "2", "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert (summary["episodes"], sum(summary["outcomes"].values())) == (2, 2)
    assert main(["evaluate", path, "--episodes", "2", "--world", "pendulum"]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"return {summary['mean']:.2f} ± ")
    assert ", 2 episodes: " in text


def run_controller(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    pytest.importorskip("rclpy")
    return subprocess.run(
        [sys.executable, "-m", "ddpg_ros.cli", "controller", "--ros-args", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "ROS_DOMAIN_ID": "97", "ROS_LOG_DIR": str(tmp_path)},
    )


def test_a_parameter_that_lacks_its_flag_is_told(tmp_path: Path) -> None:
    done = run_controller(tmp_path, "policy:=some.onnx")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("ddpg_controller: arguments that ROS cannot read (")
    assert "policy:=some.onnx" in line
    assert line.endswith("-r __ns:=/NAME; or as launch arguments.")


def test_controller_flies_only_a_file_that_is_there(tmp_path: Path) -> None:
    done = run_controller(tmp_path, "-p", f"policy:={tmp_path}/none.onnx")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        f"ddpg_controller: policy file {tmp_path}/none.onnx: cannot be read (No such file or "
        "directory). Give the path of a policy.onnx."
    )
