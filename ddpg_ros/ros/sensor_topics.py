"""Subscriptions to what a policy reads."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from rclpy.qos import QoSProfile, ReliabilityPolicy

from ddpg_ros.contract import Contract, Reading
from ddpg_ros.contract.readings import JOINT_STATE
from ddpg_ros.ros.joint_state_reader import JointStateReader
from ddpg_ros.ros.messages import MESSAGE_TYPES, to_reading
from ddpg_ros.ros.ports import Ports

LATEST = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
"""A sensor: the newest reading is the only one that matters."""
IN_PARTS = QoSProfile(depth=10, reliability=ReliabilityPolicy.BEST_EFFORT)
"""Joints: several drivers may publish some each, and none must push another's out of the queue."""
SENT_ONCE = QoSProfile(depth=1, reliability=ReliabilityPolicy.RELIABLE)
"""A goal: there is no other message to make up for a lost one."""


def subscribe_to_sensors(
    ports: Ports, contract: Contract, receive: Callable[[str, Reading], None]
) -> None:
    """Hear every topic of ``contract``: ``receive(topic, reading)`` at each message."""
    once = {source.topic for source in contract.sources if math.isinf(source.max_age)}
    for topic, message in contract.topics.items():
        raw = message == JOINT_STATE
        often = IN_PARTS if raw else LATEST
        qos = SENT_ONCE if topic in once else often
        hear = _passing_on(topic, JointStateReader() if raw else to_reading, receive)
        ports.subscribe(MESSAGE_TYPES[message], topic, hear, qos, raw)


def _passing_on(
    topic: str, read: Callable[[Any], Reading | None], receive: Callable[[str, Reading], None]
) -> Callable[[Any], None]:
    """A subscription's callback."""

    def hear(message: Any) -> None:
        reading = read(message)
        if reading is not None:
            receive(topic, reading)

    return hear
