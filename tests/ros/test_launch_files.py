"""The launch files, with the real ``launch`` where there is one."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("launch_ros", reason="launch comes with a ROS installation alone")

from launch import LaunchContext, LaunchDescription
from launch.actions import DeclareLaunchArgument, LogInfo, OpaqueFunction
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import TextSubstitution
from launch.utilities import perform_substitutions
from launch_ros.actions import Node

from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.ros.controller_parameters import ControllerParameters
from ddpg_ros.ros.launch_recording import recorder
from ddpg_ros.ros.launching import given
from ddpg_ros.ros.settings import (
    FAULTS,
    FaultParameters,
    RobotParameters,
    TrainerParameters,
    WorldParameters,
)

LAUNCH = Path(__file__).parents[2] / "launch"


def arguments(name: str) -> dict[str, str]:
    """Description by name of the launch arguments of a launch file."""
    source = PythonLaunchDescriptionSource(str(LAUNCH / f"{name}.launch.py"))
    description: LaunchDescription = source.get_launch_description(LaunchContext())
    declared = [e for e in description.entities if isinstance(e, DeclareLaunchArgument)]
    return {argument.name: argument.description for argument in declared}


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("train", (TrainerParameters, RobotParameters, DdpgConfig)),
        ("deploy", (ControllerParameters,)),
        ("simulate", (ControllerParameters, WorldParameters)),
    ],
)
def test_every_parameter_is_a_described_argument(name: str, settings: tuple[type, ...]) -> None:
    described = arguments(name)
    for field in (field for cls in settings for field in dataclasses.fields(cls)):
        assert described[field.name].startswith(field.metadata["description"])


def test_every_fault_is_a_described_argument() -> None:
    described = arguments("simulate")
    for field in dataclasses.fields(FaultParameters):
        assert described[FAULTS + field.name].startswith(field.metadata["description"])


def test_a_fault_is_given_by_its_whole_name() -> None:
    context = LaunchContext()
    context.launch_configurations.update({"faults.drop": "1", "faults.freeze": "true", "nan": "1"})
    assert given(context, FaultParameters, FAULTS) == {"faults.drop": 1.0, "faults.freeze": True}


def test_the_demo_takes_a_run_folder() -> None:
    assert "run_folder" in arguments("demo")


def test_arguments_take_the_parameters_types() -> None:
    context = LaunchContext()
    context.launch_configurations.update(
        {"gamma": "1", "hidden_sizes": "[64, 64]", "noise": "none", "seed": "", "num_envs": "3"}
    )
    assert given(context, DdpgConfig) == {
        "gamma": 1.0,
        "hidden_sizes": [64, 64],
        "noise": "none",
        "num_envs": 3,
    }


def test_a_list_of_limits_may_be_written_in_whole_numbers() -> None:
    context = LaunchContext()
    context.launch_configurations.update(
        {"trip_elements": "[imu.angular_velocity.z]", "trip_low": "[-2]", "trip_high": "[2.5]"}
    )
    assert given(context, ControllerParameters) == {
        "trip_elements": ["imu.angular_velocity.z"],
        "trip_low": [-2.0],
        "trip_high": [2.5],
    }


def test_the_choices_of_an_argument_are_told() -> None:
    said = arguments("deploy")["missed_deadline"]
    assert said.endswith("One of ignore, warn, degrade, stop. Default: 'warn'")


def test_an_argument_of_another_type_is_told_in_a_sentence() -> None:
    context = LaunchContext()
    context.launch_configurations["gamma"] = "much"
    with pytest.raises(RuntimeError, match=r"gamma:=much: expected float, such as gamma:=0.99"):
        given(context, DdpgConfig)


def recorders(policy: Path, more: Sequence[str] = (), **said: str) -> list[Any]:
    """What ``recorder`` returns for launch arguments."""
    context = LaunchContext()
    context.launch_configurations.update({"record": "true", "recording": "run", **said})
    return recorder(context, str(policy), said.get("namespace", ""), more)


@pytest.mark.parametrize("name", ["simulate", "deploy", "demo"])
def test_a_flight_is_recorded_if_one_says_so(name: str, policy: Path) -> None:
    described = arguments(name)
    assert described["record"].startswith("Record what the controller reads, decides and says")
    assert "recording" in described
    assert recorders(policy, record="false") == []


def test_without_ros2_bag_the_packages_own_recorder_records(
    policy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(policy.parent))
    (action,) = recorders(policy)
    assert isinstance(action, Node)
    assert (action.node_package, action.node_executable) == ("ddpg_ros", "record")
    context = LaunchContext()
    said = [perform_substitutions(context, words) for words in action.cmd[1:4]]
    assert said == [str(policy), "--output", "run.mcap"]


@pytest.mark.parametrize(
    ("rate", "more"), [("20.0", ["--topics", "camera/image_raw"]), ("0.0", []), ("", [])]
)
def test_a_simulated_flight_is_recorded_with_its_pictures(
    rate: str, more: list[str], policy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = LaunchContext()
    source = PythonLaunchDescriptionSource(str(LAUNCH / "simulate.launch.py"))
    (simulate,) = (
        entity
        for entity in source.get_launch_description(context).entities
        if isinstance(entity, OpaqueFunction)
    )
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(policy.parent))
    files = dict.fromkeys(("controller_params", "world_params"), "")
    said = {"policy": str(policy), "record": "true", "recording": "run", "camera_rate": rate}
    context.launch_configurations.update({**files, **said})
    *_, action = simulate.execute(context)
    told = [word for word in action.cmd[1:] if all(isinstance(w, TextSubstitution) for w in word)]
    words = [perform_substitutions(context, word) for word in told]
    assert words[: words.index("--ros-args")] == [str(policy), "--output", "run.mcap", *more]


def test_where_there_is_ros2_bag_it_records_the_same_topics_and_no_more(
    policy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "share" / "ament_index" / "resource_index" / "packages"
    index.mkdir(parents=True)
    for package in ("ros2bag", "rosbag2_storage_mcap"):
        (index / package).touch()
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(tmp_path))
    (action,) = recorders(policy, ["camera/image_raw"], namespace="/rover")
    context = LaunchContext()
    command = [perform_substitutions(context, words) for words in action.cmd]
    assert command[:-1] == ["ros2", "bag", "record", "-s", "mcap", "-o", "run", "-e"]
    topics = re.compile(command[-1])
    for topic in ("joint_states", "commands", "ddpg_controller/action", "camera/image_raw"):
        assert topics.search(f"/rover/{topic}")
        assert not topics.search(f"/{topic}")
        assert not topics.search(f"/rover/{topic}_other")
    assert topics.search("/clock")
    assert topics.search("/diagnostics")


def test_a_policy_that_cannot_be_read_is_not_recorded_and_that_is_said(tmp_path: Path) -> None:
    (action,) = recorders(tmp_path / "none.onnx")
    assert isinstance(action, LogInfo)
    assert perform_substitutions(LaunchContext(), action.msg).startswith(
        f"nothing is recorded: policy file {tmp_path}/none.onnx: cannot be read"
    )
