"""A robot with one hinge, as a controller's tests see it."""

from __future__ import annotations

import json
import math
import time
from dataclasses import replace
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from graph import Graph
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64MultiArray, String

from ddpg_ros.contract import Contract
from ddpg_ros.worlds.pendulum import pendulum_contract

DRIVING = math.tanh(0.5)
"""What the policy of the tests wants [N m], about."""

SAFE = 0.0


class Hinge:
    """It reports its state, keeps what it was commanded, and hears what the controller says."""

    def __init__(self, graph: Graph, rate: float = 100.0) -> None:
        self.graph = graph
        self.position: float | None = 0.1
        """None: it reports nothing [rad]."""
        self.sent: list[float] = []
        """When it reported [s, steady]."""
        self.commands: list[tuple[float, float]] = []
        """When what was commanded."""
        self.diagnostics = graph.listen(DiagnosticArray, "/diagnostics")
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        self.infos = graph.listen(String, "ddpg_controller/policy_info", latched)
        graph.node.create_subscription(Float64MultiArray, "commands", self._obey, 10)
        graph.publish_at(rate, JointState, "joint_states", self._report)

    def _obey(self, message: Float64MultiArray) -> None:
        self.commands.append((time.monotonic(), message.data[0]))

    def _report(self) -> JointState | None:
        if self.position is None:
            return None
        self.sent.append(time.monotonic())
        return JointState(name=["hinge"], position=[self.position], velocity=[0.2])

    @property
    def last(self) -> float:
        """The latest command."""
        return self.commands[-1][1] if self.commands else math.nan

    def wait_until_driven(self, command: float = DRIVING) -> None:
        """Until the policy's command comes."""
        self.graph.wait_for(lambda: abs(self.last - command) < 0.05, f"the command {command:.2f}")

    def wait_until_safe(self) -> None:
        """Until the safe command comes, from now on."""
        self.commands.clear()
        self.graph.wait_for(lambda: self.last == SAFE, "the safe command")

    def diagnosis(self, text: str = "") -> DiagnosticStatus:
        """The next one whose message has ``text`` in it."""
        self.diagnostics.clear()
        return self.graph.wait_for(
            lambda: next((d.status[0] for d in self.diagnostics if text in d.status[0].message), 0),
            f"a diagnosis with '{text}'",
        )

    def told(self) -> dict[str, str]:
        """The values of the latest diagnosis."""
        latest = self.diagnostics[-1].status[0].values if self.diagnostics else []
        return {pair.key: pair.value for pair in latest}

    def values(self, text: str = "") -> dict[str, str]:
        """Those of the next diagnosis whose message has ``text`` in it."""
        return {pair.key: pair.value for pair in self.diagnosis(text).values}

    def digest(self) -> str:
        """Of the policy that flies, as it says itself."""
        self.graph.wait_for(lambda: self.infos, "the policy info")
        return json.loads(self.infos[-1].data)["digest"]


def hinge_contract(**changed: Any) -> Contract:
    """That of the pendulum, but for ``period``, ``max_age``, ``slew_limit`` or ``unit``."""
    contract = pendulum_contract()
    age = changed.pop("max_age", None)
    action = {name: changed.pop(name) for name in ("unit", "slew_limit") if name in changed}
    if age is not None:
        terms = tuple(
            replace(term, sources=tuple(replace(s, max_age=age) for s in term.sources))
            for term in contract.observation
        )
        contract = replace(contract, observation=terms)
    if action:
        (command,) = contract.commands
        elements = (replace(command.elements[0], **action),)
        contract = replace(contract, commands=(replace(command, elements=elements),))
    return replace(contract, **changed)
