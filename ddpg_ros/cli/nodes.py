"""``ddpg-ros controller`` and ``ddpg-ros world``: the ROS nodes, where there is no ``ros2 run``."""

from __future__ import annotations

import dataclasses
import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ddpg_ros.errors import USER_ERROR, DdpgRosError
from ddpg_ros.ros.controller_parameters import ControllerParameters
from ddpg_ros.ros.settings import FAULTS, FaultParameters, WorldParameters

NODES = {
    "controller": "fly a policy file (a ROS node: --ros-args -p policy:=policy.onnx)",
    "world": "run a world (a ROS node: --ros-args -p world:=pendulum)",
}
_FOR_SIMULATION = ("gymnasium", "mujoco", "PIL", "imageio")
_FOR_RECORDING = ("mcap", "mcap_ros2")
_PARAMETERS: dict[str, dict[str, type]] = {
    "controller": {"": ControllerParameters},
    "world": {"": WorldParameters, FAULTS: FaultParameters},
}


def add(verbs: Any) -> None:
    """Add the verbs to the command line, for their help: ROS reads their arguments."""
    for name, text in NODES.items():
        usage = f"ddpg-ros {name} --ros-args [-p PARAMETER:=VALUE ...]"
        parser = verbs.add_parser(name, help=text, description=text, usage=usage)
        group = parser.add_argument_group("parameters")
        for prefix, parameters in _PARAMETERS[name].items():
            for field in dataclasses.fields(parameters):
                described = f"{field.metadata['description']} {_values(field)}"
                group.add_argument(prefix + field.name, help=described.replace("%", "%%"))


def _values(field: dataclasses.Field[Any]) -> str:
    """The default, and what else may be given."""
    default, low, high = field.default, field.metadata["low"], field.metadata["high"]
    shown = str(default).lower() if isinstance(default, bool) else str(default)
    shown = "empty" if default in ("", ()) else shown
    allowed = ", ".join(field.metadata["choices"])
    if low is not None:
        allowed = f"at least {low:g}" if high is None else f"{low:g} to {high:g}"
    return f"[{'; '.join(filter(None, (allowed, f'default {shown}')))}]"


def run(name: str, arguments: list[str]) -> int:
    """Run the node ``name`` with ROS arguments; returns the exit code."""
    try:
        module = importlib.import_module(f"ddpg_ros.ros.{name}_node")
    except ModuleNotFoundError as error:
        print(
            f"ddpg-ros {name}: needs {error.name}, which is not installed. {remedy(error.name)}",
            file=sys.stderr,
        )
        return USER_ERROR
    code: int = module.main([f"ddpg-ros {name}", *arguments])
    return code


@contextmanager
def missing_package_told() -> Iterator[None]:
    """Turn an import that fails into a sentence on how to get the package.

    Raises:
        DdpgRosError: A package is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise DdpgRosError(
            f"needs {error.name}, which is not installed. {remedy(error.name)}"
        ) from None


def remedy(missing: str | None) -> str:
    """How to get the package ``missing`` that a node needs: a sentence."""
    if missing in _FOR_RECORDING:
        return "Install what recordings need: pip install 'ddpg_ros[record]'."
    if missing in _FOR_SIMULATION:
        return "Install what simulation needs: pip install 'ddpg_ros[train]'."
    return "Source a ROS 2 installation, or: pip install 'ddpg_ros[ros]'."
