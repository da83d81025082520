"""``ddpg_controller``: flies a policy file, and says so when it does not."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

from rclpy.clock import Clock, ClockType
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn

from ddpg_ros.deploy import ControlCore, OnnxPolicy, reasons
from ddpg_ros.deploy.cautions import cautions
from ddpg_ros.deploy.pacer import Pacer
from ddpg_ros.errors import DdpgRosError
from ddpg_ros.ros.command_output import CommandOutput
from ddpg_ros.ros.control_loop import ControlLoop
from ddpg_ros.ros.control_report import ControlReport
from ddpg_ros.ros.controller_parameters import ControllerParameters
from ddpg_ros.ros.insight import Insight
from ddpg_ros.ros.log_pipe import log_pipe
from ddpg_ros.ros.node_time import NodeTime
from ddpg_ros.ros.parameters import check_overrides, declare, file_to_write
from ddpg_ros.ros.ports import Ports
from ddpg_ros.ros.realtime import ask_for_punctuality, no_pauses
from ddpg_ros.ros.sensor_topics import subscribe_to_sensors
from ddpg_ros.ros.spin import run_node
from ddpg_ros.ros.switches import Switches
from ddpg_ros.ros.threads import Repeater
from ddpg_ros.ros.timing_record import TimingRecord
from ddpg_ros.ros.watchdog import Watchdog

NAME = "ddpg_controller"

_NEWS_SECONDS = 0.1
_REMIND_SECONDS = 10.0


class ControllerNode(LifecycleNode):
    """A lifecycle node around a :class:`ControlLoop`.

    Inactive it reads and publishes nothing that moves. Active, it decides a command every period;
    the last command before it leaves that state is the safe one.
    """

    def __init__(self, **node_arguments: Any) -> None:
        super().__init__(NAME, **node_arguments)
        self._set = declare(self, ControllerParameters())
        check_overrides(self)
        for refusal in ask_for_punctuality(
            self._set.realtime_priority, self._set.cpu_affinity, self._set.lock_memory
        ):
            self.get_logger().warning(refusal)
        self._loop: ControlLoop | None = None
        self._steady = Clock(clock_type=ClockType.STEADY_TIME)
        self._ports, self._running = Ports(self), ExitStack()
        self._configure_error = ""
        self._starts_itself = False
        self._enabled, self._latched = self._set.enable, ""
        self._time = NodeTime(self, followed=lambda: self._loop is not None)

    def autostart(self) -> None:
        """Configure and activate if the parameter says so.

        Raises:
            DdpgRosError: The policy file or a parameter is wrong.
        """
        if not self._set.autostart:
            return
        self._starts_itself = True
        if self.trigger_configure() != TransitionCallbackReturn.SUCCESS:
            raise DdpgRosError(self._configure_error)
        self._starts_itself = False
        if self.trigger_activate() != TransitionCallbackReturn.SUCCESS:
            raise DdpgRosError("could not be activated; the log says why.")

    def finished(self) -> bool:
        """Never: a controller runs until it is told to stop."""
        return False

    def last_word(self) -> None:
        """Publish the safe command, if this node drives, and wait until it has been received."""
        self._running.close()
        self._ports.close()

    def last_resort(self, insists: bool) -> bool:
        """Give the safe command from another thread, if this node drives; whether to end.

        Args:
            insists: Whether to end too where nothing has to be said, or somebody is saying it.
        """
        loop = self._loop
        if (loop is None or not loop.active or loop.retreats) and not insists:
            return False
        if loop is not None and loop.active:
            loop.end(reasons.STOPPED, self._set.stop_time)
        return True

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        try:
            self._configure(self._load())
        except Exception as error:  # rclpy swallows what a transition raises
            self._configure_error = str(error) or repr(error)
            if not self._starts_itself:
                self.get_logger().error(self._configure_error)
            self._ports.close()
            return TransitionCallbackReturn.FAILURE
        return TransitionCallbackReturn.SUCCESS

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        try:
            self._activate()
        except Exception as error:  # rclpy swallows what a transition raises
            self.get_logger().error(f"cannot be activated: {error!r}")
            self._running.close()
            return TransitionCallbackReturn.FAILURE
        self.get_logger().info("active")
        return super().on_activate(state)

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        self._running.close()
        self.get_logger().info("inactive")
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        self._running.close()
        self._ports.close()
        if self._loop is not None:  # who configures anew has not enabled or released anything
            guard = self._loop.core.guard
            self._enabled, self._latched = guard.enabled, guard.latched
        self._loop = None
        return TransitionCallbackReturn.SUCCESS

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        return self.on_cleanup(state)

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        return self.on_cleanup(state)

    def _load(self) -> OnnxPolicy:
        path = self.get_parameter("policy").value
        if not path:
            raise DdpgRosError(
                "no policy file: set the parameter policy, e.g. "
                "--ros-args -p policy:=/path/to/policy.onnx."
            )
        return OnnxPolicy.load(path)

    def _configure(self, policy: OnnxPolicy) -> None:
        """Everything the contract asks for: subscriptions, publishers, services."""
        contract, ports = policy.contract, self._ports
        self._period = self._set.tick_period(contract.period)
        simulated = self._time.simulated
        self._patience = self._set.watchdog_patience(self._period, simulated)
        core = ControlCore(policy, self._set, self._period)
        for text in cautions(core, self._period):
            self.get_logger().warning(text)
        core.guard.enabled = self._enabled
        if self._latched:
            core.guard.latch(self._latched)
        pace = self._set.pacing_topic(contract.aging_topics, simulated)
        output = CommandOutput(ports, contract, self._set.stamped_twist, self._period)
        insight, pacer = Insight(ports, contract), Pacer(self._period)
        now = self._time.reader()
        self._loop = loop = ControlLoop(core, output, insight, pacer, self._period, now)
        if self._set.timing_file:
            file = file_to_write("timing_file", self._set.timing_file)
            loop.record.timing = TimingRecord(file, core)
        self._report = report = ControlReport(ports, loop, output, self._period)
        subscribe_to_sensors(
            ports, contract, lambda topic, reading: loop.receive(topic, reading, topic == pace)
        )
        Switches(ports, loop, self._set.stop_time, self._load, report.introduce)
        ports.run(self._thread("reporter", report.diagnose))
        ports.repeat(_NEWS_SECONDS, report.log_news, self._steady)
        report.introduce()
        self.get_logger().info(
            f"policy '{contract.name}' {policy.digest[:12]} proved itself on "
            f"{len(policy.metadata.probes.actions)} probes; {1 / self._period:g} Hz, reads "
            f"{', '.join(contract.topics)}, drives "
            f"{', '.join(command.topic for command in contract.commands)}"
        )

    def _activate(self) -> None:
        """Begin to tick and to watch; what began last ends first, the last word before all.

        Ticks and watchdog end after it: what hangs in them does not keep it waiting.
        """
        loop, running = self._loop, self._running
        assert loop is not None
        running.enter_context(no_pauses())
        running.callback(self._write_timing, loop.record.timing)
        loop.begin()
        self._threads = running.enter_context(ExitStack())
        running.callback(lambda: self._report.end(loop.end(reasons.STOPPED, self._set.stop_time)))
        self._start_ticking(loop)
        watchdog = Watchdog(loop, self._patience, self._period, self.get_logger())
        self._start_thread("watchdog", watchdog.watch)

    def _start_ticking(self, loop: ControlLoop) -> None:
        """By simulated time a timer of the node ticks, else a thread that no callback holds up."""
        if self._time.simulated:
            ports = Ports(self)
            ports.repeat(self._period, loop.tick)
            self._threads.callback(ports.close)
        else:
            ticker = self._start_thread("ticker", loop.tick_if_due)
            loop.put_off = ticker.put_off

    def _start_thread(self, name: str, call: Callable[[], float]) -> Repeater:
        """A thread until this node is no longer active."""
        thread = self._thread(name, call)
        self._threads.callback(thread.stop)
        thread.start()
        return thread

    def _thread(self, name: str, call: Callable[[], float]) -> Repeater:
        return Repeater(name, call, partial(self._tell_failure, name))

    def _tell_failure(self, name: str, error: Exception) -> None:
        self.get_logger().error(
            f"the {name} failed: {error!r}", throttle_duration_sec=_REMIND_SECONDS
        )

    def _write_timing(self, timing: TimingRecord | None) -> None:
        try:
            if timing is not None and timing.write():
                self.get_logger().info(f"wrote {self._set.timing_file}")
        except OSError as error:
            self.get_logger().error(f"{self._set.timing_file} cannot be written ({error})")


def main(args: Sequence[str] | None = None) -> int:
    """Run the controller until a signal comes; returns the exit code."""

    def make() -> ControllerNode:
        node = ControllerNode()
        node.autostart()
        return node

    with log_pipe():
        return run_node(NAME, make, args, ControllerNode.last_resort)


if __name__ == "__main__":
    sys.exit(main())
