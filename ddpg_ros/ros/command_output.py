"""The way out to the robot: one publisher a command."""

from __future__ import annotations

import time

import numpy as np
from rclpy.duration import Duration
from rclpy.qos import QoSProfile, ReliabilityPolicy

from ddpg_ros.contract import Contract
from ddpg_ros.ros.command_messages import CommandMessage
from ddpg_ros.ros.graph_view import publishing_nodes
from ddpg_ros.ros.ports import Ports

_RELIABLE = QoSProfile(depth=1, reliability=ReliabilityPolicy.RELIABLE)
_ACKNOWLEDGE_SECONDS = 0.5


class CommandOutput:
    """Publishes the commands of a contract.

    Args:
        ports: Where the publishers are opened.
        contract: Which commands.
        stamped_twist: False to send a Twist where the contract says TwistStamped.
        period: From command to command [s]; the contract's if None.
    """

    def __init__(
        self, ports: Ports, contract: Contract, stamped_twist: bool, period: float | None = None
    ) -> None:
        self._node, self._clock = ports.node, ports.node.get_clock()
        self._outlets = []
        for part, command in contract.command_parts:
            message = CommandMessage(command, period or contract.period, stamped_twist)
            publisher = ports.publish(type(message.message), command.topic, _RELIABLE)
            self._outlets.append((part, publisher, message))
        self._stamps = any(message.is_stamped for _, _, message in self._outlets)

    def send(self, command: np.ndarray) -> None:
        """Publish ``command`` ``(m,)``, SI units, stamped by the node's clock."""
        stamp = self._clock.now().to_msg() if self._stamps else None
        for part, publisher, message in self._outlets:
            publisher.publish(message.fill(command[part], stamp))

    def has_receivers(self) -> bool:
        """Whether somebody takes each of the commands."""
        return all(publisher.get_subscription_count() for _, publisher, _ in self._outlets)

    def rivals(self) -> list[str]:
        """Command topics that other publishers are on as well, with their nodes."""
        found = []
        for _, publisher, _ in self._outlets:
            nodes = publishing_nodes(self._node, publisher.topic_name)
            if len(nodes) > 1:
                own = self._node.get_fully_qualified_name()
                if own in nodes:  # discovery may have found the others first
                    nodes.remove(own)
                nodes = [f"another {node}" if node == own else node for node in nodes]
                found.append(f"{publisher.topic_name} by {' and '.join(nodes)}")
        return found

    def wait_until_received(self) -> bool:
        """Wait, half a second at most, until each matched reliable subscriber has all of it."""
        deadline, received = time.monotonic() + _ACKNOWLEDGE_SECONDS, True
        for _, publisher, _ in self._outlets:
            left = max(0.0, deadline - time.monotonic())
            received &= publisher.wait_for_all_acked(Duration(seconds=left))
        return received
