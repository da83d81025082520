"""The trainer's end of a robot's topics: commands out, readings in, a control period at a time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from rclpy.clock import JumpThreshold, TimeJump
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.task import Future
from std_srvs.srv import Trigger

from ddpg_ros.contract import Contract, Reading
from ddpg_ros.errors import WorldStalled
from ddpg_ros.ros.arrivals import Arrivals
from ddpg_ros.ros.command_output import CommandOutput
from ddpg_ros.ros.graph_view import see_graph
from ddpg_ros.ros.persistent_request import PersistentRequest
from ddpg_ros.ros.ports import Ports
from ddpg_ros.ros.sensor_topics import subscribe_to_sensors
from ddpg_ros.ros.settings import RobotParameters
from ddpg_ros.ros.spin import make_executor, spin_for

NAME = "ddpg_training_link"

_LOOK_SECONDS = 0.1
_LATE = 0.5
"""Of a control period: a command later than this begins a period of its own."""

Hear = Callable[[str, Reading, float], None]


class RobotLink:
    """One robot, stepped by whoever calls, in the thread that calls.

    Args:
        contract: What is read and driven.
        settings: Reset service, clock and patience.

    Attributes:
        readings: The latest by topic.
        listener: Hears every reading as it comes, with its topic and the time [s].
        overruns: How many periods were longer than the contract's because a command came late.
    """

    def __init__(self, contract: Contract, settings: RobotParameters) -> None:
        self.contract = contract
        self.readings: dict[str, Reading] = {}
        self.listener: Hear = _ignore
        self.overruns = 0
        self._settings = settings
        self._simulated = settings.clock == "simulated"
        clock = Parameter("use_sim_time", value=self._simulated)
        self._node = Node(NAME, parameter_overrides=[clock])
        self._clock = self._node.get_clock()
        self._ports = Ports(self._node)
        self._output = CommandOutput(self._ports, contract, stamped_twist=True)
        lasting = {source.topic for source in contract.sources if math.isinf(source.max_age)}
        self._arrivals = {topic: Arrivals() for topic in contract.topics if topic not in lasting}
        subscribe_to_sensors(self._ports, contract, self._receive)
        self._reset = self._node.create_client(Trigger, settings.reset_service)
        self._service = self._node.resolve_service_name(settings.reset_service)
        self._safe = contract.action_values("safe")
        self._target = 0.0
        self._fell_back = False
        self._news = Future()
        tick = Duration(nanoseconds=1)
        threshold = JumpThreshold(
            min_forward=tick, min_backward=Duration(nanoseconds=-1), on_clock_change=False
        )
        self._jumps = self._clock.create_jump_callback(threshold, post_callback=self._on_time)
        self._executor = make_executor()
        self._executor.add_node(self._node)

    @property
    def now(self) -> float:
        """Time on the robot's clock [s]; 0 before simulated time is heard."""
        return 1e-9 * float(self._clock.now().nanoseconds)

    def restart(self) -> str:
        """Have an episode begin: the reset service, then one period at the safe command.

        What is read afterwards was measured in the new episode.

        Returns:
            What the service said.

        Raises:
            WorldStalled: The robot does not answer in time, or refuses.
        """
        self._await_graph()
        answer = self._ask_for_reset()
        if not answer.success:
            raise self._stalled(
                f"its service {self._service} refuses to begin an episode: "
                f"{answer.message or 'it does not say why'}"
            )
        self._fell_back = True  # a simulator may set its time back when it is reset
        while self._fell_back:
            self._fell_back = False
            begun = self.now
            self._send(self._safe, begun)
            self._await_period(partial(_is_older, begun))
        self._wait(
            lambda: not self._unheard(),
            lambda: f"nothing came on {self._unheard()}",
            self._unpublished,
        )
        return str(answer.message)

    def step(self, command: np.ndarray) -> None:
        """Send ``command`` ``(m,)``, SI units; return when its control period is over.

        Raises:
            WorldStalled: Time or a sensor stands still, or time was set back.
        """
        now = self.now
        late = now - self._target
        in_time = abs(late) <= _LATE * self.contract.period
        if not in_time:
            self.overruns += 1
            self._node.get_logger().warning(
                f"the command came {late:.3f} s after its control period began, {self.overruns} "
                "times by now; run the simulator slower, or in lockstep",
                throttle_duration_sec=10.0,
            )
        self._send(command, self._target if in_time else now)
        self._await_period(lambda arrivals: arrivals.owes(self._target))
        if self._fell_back:
            raise self._stalled("its time was set back in the middle of an episode")

    def rest(self) -> None:
        """Leave the robot at its safe command."""
        self._output.send(self._safe)
        self._output.wait_until_received()

    def close(self) -> None:
        """Leave the robot at its safe command, and the graph."""
        self.rest()
        self._jumps.unregister()
        self._executor.shutdown()
        self._ports.close()
        self._node.destroy_node()

    def _receive(self, topic: str, reading: Reading) -> None:
        now = self.now
        arrivals = self._arrivals.get(topic)
        if arrivals is not None:
            arrivals.hear(reading.stamp, now)
        if reading.stamp is None:
            reading.stamp = now
        self.readings[topic] = reading
        self.listener(topic, reading, now)
        self._wake()

    def _on_time(self, jump: TimeJump) -> None:
        delta = jump["delta"] if isinstance(jump, dict) else jump.delta.nanoseconds
        self._fell_back |= delta < 0
        self._wake()

    def _wake(self) -> None:
        if not self._news.done():
            self._news.set_result(None)

    def _send(self, command: np.ndarray, begun: float) -> None:
        """Send a command whose period has ``begun`` then [s]."""
        self._target = begun + self.contract.period
        for arrivals in self._arrivals.values():
            arrivals.expect()
        self._output.send(command)

    def _await_period(self, missing: Callable[[Arrivals], bool]) -> None:
        """Wait until the period is over, and no sensor's reading ``missing``; or time set back."""

        def silent() -> str:
            return ", ".join(t for t, arrivals in self._arrivals.items() if missing(arrivals))

        def over() -> bool:
            return self._fell_back or (self.now >= self._target - 1e-6 and not silent())

        def complaint() -> str:
            if self.now < self._target - 1e-6:
                return f"its time stands still at {self.now:.3f} s, short of {self._target:.3f} s"
            return f"nothing new came on {silent()}"

        self._wait(over, complaint, self._unpublished)

    def _await_graph(self) -> None:
        """Wait until whoever simulates the robot is there."""
        self._wait(
            lambda: self.now > 0.0,
            lambda: "nobody publishes /clock (start the simulator, or say --clock wall)",
        )
        self._wait(self._output.has_receivers, lambda: "nobody takes its commands")
        self._wait(
            self._reset.service_is_ready,
            lambda: f"nobody offers the service {self._service}",
        )

    def _ask_for_reset(self) -> Any:
        ask = partial(self._reset.call_async, Trigger.Request())
        request = PersistentRequest(ask, self._wake)
        self._wait(request.answered, lambda: f"its service {self._service} does not answer")
        return request.latest()

    def _unheard(self) -> str:
        return ", ".join(topic for topic in self.contract.topics if topic not in self.readings)

    def _unpublished(self) -> str:
        """Which sensors nobody publishes, and what there is of their kind."""
        graph = see_graph(self._node, self.contract.topics)
        return "".join(
            f"; {graph.why_silent(topic, message)}"
            for topic, message in self.contract.topics.items()
            if not graph.publishers[topic]
        )

    def _wait(
        self,
        ready: Callable[[], bool],
        complaint: Callable[[], str],
        why: Callable[[], str] = str,
    ) -> None:
        """Serve callbacks until ``ready``, no longer than there is patience."""
        end = time.monotonic() + self._settings.patience
        while not ready():
            left = end - time.monotonic()
            if left <= 0.0:
                waited = f"for {self._settings.patience:g} s by the wall clock"
                raise self._stalled(f"{complaint()} {waited}{why()}")
            look = _LOOK_SECONDS if self._simulated else self._target - self.now
            self._news = Future()
            spin_for(self._executor, min(left, _LOOK_SECONDS, max(1e-4, look)), self._news)

    def _stalled(self, what: str) -> WorldStalled:
        return WorldStalled(f"robot '{self.contract.name}' on the ROS graph: {what}.")


def _is_older(moment: float, arrivals: Arrivals) -> bool:
    return not arrivals.has_since(moment)


def _ignore(topic: str, reading: Reading, now: float) -> None:
    """Nobody listens."""
