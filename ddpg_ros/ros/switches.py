"""What people can tell a controller while it runs: stop, enable, reset, reload."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from std_msgs.msg import Bool
from std_srvs.srv import SetBool, Trigger

from ddpg_ros.deploy import OnnxPolicy, reasons
from ddpg_ros.ros.control_loop import ControlLoop
from ddpg_ros.ros.ports import Ports
from ddpg_ros.ros.side_node import SideNode

_RELIABLE = QoSProfile(depth=10, reliability=ReliabilityPolicy.RELIABLE)
_LATCHED = QoSProfile(
    depth=10,
    reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.TRANSIENT_LOCAL,
)
"""Hears what was said before it was there, from whoever keeps it, and nobody who does not."""


class Switches:
    """Services and a topic that act on a loop.

    They are served beside the node, whose callbacks may hang with the policy. Those that take their
    time have a thread of their own: no emergency stop waits while a file is proved or the command
    is on its way to the safe one.

    Args:
        ports: Where they are opened.
        loop: What they act on.
        stop_time: How long the command may take to the safe one when it is disabled [s].
        load: Reads and proves the policy file, for ``~/reload``.
        reloaded: Called after another policy has taken over.
    """

    def __init__(
        self,
        ports: Ports,
        loop: ControlLoop,
        stop_time: float,
        load: Callable[[], OnnxPolicy],
        reloaded: Callable[[], None],
    ) -> None:
        self._loop, self._stop_time = loop, stop_time
        self._load, self._reloaded = load, reloaded
        self._log = ports.node.get_logger()
        node, named = ports.node, ports.node.resolve_service_name
        stop, operator = SideNode(node, "stop"), SideNode(node, "operator")
        stopped = node.resolve_topic_name("~/estop")
        stop.ports.subscribe(Bool, stopped, self._hear_estop, _RELIABLE)
        kept = node.resolve_topic_name("~/estop_latched")
        stop.ports.subscribe(Bool, kept, self._hear_estop, _LATCHED)
        stop.ports.serve(Trigger, named("~/estop"), self._estop)
        stop.ports.serve(Trigger, named("~/reset"), self._reset)
        operator.ports.serve(SetBool, named("~/enable"), self._enable)
        operator.ports.serve(Trigger, named("~/reload"), self._reload)
        for side in (stop, operator):
            ports.keep(side)
            side.start()

    def _hear_estop(self, message: Bool) -> None:
        if message.data:
            self._stop()

    def _estop(self, request: Any, response: Trigger.Response) -> Trigger.Response:
        self._stop()
        response.success, response.message = True, "stopped until ~/reset"
        return response

    def _stop(self) -> None:
        self._loop.core.guard.latch(reasons.ESTOP)
        if self._loop.active:
            self._loop.interrupt(reasons.ESTOP)

    def _reset(self, request: Any, response: Trigger.Response) -> Trigger.Response:
        self._loop.rearm()
        response.success = True
        response.message = "history, trips and emergency stop reset"
        self._log.info(f"~/reset: {response.message}")
        return response

    def _enable(self, request: SetBool.Request, response: SetBool.Response) -> SetBool.Response:
        if request.data:
            self._loop.enable()
        else:
            self._loop.disable(reasons.DISABLED, self._stop_time)
        latched = self._loop.core.guard.latched
        allowed = "the policy may drive" + ("" if self._loop.active else " once it is active")
        held = f"the policy may drive after ~/reset, which {latched} waits for"
        response.success = True
        response.message = f"enabled: {held if latched else allowed}"
        if not request.data:
            response.message = "dry run: nothing is sent"
        self._log.info(f"~/enable: {response.message}")
        return response

    def _reload(self, request: Any, response: Trigger.Response) -> Trigger.Response:
        try:
            policy = self._load()
            self._loop.exchange(policy)
        except Exception as error:  # whatever is wrong with a file, the flight goes on
            response.message = (
                f"{error} The policy before stays; the parameter policy names the refused one."
            )
            self._log.warning(f"~/reload: {response.message}")
            return response
        self._reloaded()
        response.success = True
        response.message = f"policy {policy.digest[:12]} proved itself and takes over"
        self._log.info(f"~/reload: {response.message}")
        return response
