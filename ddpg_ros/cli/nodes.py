"""``ddpg-ros controller`` and ``ddpg-ros world``: the ROS nodes, where there is no ``ros2 run``."""

from __future__ import annotations

import importlib
import sys

USER_ERROR = 2

NODES = {
    "controller": "fly a policy file (a ROS node: --ros-args -p policy:=policy.onnx)",
    "world": "run a world (a ROS node: --ros-args -p world:=pendulum)",
}


def run(name: str, arguments: list[str]) -> int:
    """Run the node ``name`` with ROS arguments; returns the exit code."""
    try:
        module = importlib.import_module(f"ddpg_ros.ros.{name}_node")
    except ModuleNotFoundError as error:
        print(
            f"ddpg-ros {name}: needs {error.name}, which is not installed. Source a ROS 2 "
            "installation, or: pip install 'ddpg_ros[ros]'.",
            file=sys.stderr,
        )
        return USER_ERROR
    code: int = module.main([f"ddpg-ros {name}", *arguments])
    return code
