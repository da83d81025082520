"""Which time a node goes by: the system's, or a simulator's."""

from __future__ import annotations

import time
from collections.abc import Callable

from rcl_interfaces.msg import SetParametersResult
from rclpy.node import Node
from rclpy.parameter import Parameter

_SIMULATED = "use_sim_time"


class NodeTime:
    """The time of a node; it stays of one kind while ages and ticks follow it.

    Args:
        node: Whose.
        followed: Says whether something follows it now.
    """

    def __init__(self, node: Node, followed: Callable[[], bool]) -> None:
        self._node, self._followed = node, followed
        node.add_on_set_parameters_callback(self._keep)

    @property
    def simulated(self) -> bool:
        """Whether it comes from ``/clock``."""
        simulated: bool = self._node.get_parameter(_SIMULATED).value
        return simulated

    def reader(self) -> Callable[[], float]:
        """What reads it [s]: where it is not simulated the system's, sooner read from there."""
        clock = self._node.get_clock()
        return (lambda: 1e-9 * float(clock.now().nanoseconds)) if self.simulated else time.time

    def _keep(self, parameters: list[Parameter]) -> SetParametersResult:
        if self._followed() and any(p.name == _SIMULATED for p in parameters):
            reason = f"{_SIMULATED} is read at configuration: deactivate and clean up first."
            return SetParametersResult(successful=False, reason=reason)
        return SetParametersResult(successful=True)
