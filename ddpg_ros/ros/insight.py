"""What the policy saw and wanted, for people who look."""

from __future__ import annotations

import numpy as np
from std_msgs.msg import Float64MultiArray, MultiArrayDimension

from ddpg_ros.contract import Contract
from ddpg_ros.deploy import Decision
from ddpg_ros.deploy.recorded_topics import ACTION, OBSERVATION, tick_label
from ddpg_ros.ros.messages import written_through
from ddpg_ros.ros.ports import Ports


class Insight:
    """Publishes ``~/observation`` and ``~/action`` while somebody listens.

    Both messages of a tick bear its number: what belongs together can be told where some are lost,
    and where the policy was not asked.

    Args:
        ports: Where the publishers are opened.
        contract: Gives the sizes.
    """

    def __init__(self, ports: Ports, contract: Contract) -> None:
        self._observation = _Vector(ports, f"~/{OBSERVATION}", contract.observation_size)
        self._action = _Vector(ports, f"~/{ACTION}", contract.action_size)
        self._ticks = 0

    def publish(self, decision: Decision) -> None:
        """Publish what a tick saw, and what the policy wanted if it was asked."""
        self._ticks += 1
        self._observation.publish(decision.observation, self._ticks)
        if decision.action is not None:
            self._action.publish(decision.action, self._ticks)


class _Vector:
    """A publisher with a message that is filled again and again."""

    def __init__(self, ports: Ports, topic: str, size: int) -> None:
        self._publisher = ports.publish(Float64MultiArray, topic, 1)
        self._message = Float64MultiArray()
        self._message.layout.dim = [MultiArrayDimension(size=size, stride=size)]
        self._dimension = self._message.layout.dim[0]
        self._values = written_through(self._message, "data", size)

    def publish(self, values: np.ndarray, tick: int) -> None:
        if self._publisher.get_subscription_count():
            self._dimension.label = tick_label(tick)
            np.copyto(self._values, values)
            self._publisher.publish(self._message)
