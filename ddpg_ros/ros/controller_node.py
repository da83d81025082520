"""``ddpg_controller``: flies a policy file, and says so when it does not."""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.clock import Clock, ClockType
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from std_msgs.msg import Bool, Float64MultiArray, String
from std_srvs.srv import SetBool, Trigger

from ddpg_ros.deploy import ControlCore, OnnxPolicy
from ddpg_ros.deploy.guard import CLOCK_STALLED, DISABLED, ERROR, ESTOP, OK, STARTING, STOPPED
from ddpg_ros.errors import DdpgRosError
from ddpg_ros.ros.command_output import CommandOutput
from ddpg_ros.ros.diagnostics import ControlCounters, diagnostic
from ddpg_ros.ros.messages import MESSAGE_TYPES, to_reading
from ddpg_ros.ros.parameters import check_overrides, declare
from ddpg_ros.ros.ports import Ports
from ddpg_ros.ros.settings import ControllerParameters, watchdog_patience
from ddpg_ros.ros.spin import run_node

NAME = "ddpg_controller"

_LATEST = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
_SENT_ONCE = QoSProfile(depth=1, reliability=ReliabilityPolicy.RELIABLE)
_EVERY = QoSProfile(depth=10, reliability=ReliabilityPolicy.RELIABLE)
_LATCHED = QoSProfile(
    depth=1,
    reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.TRANSIENT_LOCAL,
)
_LOG_SECONDS = 1.0
_REMIND_SECONDS = 10.0


