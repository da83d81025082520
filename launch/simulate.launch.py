"""Fly a policy file in a simulated world: the world node and the controller node."""

import tempfile
from pathlib import Path

from launch import LaunchContext, LaunchDescription
from launch.actions import OpaqueFunction, Shutdown

from ddpg_ros.deploy import OnnxPolicy
from ddpg_ros.errors import DdpgRosError
from ddpg_ros.ros.controller_parameters import ControllerParameters
from ddpg_ros.ros.launch_recording import recorder, recording_arguments
from ddpg_ros.ros.launching import arguments_of, given, node, params_file_argument
from ddpg_ros.ros.settings import CAMERA, FAULTS, FaultParameters, WorldParameters


def generate_launch_description() -> LaunchDescription:
    """Arguments in, two nodes out; without ``world`` it is the one the policy was trained in."""
    return LaunchDescription(
        [
            params_file_argument("controller"),
            params_file_argument("world"),
            *recording_arguments(),
            *arguments_of(ControllerParameters),
            *arguments_of(WorldParameters),
            *arguments_of(FaultParameters, FAULTS),
            OpaqueFunction(function=_simulate),
        ]
    )


def _simulate(context: LaunchContext) -> list:
    controller = given(context, ControllerParameters)
    world = given(context, WorldParameters) | given(context, FaultParameters, FAULTS)
    try:
        policy = OnnxPolicy.load(controller.get("policy", ""))
    except DdpgRosError:
        pass  # the controller node says what is wrong with it
    else:
        world = {**_home_of(policy), **world}
        slowness = max(1.0, 1.0 / world.get("real_time_factor", 1.0))
        patience = ControllerParameters().watchdog_patience(policy.contract.period, True)
        controller = {"watchdog_timeout": slowness * patience, **controller}
    pictures = [CAMERA] if world.get("camera_rate") else []
    over = Shutdown(reason="a node has ended")
    return [
        node(context, "world", "world", world, on_exit=over),
        node(context, "controller", "controller", controller, {"use_sim_time": True}, on_exit=over),
        *recorder(context, controller.get("policy", ""), more=pictures),
    ]


def _home_of(policy: OnnxPolicy) -> dict[str, str]:
    """The world a policy was trained in; a user's contract comes out of the policy file."""
    provenance = policy.metadata.provenance
    if provenance.get("world") == "ros":  # no world, but whatever was on the graph then
        return {}
    home = {"world": provenance["world"]} if provenance.get("world") else {}
    if provenance.get("contract_file"):
        contract = Path(tempfile.mkdtemp()) / "contract.yaml"
        contract.write_text(policy.contract.to_json())
        home["contract_file"] = str(contract)
    return home
