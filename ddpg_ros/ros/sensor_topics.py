"""Subscriptions to what a policy reads."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from rclpy.qos import QoSProfile, ReliabilityPolicy

from ddpg_ros.contract import Contract
from ddpg_ros.contract.readings import JOINT_STATE
from ddpg_ros.ros.messages import MESSAGE_TYPES
from ddpg_ros.ros.ports import Ports

LATEST = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
"""A sensor: the newest reading is the only one that matters."""
IN_PARTS = QoSProfile(depth=10, reliability=ReliabilityPolicy.BEST_EFFORT)
"""Joints: several drivers may publish some each, and none must push another's out of the queue."""
SENT_ONCE = QoSProfile(depth=1, reliability=ReliabilityPolicy.RELIABLE)
"""A goal: there is no other message to make up for a lost one."""


def subscribe_to_sensors(
    ports: Ports, contract: Contract, receive: Callable[[str, Any], None]
) -> None:
    """Hear every topic of ``contract``: ``receive(topic, message)`` at each message."""
    once = {source.topic for source in contract.sources if math.isinf(source.max_age)}
    for topic, message in contract.topics.items():
        often = IN_PARTS if message == JOINT_STATE else LATEST
        qos = SENT_ONCE if topic in once else often
        ports.subscribe(MESSAGE_TYPES[message], topic, partial(receive, topic), qos)
