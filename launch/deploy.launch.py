"""Fly a policy file on a robot."""

from launch import LaunchContext, LaunchDescription
from launch.actions import OpaqueFunction

from ddpg_ros.ros.launching import arguments_of, given, node, params_file_argument
from ddpg_ros.ros.settings import ControllerParameters


def generate_launch_description() -> LaunchDescription:
    """Arguments in, the controller node out."""
    return LaunchDescription(
        [
            params_file_argument("controller"),
            *arguments_of(ControllerParameters),
            OpaqueFunction(function=_deploy),
        ]
    )


def _deploy(context: LaunchContext) -> list:
    return [node(context, "controller", "controller", given(context, ControllerParameters))]
