"""``ddpg_recorder``: writes what is said on some topics to an MCAP file, byte for byte."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from rclpy.clock import Clock, ClockType
from rclpy.exceptions import InvalidTopicNameException
from rclpy.node import Node

from ddpg_ros.errors import ConfigError, RecordingError
from ddpg_ros.ros.mcap_log import McapLog
from ddpg_ros.ros.message_definitions import message_class, message_definition
from ddpg_ros.ros.parameters import check_overrides
from ddpg_ros.ros.ports import Ports
from ddpg_ros.ros.publishers_qos import offered_as_yaml, profile_for
from ddpg_ros.ros.spin import RCLError, run_node

NAME = "ddpg_recorder"

_CLOCK = "/clock"

_LOOK_SECONDS = 0.25
"""From one look at the graph for topics that are not there yet to the next."""

_SILENT_SECONDS = 5.0
"""Nothing heard for so long from the start on is said."""


class RecorderNode(Node):
    """Subscribes to each topic when somebody publishes it, as reliably as they offer.

    Args:
        path: The file to make.
        topics: Names, relative to the node's namespace or absolute.
        seconds: How long after the first message it has finished [s]; 0: never.

    Raises:
        ConfigError: A topic's name is none.
        RecordingError: The file cannot be made.
    """

    def __init__(
        self, path: Path, topics: Sequence[str], seconds: float, **node_arguments: Any
    ) -> None:
        super().__init__(NAME, **node_arguments)
        check_overrides(self)
        self._seconds, self._began_at = seconds, math.inf
        self._say_silent_at = time.monotonic() + _SILENT_SECONDS
        self.awaited = list(dict.fromkeys(map(self._resolved, topics)))
        self.log = McapLog(path)
        self._ports = Ports(self)
        self._ports.repeat(_LOOK_SECONDS, self._look, Clock(clock_type=ClockType.STEADY_TIME))

    def finished(self) -> bool:
        """Whether it has recorded for long enough."""
        return 0 < self._seconds <= time.monotonic() - self._began_at

    def last_word(self) -> None:
        """Hear no more."""
        self._ports.close()

    def _resolved(self, topic: str) -> str:
        try:
            return str(self.resolve_topic_name(topic))
        except (InvalidTopicNameException, RCLError):
            raise ConfigError(
                f"'{topic}' is no name of a topic: expected letters, digits, _ and / alone, as in "
                "/arm/joint_states."
            ) from None

    def _look(self) -> None:
        """Begin with the topics that are there by now."""
        for topic in tuple(self.awaited):
            publishers = self.get_publishers_info_by_topic(topic)
            if publishers:
                self.awaited.remove(topic)
                try:
                    self._begin(topic, publishers)
                except RecordingError as error:
                    self.get_logger().warning(f"{topic} is not recorded: {error}")
        self.log.flush()
        if self._began_at == math.inf and time.monotonic() > self._say_silent_at:
            self._say_silent_at = math.inf
            self._tell_silence()

    def _tell_silence(self) -> None:
        awaited = f" ({', '.join(self.awaited)})" if self.awaited else ""
        self.get_logger().warning(
            f"nobody has published anything yet{awaited}; it waits for the first message. Is it "
            "the same ROS_DOMAIN_ID, and are these the names?"
        )

    def _begin(self, topic: str, publishers: list[Any]) -> None:
        kinds = {publisher.topic_type for publisher in publishers}
        if len(kinds) > 1:
            raise RecordingError(f"it is published as {' and as '.join(sorted(kinds))}.")
        (kind,) = kinds
        message, definition = message_class(kind), message_definition(kind)
        channel = self.log.add_topic(topic, kind, definition, offered_as_yaml(publishers))
        hear = partial(self._hear, channel)
        self._ports.subscribe(message, topic, hear, profile_for(publishers), raw=True)
        self.get_logger().info(f"records {topic} ({kind})")

    def _hear(self, channel: int, content: bytes) -> None:
        self._began_at = min(self._began_at, time.monotonic())
        self.log.write(channel, content, time.time_ns())


def record(path: Path, topics: Sequence[str], seconds: float, ros_args: Sequence[str]) -> int:
    """Record until a signal comes, and say what was recorded.

    Args:
        path: The file to make.
        topics: What to record.
        seconds: How long after the first message [s]; 0: until a signal comes.
        ros_args: What follows ``--ros-args``: remappings, a namespace.

    Returns:
        Exit code: 0, or 2 after an error the user can mend.

    Raises:
        RecordingError: The file could not be completed.
    """
    nodes: list[RecorderNode] = []

    def make() -> RecorderNode:
        nodes.append(RecorderNode(path, topics, seconds))
        return nodes[0]

    arguments = [NAME, *(["--ros-args", *ros_args] if ros_args else [])]
    try:
        code = run_node("ddpg-ros record", make, arguments)
    finally:
        for node in nodes:
            node.log.close()
    if nodes:
        print(_summary(nodes[0]))
    return code


def _summary(node: RecorderNode) -> str:
    """How many messages of each topic there are."""
    counts = node.log.counts
    lines = [f"{node.log.path}: {sum(counts.values())} messages"]
    lines += [f"  {count:8d}  {topic}" for topic, count in counts.items()]
    missed = [topic for topic in node.awaited if topic != _CLOCK]
    if missed:
        lines.append(f"nobody published {', '.join(missed)}")
    if _CLOCK in node.awaited:
        lines.append(f"no {_CLOCK}: real time")
    return "\n".join(lines)
