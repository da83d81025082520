"""Fly a policy file in a simulated world: the world node and the controller node."""

from launch import LaunchContext, LaunchDescription
from launch.actions import OpaqueFunction, Shutdown

from ddpg_ros.deploy import OnnxPolicy
from ddpg_ros.errors import DdpgRosError
from ddpg_ros.ros.launching import arguments_of, given, node, params_file_argument
from ddpg_ros.ros.settings import ControllerParameters, WorldParameters


def generate_launch_description() -> LaunchDescription:
    """Arguments in, two nodes out; without ``world`` it is the one the policy was trained in."""
    return LaunchDescription(
        [
            params_file_argument("controller"),
            params_file_argument("world"),
            *arguments_of(ControllerParameters),
            *arguments_of(WorldParameters),
            OpaqueFunction(function=_simulate),
        ]
    )


def _simulate(context: LaunchContext) -> list:
    controller = given(context, ControllerParameters)
    world = {**_home_of(controller.get("policy", "")), **given(context, WorldParameters)}
    end = Shutdown(reason="the episodes are over")
    return [
        node(context, "world", "world", world, on_exit=end),
        node(context, "controller", "controller", controller, {"use_sim_time": True}),
    ]


def _home_of(policy: str) -> dict[str, str]:
    """The world a policy was trained in; nothing if the file is no policy, which the node says."""
    try:
        provenance = OnnxPolicy.load(policy).metadata.provenance
    except DdpgRosError:
        return {}
    return {name: provenance[name] for name in ("world", "contract_file") if provenance.get(name)}
