"""The command line where something is missing: the machine, a folder, not the user's words."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path

import pytest
from fresh_python import run

from ddpg_ros.cli.main import main


def verb(*arguments: str, without: str) -> subprocess.CompletedProcess[str]:
    code = f"import sys\nfrom ddpg_ros.cli.main import main\nsys.exit(main({list(arguments)}))"
    return run(code, without=[without])


@pytest.mark.parametrize(
    ("arguments", "package"),
    [
        (("train",), "torch"),
        (("export", "run"), "torch"),
        (("report", "run"), "torch"),
        (("study", "targets"), "torch"),
        (("study", "list"), "torch"),
        (("demo", "--output", "/nowhere"), "torch"),
        (("inspect", "policy.onnx"), "onnxruntime"),
        (("replay", "run.mcap", "policy.onnx"), "onnxruntime"),
    ],
)
def test_a_verb_names_the_package_it_lacks(arguments: tuple[str, ...], package: str) -> None:
    done = verb(*arguments, without=package)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"ddpg-ros {arguments[0]}: needs the Python package {package}, which is not installed. "
        "Install ddpg_ros with its extra: pip install 'ddpg_ros[train]'.\n"
    )


@pytest.mark.parametrize("node", ["controller", "world"])
def test_a_node_without_ros_says_how_to_get_it(node: str) -> None:
    done = verb(node, without="rclpy")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"ddpg-ros {node}: needs rclpy, which is not installed. Source a ROS 2 installation, or: "
        "pip install 'ddpg_ros[ros]'.\n"
    )


def test_a_check_without_ros_says_how_to_get_it(toy: Path) -> None:
    done = verb("check", str(toy), without="rclpy")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "ddpg-ros check: needs rclpy, which is not installed. Source a ROS 2 installation, or: "
        "pip install 'ddpg_ros[ros]'.\n"
    )


def test_recordings_name_the_extra_that_they_need(toy: Path, tmp_path: Path) -> None:
    done = verb("replay", "run.mcap", str(toy), without="mcap")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "ddpg-ros replay: needs the Python package mcap, which is not installed. Install ddpg_ros "
        "with its extra: pip install 'ddpg_ros[record]'.\n"
    )
    if importlib.util.find_spec("rclpy") is None:
        pytest.skip("needs rclpy")
    done = verb("record", "--topics", "a", "-o", f"{tmp_path}/a.mcap", without="mcap")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "ddpg-ros record: needs mcap, which is not installed. Install what recordings need: "
        "pip install 'ddpg_ros[record]'.\n"
    )


def test_a_recorder_without_ros_says_how_to_get_it() -> None:
    done = verb("record", "--topics", "a", without="rclpy")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "ddpg-ros record: needs rclpy, which is not installed. Source a ROS 2 installation, or: "
        "pip install 'ddpg_ros[ros]'.\n"
    )


@pytest.mark.parametrize("arguments", [("--help",), ("controller", "--help"), ("train", "-h")])
def test_help_needs_nothing(arguments: tuple[str, ...]) -> None:
    done = verb(*arguments, without="numpy")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: ddpg-ros ")


def test_inspect_needs_neither_torch_nor_mujoco(toy: Path) -> None:
    for package in ("torch", "mujoco"):
        done = verb("inspect", str(toy), without=package)
        assert (done.returncode, done.stderr) == (0, "")


def test_a_demo_needs_a_folder_it_can_make(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("rclpy")
    (tmp_path / "file").touch()
    assert main(["demo", "--output", str(tmp_path / "file")]) == 2
    text = f"ddpg-ros demo: --output {tmp_path}/file: cannot be made (File exists).\n"
    assert capsys.readouterr().err == text
