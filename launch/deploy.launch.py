"""Fly a policy file on a robot."""

from launch import LaunchContext, LaunchDescription
from launch.actions import OpaqueFunction

from ddpg_ros.ros.controller_parameters import ControllerParameters
from ddpg_ros.ros.launch_recording import recorder, recording_arguments
from ddpg_ros.ros.launching import arguments_of, given, graph_arguments, node, params_file_argument


def generate_launch_description() -> LaunchDescription:
    """Arguments in, the controller node out."""
    return LaunchDescription(
        [
            params_file_argument("controller"),
            *graph_arguments(),
            *recording_arguments(),
            *arguments_of(ControllerParameters),
            OpaqueFunction(function=_deploy),
        ]
    )


def _deploy(context: LaunchContext) -> list:
    namespace = context.launch_configurations["namespace"]
    clock = {"use_sim_time": context.launch_configurations["use_sim_time"].lower() == "true"}
    parameters = given(context, ControllerParameters)
    return [
        node(context, "controller", "controller", parameters, clock, namespace=namespace),
        *recorder(context, parameters.get("policy", ""), namespace),
    ]
