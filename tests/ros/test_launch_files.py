"""The launch files, with the real ``launch`` where there is one."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

pytest.importorskip("launch_ros", reason="launch comes with a ROS installation alone")

from launch import LaunchContext, LaunchDescription
from launch.actions import DeclareLaunchArgument
from launch.launch_description_sources import PythonLaunchDescriptionSource

from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.ros.controller_parameters import ControllerParameters
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
