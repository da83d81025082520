"""A node beside another one, served by a thread of its own."""

from __future__ import annotations

import threading

from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter

from ddpg_ros.ros.ports import Ports

_JOIN_SECONDS = 1.0


class SideNode:
    """Its callbacks wait for none of the other node, and hold none of them up.

    ``ros2 node list`` hides it, as its name begins with an underscore. It takes no remapping: names
    are to be resolved by the other node.

    Args:
        node: The other one.
        role: What it is for, part of its name.

    Attributes:
        ports: What it offers; opened before :meth:`start`.
    """

    def __init__(self, node: Node, role: str) -> None:
        self._node = Node(
            f"_{node.get_name()}_{role}",
            namespace=node.get_namespace(),
            context=node.context,
            use_global_arguments=False,
            enable_rosout=False,
            start_parameter_services=False,
            parameter_overrides=[Parameter("start_type_description_service", value=False)],
        )
        self.ports = Ports(self._node)
        self._log, self._closing = node.get_logger(), False
        self._executor = SingleThreadedExecutor(context=node.context)
        self._executor.add_node(self._node)
        self._thread = threading.Thread(target=self._serve, name=role, daemon=True)

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def close(self) -> None:
        """End; a callback that is under way is given a second."""
        self._closing = True
        self._executor.shutdown(timeout_sec=_JOIN_SECONDS)
        self._thread.join(_JOIN_SECONDS)
        self.ports.close()
        self._node.destroy_node()

    def _serve(self) -> None:
        while not self._closing and self._node.context.ok():
            try:
                self._executor.spin()
            except Exception as error:  # what comes after it is served as well
                if not self._closing:
                    self._log.error(f"{self._thread.name}: {error!r}")
