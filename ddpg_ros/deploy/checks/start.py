"""Checks of where a command starts."""

from __future__ import annotations

from ddpg_ros.deploy import reasons
from ddpg_ros.deploy.checks.check import Check, Tick
from ddpg_ros.deploy.measured_start import MeasuredStart


class StartBeyondLimits(Check):
    """A joint so far beyond its limits that the first command would be a jump.

    Args:
        start: Where position commands start.
    """

    reason = reasons.BEYOND_LIMITS
    asks_action = False

    def __init__(self, start: MeasuredStart) -> None:
        super().__init__()
        self._start, self._found = start, ""

    def finds(self, tick: Tick) -> bool:
        if tick.beyond:
            self._found = self._start.describe_beyond()
        return tick.beyond

    def detail(self) -> str:
        return self._found
