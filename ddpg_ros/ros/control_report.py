"""What a controller says of itself: diagnostics, policy info, log."""

from __future__ import annotations

import gc
import json
import time

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from std_msgs.msg import String

from ddpg_ros.deploy import reasons
from ddpg_ros.ros.command_output import CommandOutput
from ddpg_ros.ros.control_loop import ControlLoop
from ddpg_ros.ros.diagnostics import diagnostic, measurements, sentence
from ddpg_ros.ros.graph_view import publishing_nodes
from ddpg_ros.ros.ports import Ports

_LATCHED = QoSProfile(
    depth=1,
    reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.TRANSIENT_LOCAL,
)
_DIAGNOSE_SECONDS = 1.0
_LOG_SECONDS = 1.0
_REMIND_SECONDS = 10.0


class ControlReport:
    """Reports of a loop; nothing of it happens within a tick, and no tick waits for it.

    Args:
        ports: Where its publishers are opened.
        loop: What it reports on.
        output: The commands, for who else publishes them.
        period: From tick to tick [s].
    """

    def __init__(
        self, ports: Ports, loop: ControlLoop, output: CommandOutput, period: float
    ) -> None:
        self._node, self._loop, self._output, self._period = ports.node, loop, output, period
        self._diagnostics = ports.publish(DiagnosticArray, "/diagnostics", 10)
        self._info = ports.publish(String, "~/policy_info", _LATCHED)
        aging = loop.core.contract.aging_topics
        self._topics = [(topic, self._node.resolve_topic_name(topic)) for topic in aging]
        self._reported_at = self._now()
        self._warned = loop.core.guard.warn_counts()
        self._fell_back = loop.record.fallbacks()
        self._told: dict[str, float] = {}

    def introduce(self) -> None:
        """Say which policy flies, to whoever asks from now on."""
        policy = self._loop.core.policy
        info = {
            "digest": policy.digest,
            "contract": policy.contract.to_dict(),
            "provenance": policy.metadata.provenance,
        }
        self._info.publish(String(data=json.dumps(info)))

    def log_news(self) -> None:
        """Log changes of the reason, each reason at most once a second however fast it flaps."""
        news = self._loop.record.news
        while news:
            reason, detail = news[0]
            now = time.monotonic()
            early = now - self._told.get(reason, -_LOG_SECONDS) < _LOG_SECONDS
            if early and len(news) == 1:
                return  # what holds is told in the end
            news.popleft()
            if early or reason == reasons.STOPPED:
                continue
            self._told[reason] = now
            if reason in (reasons.OK, reasons.DISABLED):
                self._node.get_logger().info(sentence(reason, detail))
            else:
                self._node.get_logger().warning(sentence(reason, detail))

    def end(self, received: bool) -> None:
        """Log what is left to say, how it ended, and whether the last command was received."""
        self.log_news()
        if not received:
            self._node.get_logger().warning("ended; somebody did not acknowledge the safe command")
        elif self._loop.core.may_send:
            self._node.get_logger().info(f"ended {self._where()}")
        else:
            self._node.get_logger().info("ended while it sent nothing")

    def _where(self) -> str:
        """How the last command lies to the safe one."""
        guard = self._loop.core.guard
        if guard.is_safe:
            return "with the safe command" + (", positions held" if guard.holds_positions else "")
        places = zip(self._loop.core.contract.actions, guard.command.tolist(), strict=True)
        return "on the way to the safe command, which positions may not jump to: " + ", ".join(
            f"{action.name} is told {told:.4g} {action.unit}, safe is {action.safe:g}"
            for action, told in places
            if told != action.safe
        )

    def diagnose(self) -> float:
        """Publish the diagnostics, after a look at the graph; when to do so again [s, steady]."""
        again, loop, now = time.monotonic() + _DIAGNOSE_SECONDS, self._loop, self._now()
        core, record = loop.core, loop.record
        self._look_at_sensors(now)
        elapsed, self._reported_at = now - self._reported_at, now
        pairs = dict(measurements(core, record, self._period, elapsed, self._ages()))
        remarks, log = self._warnings(), self._node.get_logger()
        if remarks:
            log.warning("; ".join(remarks), throttle_duration_sec=_REMIND_SECONDS)
        if past := self._past_fallbacks():
            remarks.append(f"fallback meanwhile: {', '.join(past)}")
        if rivals := self._output.rivals():
            remarks.append("others command the robot too")
            pairs["other_publishers"] = "; ".join(rivals)
            log.warning(
                f"others command the robot too: {'; '.join(rivals)}",
                throttle_duration_sec=_REMIND_SECONDS,
            )
        name = self._node.get_fully_qualified_name()
        message = diagnostic(name, loop.active, core, record, pairs, remarks)
        message.header.stamp = self._node.get_clock().now().to_msg()
        self._diagnostics.publish(message)
        gc.collect()
        return again

    def _ages(self) -> dict[str, float]:
        """How old the latest reading is, by topic [s]."""
        core = self._loop.core
        measured = {topic: core.assembler.measured_at(topic) for topic in core.contract.topics}
        now = self._now()  # read last: other readings come meanwhile
        return {topic: now - at for topic, at in measured.items()}

    def _warnings(self) -> list[str]:
        """What let the policy drive and was found since the last report, be it for one tick."""
        before, self._warned = self._warned, self._loop.core.guard.warn_counts()
        found = {reason: count - before[reason] for reason, count in self._warned.items()}
        return [
            f"{reason} on {count} tick{'s' if count > 1 else ''}"
            for reason, count in found.items()
            if count
        ]

    def _past_fallbacks(self) -> list[str]:
        """Why the policy did not drive since the last report, where it is not why it does not now.

        They are not logged here: whatever changes is, as it does.
        """
        record, before = self._loop.record, self._fell_back
        self._fell_back = now = record.fallbacks()
        return [r for r, n in now.items() if n > before.get(r, 0) and r != record.reason]

    def _look_at_sensors(self, now: float) -> None:
        core = self._loop.core
        crowded = [
            f"{topic} by {' and '.join(publishing_nodes(self._node, full_name))}"
            for topic, full_name in self._topics
            if self._node.count_publishers(full_name) > core.assembler.publishers(topic, now)
        ]
        core.checks.second_publisher.topics = ", ".join(crowded)

    def _now(self) -> float:
        return 1e-9 * float(self._node.get_clock().now().nanoseconds)
