"""The way out to the robot: one publisher a command, and the safe command at hand."""

from __future__ import annotations

import numpy as np
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy

from ddpg_ros.contract import Contract
from ddpg_ros.ros.messages import CommandMessage

_RELIABLE = QoSProfile(depth=1, reliability=ReliabilityPolicy.RELIABLE)
_ACKNOWLEDGE_SECONDS = 1.0


class CommandOutput:
    """Publishes the commands of a contract.

    Args:
        node: Whose publishers they are.
        contract: Which commands.
        stamped_twist: False to send a Twist where the contract says TwistStamped.
    """

    def __init__(self, node: Node, contract: Contract, stamped_twist: bool) -> None:
        self._node = node
        self._safe = contract.action_values("safe")
        self._ports = []
        start = 0
        for command in contract.commands:
            message = CommandMessage(command, contract.period, stamped_twist)
            publisher = node.create_publisher(type(message.message), command.topic, _RELIABLE)
            part = slice(start, start + len(command.elements))
            self._ports.append((part, publisher, message))
            start = part.stop

    def send(self, command: np.ndarray) -> None:
        """Publish ``command`` ``(m,)``, SI units."""
        stamp = self._node.get_clock().now().to_msg()
        for part, publisher, message in self._ports:
            publisher.publish(message.fill(command[part], stamp))

    def send_safe(self) -> None:
        """Publish the contract's safe command."""
        self.send(self._safe)

    def wait_until_received(self) -> None:
        """Wait, a second at most, until every matched reliable subscriber has what was sent."""
        for _, publisher, _ in self._ports:
            publisher.wait_for_all_acked(Duration(seconds=_ACKNOWLEDGE_SECONDS))

    def destroy(self) -> None:
        """Take the publishers off the graph."""
        for _, publisher, _ in self._ports:
            self._node.destroy_publisher(publisher)
