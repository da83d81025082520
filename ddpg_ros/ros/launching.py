"""For the launch files: every parameter of a node is a launch argument of the same name."""

from __future__ import annotations

import contextlib
import dataclasses
from pathlib import Path
from typing import Any

import yaml
from ament_index_python.packages import get_package_share_directory
from launch import LaunchContext
from launch.actions import DeclareLaunchArgument
from launch_ros.actions import Node

PACKAGE = "ddpg_ros"


def arguments_of(settings: type, prefix: str = "") -> list[DeclareLaunchArgument]:
    """A described launch argument for each field of a parameter dataclass; empty: not given."""
    return [
        DeclareLaunchArgument(
            prefix + field.name,
            default_value="",
            description=_described(field),
        )
        for field in dataclasses.fields(settings)
    ]


def graph_arguments() -> list[DeclareLaunchArgument]:
    """Launch arguments for where a node stands: its namespace, and whose clock it follows."""
    return [
        DeclareLaunchArgument("namespace", default_value="", description="Namespace of the node"),
        DeclareLaunchArgument(
            "use_sim_time", default_value="false", description="Follow /clock in place of the wall"
        ),
    ]


def params_file_argument(node: str) -> DeclareLaunchArgument:
    """The launch argument for the node's parameter file."""
    return DeclareLaunchArgument(
        f"{node}_params",
        default_value=str(Path(get_package_share_directory(PACKAGE)) / "config" / f"{node}.yaml"),
        description=f"ROS parameter file of ddpg_{node}; launch arguments win over it.",
    )


def given(context: LaunchContext, settings: type, prefix: str = "") -> dict[str, Any]:
    """The parameters of ``settings`` that were given as launch arguments.

    Raises:
        RuntimeError: A value does not have the parameter's type.
    """
    values = {}
    for field in dataclasses.fields(settings):
        name = prefix + field.name
        text = context.launch_configurations.get(name, "")
        if text:
            values[name] = _converted(name, field, text)
    return values


def node(
    context: LaunchContext, executable: str, name: str, *parameters: dict[str, Any], **more: Any
) -> Node:
    """One of the package's nodes, told its parameter file first and ``parameters`` after it."""
    file = context.launch_configurations[f"{name}_params"]
    return Node(
        package=PACKAGE,
        executable=executable,
        name=f"ddpg_{name}",
        output="screen",
        emulate_tty=True,
        parameters=[file, *parameters],
        **more,
    )


def _converted(name: str, field: dataclasses.Field[Any], text: str) -> Any:
    default = field.default
    if isinstance(default, str):
        return text
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        value = text
    kind = list if isinstance(default, tuple) else type(default)
    if kind is float and type(value) in (int, str):
        with contextlib.suppress(ValueError):  # YAML 1.1 reads 1e-3 as a text
            value = float(value)
    if field.type == "tuple[float, ...]" and isinstance(value, list):
        value = [float(each) if type(each) is int else each for each in value]
    if type(value) is not kind:
        raise RuntimeError(
            f"launch argument {name}:={text}: expected {kind.__name__}, such as "
            f"{name}:={_shown(default)}"
        )
    return value


def _described(field: dataclasses.Field[Any]) -> str:
    choices = field.metadata["choices"]
    one_of = f" One of {', '.join(choices)}." if choices else ""
    default = "" if field.default == "" else f" Default: {_shown(field.default)}"
    return field.metadata["description"] + one_of + default


def _shown(default: Any) -> str:
    if isinstance(default, tuple):
        return str(list(default)).replace(" ", "")
    return str(default).lower() if isinstance(default, bool) else repr(default)
