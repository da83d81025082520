"""A node's publishers, subscriptions, services, timers and threads, ended together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rclpy.clock import Clock
from rclpy.node import Node

from ddpg_ros.ros.threads import Repeater


class Ports:
    """What a lifecycle node opens when it is configured or activated, and closes again.

    Args:
        node: Whose ports they are.
    """

    def __init__(self, node: Node) -> None:
        self.node = node
        self._open: list[tuple[Callable[[Any], Any], Any]] = []

    def publish(self, kind: Any, topic: str, qos: Any) -> Any:
        """Open a publisher."""
        return self._keep(self.node.destroy_publisher, self.node.create_publisher(kind, topic, qos))

    def subscribe(
        self,
        kind: Any,
        topic: str,
        callback: Callable[[Any], None],
        qos: Any,
        raw: bool = False,
    ) -> None:
        """Open a subscription; ``raw``: the callback takes messages as bytes."""
        subscription = self.node.create_subscription(kind, topic, callback, qos, raw=raw)
        self._keep(self.node.destroy_subscription, subscription)

    def serve(self, kind: Any, name: str, callback: Callable[[Any, Any], Any]) -> None:
        """Open a service."""
        self._keep(self.node.destroy_service, self.node.create_service(kind, name, callback))

    def repeat(
        self, period: float, callback: Callable[[], None], clock: Clock | None = None
    ) -> None:
        """Start a timer with ``period`` [s], on the node's clock unless another is given."""
        timer = self.node.create_timer(period, callback, clock=clock)
        self._keep(self.node.destroy_timer, timer)

    def run(self, thread: Repeater) -> None:
        """Start a thread."""
        self._keep(Repeater.stop, thread)
        thread.start()

    def keep(self, handle: Any) -> None:
        """Have ``handle`` closed with the others."""
        self._keep(type(handle).close, handle)

    def close(self) -> None:
        """Close all of them."""
        while self._open:
            destroy, handle = self._open.pop()
            destroy(handle)

    def _keep(self, destroy: Callable[[Any], Any], handle: Any) -> Any:
        self._open.append((destroy, handle))
        return handle
