"""``ddpg_check``: listens to a robot for a few seconds and holds it against a policy file."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from rclpy.node import Node

from ddpg_ros.contract import Contract, Reading
from ddpg_ros.contract.live_graph import LiveGraph
from ddpg_ros.deploy import OnnxPolicy
from ddpg_ros.deploy.live_record import LiveRecord
from ddpg_ros.deploy.live_report import LiveReport
from ddpg_ros.errors import STOPPED, USER_ERROR, ConfigError
from ddpg_ros.ros.graph_view import see_graph
from ddpg_ros.ros.parameters import check_overrides
from ddpg_ros.ros.ports import Ports
from ddpg_ros.ros.sensor_topics import subscribe_to_sensors
from ddpg_ros.ros.spin import run_node

NAME = "ddpg_check"

_DISCOVERY_SECONDS = 5.0
"""Nodes of DDS may take longer than 3 s to find each other."""
_LOOKS_WRONG = 1


class CheckNode(Node):
    """Hears what the controller would, ticks as it does, publishes nothing.

    It begins to listen when every topic has been heard once, or has been waited for long enough.

    Args:
        contract: What the policy reads.
        seconds: How long to listen, on the wall clock [s].
    """

    def __init__(self, contract: Contract, seconds: float, **node_arguments: Any) -> None:
        super().__init__(NAME, **node_arguments)
        check_overrides(self)
        self.record = LiveRecord(contract)
        self.graph = LiveGraph()
        self._seconds = seconds
        self._started = time.monotonic()
        self._listening_since: float | None = None
        ports = Ports(self)
        subscribe_to_sensors(ports, contract, self._receive)
        ports.repeat(contract.period, self._tick)

    def finished(self) -> bool:
        """Whether it has listened for long enough."""
        now = time.monotonic()
        if self._listening_since is None:
            patience = max(_DISCOVERY_SECONDS, self._seconds)
            if self.record.silent and now - self._started < patience:
                return False
            self._listening_since = now
        return now - self._listening_since >= self._seconds

    def last_word(self) -> None:
        """See who publishes what, while the node is still on the graph."""
        self.graph = see_graph(self, self.record.topics)

    def _receive(self, topic: str, reading: Reading) -> None:
        now = self._now()
        # Simulated time is 0 until /clock is heard.
        if now <= 0.0 and self.record.contract.ages(topic):
            return
        self.record.receive(topic, reading, now)

    def _tick(self) -> None:
        if self._listening_since is not None:
            self.record.tick(self._now())

    def _now(self) -> float:
        return 1e-9 * float(self.get_clock().now().nanoseconds)


def check(policy: OnnxPolicy, seconds: float, ros_args: Sequence[str]) -> int:
    """Listen, print what was found, and return the exit code.

    Args:
        policy: Whose contract and statistics to hold the robot against.
        seconds: How long to listen [s].
        ros_args: What follows ``--ros-args``: remappings, ``use_sim_time``.

    Returns:
        0 where nothing looks wrong, 1 where something does, 2 after an error the user can mend,
        130 when interrupted.
    """
    nodes: list[CheckNode] = []

    def make() -> CheckNode:
        nodes.append(CheckNode(policy.contract, seconds))
        return nodes[0]

    arguments = [NAME, *(["--ros-args", *ros_args] if ros_args else [])]
    code = run_node("ddpg-ros check", make, arguments)
    if code == USER_ERROR:
        return code
    if not nodes or not nodes[0].finished():
        return STOPPED
    record = nodes[0].record
    if not record.times:
        raise ConfigError(
            f"no tick in {seconds:g} s: use_sim_time is set, and nobody publishes /clock, or it "
            "runs too slowly."
        )
    report = LiveReport(record, policy.metadata.statistics, nodes[0].graph)
    print(report.as_text())
    return _LOOKS_WRONG if report.wrong else 0
