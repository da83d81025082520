"""Train a policy in a simulated world, export it, and say what to type next."""

from launch import LaunchContext, LaunchDescription
from launch.actions import OpaqueFunction

from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.ros.launching import arguments_of, given, node, params_file_argument
from ddpg_ros.ros.settings import RobotParameters, TrainerParameters


def generate_launch_description() -> LaunchDescription:
    """Arguments in, the trainer node out."""
    return LaunchDescription(
        [
            params_file_argument("trainer"),
            *arguments_of(TrainerParameters),
            *arguments_of(RobotParameters),
            *arguments_of(DdpgConfig),
            OpaqueFunction(function=_train),
        ]
    )


def _train(context: LaunchContext) -> list:
    kinds = (TrainerParameters, RobotParameters, DdpgConfig)
    parameters = [given(context, kind) for kind in kinds]
    # A checkpoint of a large memory may take longer than launch's five seconds to SIGTERM.
    return [node(context, "train", "trainer", *parameters, sigterm_timeout="10")]
