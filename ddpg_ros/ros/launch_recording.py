"""For the launch files: ``record:=true`` records what the controller reads, decides and says."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from ament_index_python.packages import PackageNotFoundError, get_package_prefix
from launch import Action, LaunchContext
from launch.actions import DeclareLaunchArgument, ExecuteProcess, LogInfo
from launch_ros.actions import Node

from ddpg_ros.deploy import OnnxPolicy
from ddpg_ros.deploy.recorded_topics import topics_of
from ddpg_ros.errors import DdpgRosError
from ddpg_ros.ros.launching import PACKAGE

_ROS2_BAG = ("ros2bag", "rosbag2_storage_mcap")
"""What ``ros2 bag record -s mcap`` needs."""


def recording_arguments() -> list[DeclareLaunchArgument]:
    """Launch arguments for whether to record, and where to."""
    return [
        DeclareLaunchArgument(
            "record",
            default_value="false",
            description="Record what the controller reads, decides and says, as MCAP",
        ),
        DeclareLaunchArgument(
            "recording",
            default_value="",
            description="Where to, without .mcap; empty: recording-DATE-TIME.",
        ),
    ]


def recorder(
    context: LaunchContext, policy: str, namespace: str = "", more: Sequence[str] = ()
) -> list[Action]:
    """What records, if ``record`` says so: ros2 bag where it can write MCAP, else ``record``.

    Args:
        context: Holds the launch arguments.
        policy: Path of the policy file; it says which topics.
        namespace: The controller's.
        more: Topics to record as well.
    """
    said = context.launch_configurations
    if said["record"].lower() != "true":
        return []
    try:
        contract = OnnxPolicy.load(policy).contract
    except DdpgRosError as error:
        return [LogInfo(msg=f"nothing is recorded: {error}")]
    output = said["recording"] or time.strftime("recording-%Y%m%d-%H%M%S")
    if all(map(_is_installed, _ROS2_BAG)):
        topics = [_absolute(topic, namespace) for topic in (*topics_of(contract), *more)]
        return [ExecuteProcess(cmd=_ros2_bag(output, topics), output="screen")]
    return [
        Node(
            package=PACKAGE,
            executable="record",
            name="ddpg_recorder",
            namespace=namespace,
            output="screen",
            arguments=[
                policy,
                "--output",
                f"{output}.mcap",
                *(["--topics", *more] if more else []),
            ],
        )
    ]


def _ros2_bag(output: str, topics: Sequence[str]) -> list[str]:
    """Topics as one expression: from Humble to Rolling there is no other way to say them."""
    expression = f"^({'|'.join(map(re.escape, topics))})$"
    return ["ros2", "bag", "record", "-s", "mcap", "-o", output, "-e", expression]


def _absolute(topic: str, namespace: str) -> str:
    if topic.startswith("/"):
        return topic
    return "/".join(["", *filter(None, [namespace.strip("/"), topic])])


def _is_installed(package: str) -> bool:
    try:
        get_package_prefix(package)
    except PackageNotFoundError:
        return False
    return True
