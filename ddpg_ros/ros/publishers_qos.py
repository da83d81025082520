"""Quality of service: what publishers offer, and what to ask for so as to hear all of them."""

from __future__ import annotations

from typing import Any

import yaml
from rclpy.duration import Duration
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.topic_endpoint_info import TopicEndpointInfo

_DEPTH = 1000
"""Messages that wait while the disk is slow."""


def profile_for(publishers: list[TopicEndpointInfo]) -> QoSProfile:
    """The most that a subscription can ask for and still hear all of ``publishers``."""
    offers = [publisher.qos_profile for publisher in publishers]
    reliable = all(offer.reliability == ReliabilityPolicy.RELIABLE for offer in offers)
    latched = all(offer.durability == DurabilityPolicy.TRANSIENT_LOCAL for offer in offers)
    return QoSProfile(
        depth=_DEPTH,
        reliability=ReliabilityPolicy.RELIABLE if reliable else ReliabilityPolicy.BEST_EFFORT,
        durability=DurabilityPolicy.TRANSIENT_LOCAL if latched else DurabilityPolicy.VOLATILE,
    )


def offered_as_yaml(publishers: list[TopicEndpointInfo]) -> str:
    """What ``publishers`` offer, as rosbag2 notes it with a topic: policies by their numbers."""
    return yaml.safe_dump([_noted(p.qos_profile) for p in publishers], sort_keys=False)


def _noted(qos: QoSProfile) -> dict[str, Any]:
    return {
        "history": int(qos.history),
        "depth": qos.depth,
        "reliability": int(qos.reliability),
        "durability": int(qos.durability),
        "deadline": _time(qos.deadline),
        "lifespan": _time(qos.lifespan),
        "liveliness": int(qos.liveliness),
        "liveliness_lease_duration": _time(qos.liveliness_lease_duration),
        "avoid_ros_namespace_conventions": qos.avoid_ros_namespace_conventions,
    }


def _time(duration: Duration) -> dict[str, int]:
    seconds, nanoseconds = divmod(duration.nanoseconds, 10**9)
    return {"sec": seconds, "nsec": nanoseconds}
