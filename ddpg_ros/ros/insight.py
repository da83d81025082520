"""What the policy saw and wanted, for people who look."""

from __future__ import annotations

import numpy as np
from std_msgs.msg import Float64MultiArray

from ddpg_ros.contract import Contract
from ddpg_ros.deploy import Decision
from ddpg_ros.ros.messages import written_through
from ddpg_ros.ros.ports import Ports


class Insight:
    """Publishes ``~/observation`` and ``~/action`` while somebody listens.

    Args:
        ports: Where the publishers are opened.
        contract: Gives the sizes.
    """

    def __init__(self, ports: Ports, contract: Contract) -> None:
        self._observation = _Vector(ports, "~/observation", contract.observation_size)
        self._action = _Vector(ports, "~/action", contract.action_size)

    def publish(self, decision: Decision) -> None:
        """Publish what a tick saw, and what the policy wanted if it was asked."""
        self._observation.publish(decision.observation)
        if decision.action is not None:
            self._action.publish(decision.action)


class _Vector:
    """A publisher with a message that is filled again and again."""

    def __init__(self, ports: Ports, topic: str, size: int) -> None:
        self._publisher = ports.publish(Float64MultiArray, topic, 1)
        self._message = Float64MultiArray()
        self._values = written_through(self._message, "data", size)

    def publish(self, values: np.ndarray) -> None:
        if self._publisher.get_subscription_count():
            np.copyto(self._values, values)
            self._publisher.publish(self._message)
