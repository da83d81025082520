"""Train the pendulum, then fly the policy in its world: everything in one command."""

import time
from pathlib import Path

from launch import LaunchContext, LaunchDescription
from launch.actions import (
    DeclareLaunchArgument,
    IncludeLaunchDescription,
    OpaqueFunction,
    RegisterEventHandler,
    Shutdown,
)
from launch.event_handlers import OnProcessExit
from launch.events.process import ProcessExited

from ddpg_ros.ros.launch_recording import recording_arguments
from ddpg_ros.ros.launching import node, params_file_argument


def generate_launch_description() -> LaunchDescription:
    """Arguments in; the trainer node out and, once it has ended well, those of ``simulate``."""
    return LaunchDescription(
        [
            params_file_argument("trainer"),
            DeclareLaunchArgument(
                "run_folder", default_value="", description="Folder for the run: runs/demo-TIME."
            ),
            *recording_arguments(),
            OpaqueFunction(function=_train_then_fly),
        ]
    )


def _train_then_fly(context: LaunchContext) -> list:
    folder = context.launch_configurations["run_folder"]
    folder = Path(folder or f"runs/demo-{time.strftime('%Y%m%d-%H%M%S')}").resolve()
    trainer = node(context, "train", "trainer", {"run_folder": str(folder)})

    def fly(event: ProcessExited, _: LaunchContext) -> list:
        policy = folder / "policy.onnx"
        if event.returncode != 0 or not policy.exists():
            return [Shutdown(reason="the training left no policy")]
        simulate = str(Path(__file__).with_name("simulate.launch.py"))
        return [IncludeLaunchDescription(simulate, launch_arguments=[("policy", str(policy))])]

    return [trainer, RegisterEventHandler(OnProcessExit(target_action=trainer, on_exit=fly))]
