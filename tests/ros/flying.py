"""A controller in the process of the test, for what no other process can do to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hinge import Hinge
from rclpy.executors import SingleThreadedExecutor
from rclpy.parameter import Parameter

from ddpg_ros.ros.controller_node import ControllerNode
from ddpg_ros.ros.spin import spin_for


@contextmanager
def flying(policy: Path, **parameters: Any) -> Iterator[tuple[ControllerNode, Callable[..., None]]]:
    """A controller in this process, and what serves its callbacks for some seconds."""
    overrides = [Parameter(k, value=v) for k, v in {"policy": str(policy), **parameters}.items()]
    node, executor = ControllerNode(parameter_overrides=overrides), SingleThreadedExecutor()
    executor.add_node(node)
    try:
        node.autostart()
        yield node, lambda seconds: spin_for(executor, seconds)
    finally:
        node.last_word()
        executor.shutdown()
        node.destroy_node()


def drive(hinge: Hinge, spin: Callable[..., None]) -> None:
    """Serve both ends until the policy drives."""

    def driven() -> bool:
        spin(0.01)
        return hinge.last > 0.4

    hinge.graph.wait_for(driven, "the policy's command")