class ControllerNode(LifecycleNode):
    """A lifecycle node around :class:`ControlCore`.

    Inactive it reads and publishes nothing that moves. Active, it decides a command every period
    of its clock; the last command before it leaves that state is the safe one.
    """

    def __init__(self, **node_arguments: Any) -> None:
        super().__init__(NAME, **node_arguments)
        self._parameters_set = declare(self, ControllerParameters())
        check_overrides(self)
        self._core: ControlCore | None = None
        self._steady = Clock(clock_type=ClockType.STEADY_TIME)
        self._ports, self._running = Ports(self), Ports(self)
        self._active = False
        self._reason = self._detail = ""
        self._told: dict[str, float] = {}
        self._configure_error = ""

    def autostart(self) -> None:
        """Configure and activate if the parameter says so.

        Raises:
            DdpgRosError: The policy file or a parameter is wrong.
        """
        if not self._parameters_set.autostart:
            return
        if self.trigger_configure() != TransitionCallbackReturn.SUCCESS:
            raise DdpgRosError(self._configure_error)
        if self.trigger_activate() != TransitionCallbackReturn.SUCCESS:
            raise DdpgRosError("could not be activated; the log says why.")

    def finished(self) -> bool:
        """Never: a controller runs until it is told to stop."""
        return False

    def last_word(self) -> None:
        """Publish the safe command, if this node drives, and wait until it has been received."""
        if self._active:
            self._interrupt(STOPPED)
            self._active = False
            self._output.wait_until_received()

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        try:
            self._configure(OnnxPolicy.load(self._policy_path()))
        except Exception as error:  # rclpy swallows what a transition raises
            self._configure_error = str(error) or repr(error)
            if not self._parameters_set.autostart:
                self.get_logger().error(self._configure_error)
            return TransitionCallbackReturn.FAILURE
        return TransitionCallbackReturn.SUCCESS

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        assert self._core is not None
        self._core.reset()
        gc.collect()
        gc.freeze()
        self._ticked_at = time.monotonic()
        self._reason, self._detail = STARTING, ""
        self._active = True
        self._running.repeat(self._core.contract.period, self._tick)
        self._running.repeat(self._watchdog_timeout / 2, self._watch, self._steady)
        self.get_logger().info("active")
        return super().on_activate(state)

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        self._stop()
        self.get_logger().info("inactive: the safe command was sent")
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        self._stop()
        self._ports.close()
        self._core = None
        return TransitionCallbackReturn.SUCCESS

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        return self.on_cleanup(state)

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        return self.on_cleanup(state)

    def _policy_path(self) -> str:
        if not self._parameters_set.policy:
            raise DdpgRosError(
                "no policy file: set the parameter policy, e.g. "
                "--ros-args -p policy:=/path/to/policy.onnx."
            )
        return self._parameters_set.policy

    def _configure(self, policy: OnnxPolicy) -> None:
        """Everything the contract asks for: subscriptions, publishers, services."""
        contract = policy.contract
        self._core = ControlCore(policy)
        self._core.guard.enabled = self._parameters_set.enable
        self._counters = ControlCounters(contract)
        self._reported_at = self._now()
        self._watchdog_timeout = self._parameters_set.watchdog_timeout or watchdog_patience(
            contract.period
        )
        ports = self._ports
        once = {s.topic for s in contract.sources if np.isinf(s.max_age)}
        for topic, message in contract.topics.items():
            kind, qos = MESSAGE_TYPES[message], _SENT_ONCE if topic in once else _LATEST
            ports.subscribe(kind, topic, partial(self._receive, topic), qos)
        self._output = CommandOutput(ports, contract, self._parameters_set.stamped_twist)
        self._observation_out = ports.publish(Float64MultiArray, "~/observation", 1)
        self._action_out = ports.publish(Float64MultiArray, "~/action", 1)
        self._diagnostics_out = ports.publish(DiagnosticArray, "/diagnostics", 10)
        info = ports.publish(String, "~/policy_info", _LATCHED)
        info.publish(String(data=json.dumps(_policy_info(policy))))
        ports.subscribe(Bool, "~/estop", self._receive_estop, _EVERY)
        ports.serve(SetBool, "~/enable", self._enable)
        ports.serve(Trigger, "~/reset", self._reset)
        ports.repeat(1.0, self._diagnose, self._steady)
        self.get_logger().info(
            f"policy '{contract.name}' {policy.digest[:12]} proved itself on "
            f"{len(policy.metadata.probes.actions)} probes; {1 / contract.period:g} Hz, reads "
            f"{', '.join(contract.topics)}, drives "
            f"{', '.join(command.topic for command in contract.commands)}"
        )

    def _receive(self, topic: str, message: Any) -> None:
        now = self._now()
        if self._core is not None and now > 0.0:  # simulated time is 0 until /clock is heard
            self._core.receive(topic, to_reading(message), now)

    def _tick(self) -> None:
        """One control period. Whatever goes wrong in it ends in the safe command."""
        if not self._active or self._core is None:
            return
        started = time.monotonic()
        self._ticked_at = started
        try:
            decision = self._core.tick(self._now())
            if self._core.guard.enabled:
                self._output.send(decision.command, self._stamp())
            self._publish_insight(decision.observation, decision.action)
        except Exception as error:  # a controller must not die of a surprise
            self._counters.errors += 1
            self._interrupt(ERROR, repr(error))
            return
        self._report_fallback(decision.reason, decision.detail)
        clipped = self._core.guard.clipped
        seconds = time.monotonic() - started
        self._counters.count(decision, self._core.saturated, clipped, seconds)

    def _watch(self) -> None:
        """The safe command when the node's clock stalls, told by the steady clock."""
        late = time.monotonic() - self._ticked_at > self._watchdog_timeout
        if self._active and late and self._reason == STARTING:
            self.get_logger().warning(
                "waiting for the first tick: does anybody publish /clock?",
                throttle_duration_sec=_REMIND_SECONDS,
            )
        elif self._active and late:
            self._counters.clock_stalls += self._reason != CLOCK_STALLED
            self._interrupt(CLOCK_STALLED, f"no tick for {self._watchdog_timeout:g} s")

    def _interrupt(self, reason: str, detail: str = "") -> None:
        """The safe command between two ticks; a dry run sends nothing here either."""
        assert self._core is not None
        command = self._core.interrupt(reason)
        if self._core.guard.enabled:
            self._output.send(command, self._stamp())
        self._report_fallback(reason, detail)

    def _publish_insight(self, observation: np.ndarray, action: np.ndarray | None) -> None:
        self._observation_out.publish(Float64MultiArray(data=observation.tolist()))
        if action is not None:
            self._action_out.publish(Float64MultiArray(data=action.tolist()))

    def _report_fallback(self, reason: str, detail: str) -> None:
        """Say a change of reason, each reason at most once a second however fast it flaps."""
        changed, self._reason, self._detail = reason != self._reason, reason, detail
        now = time.monotonic()
        if not changed or reason == STOPPED or now - self._told.get(reason, 0.0) < _LOG_SECONDS:
            return
        self._told[reason] = now
        if reason == OK:
            self.get_logger().info("the policy drives")
        else:
            self.get_logger().warning(f"safe command: {reason} {detail}".rstrip())

    def _diagnose(self) -> None:
        now = self._now()
        state = "active" if self._active else "inactive"
        pairs = self._counters.report(now - self._reported_at)
        self._reported_at = now
        assert self._core is not None
        pairs += [
            (f"age.{topic}", f"{self._core.assembler.age(topic, now):.4f}")
            for topic in self._core.contract.topics
        ]
        pairs.append(("policy", self._core.policy.digest))
        rivals = self._output.rivals()
        if rivals:
            pairs.append(("other_publishers", ", ".join(rivals)))
            self.get_logger().warning(
                f"another node publishes on {', '.join(rivals)} too: the robot gets both",
                throttle_duration_sec=_REMIND_SECONDS,
            )
        message = diagnostic(
            self.get_fully_qualified_name(), state, self._reason, self._detail, pairs
        )
        message.header.stamp = self._stamp()
        self._diagnostics_out.publish(message)

    def _receive_estop(self, message: Bool) -> None:
        if message.data and self._core is not None:
            self._core.guard.stopped = True
            if self._active:
                self._interrupt(ESTOP)

    def _enable(self, request: SetBool.Request, response: SetBool.Response) -> SetBool.Response:
        assert self._core is not None
        if self._active and not request.data:
            self._interrupt(DISABLED)
        self._core.guard.enabled = request.data
        response.success = True
        response.message = "the policy drives" if request.data else "dry run: nothing is sent"
        return response

    def _reset(self, request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        assert self._core is not None
        self._core.rearm()
        response.success, response.message = True, "history and emergency stop reset"
        return response

    def _stop(self) -> None:
        if self._active:
            self.last_word()
            self._running.close()

    def _now(self) -> float:
        return 1e-9 * float(self.get_clock().now().nanoseconds)

    def _stamp(self) -> Time:
        return self.get_clock().now().to_msg()


def _policy_info(policy: OnnxPolicy) -> dict[str, Any]:
    return {
        "digest": policy.digest,
        "contract": policy.contract.to_dict(),
        "provenance": policy.metadata.provenance,
    }


def main(args: Sequence[str] | None = None) -> int:
    """Run the controller until a signal comes; returns the exit code."""

    def make() -> ControllerNode:
        node = ControllerNode()
        node.autostart()
        return node

    return run_node(NAME, make, args)


if __name__ == "__main__":
    sys.exit(main())
