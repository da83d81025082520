"""The safe command when no ticks come."""

from __future__ import annotations

import time
from typing import Any

from ddpg_ros.deploy import reasons
from ddpg_ros.ros.control_loop import ControlLoop

_REMIND_SECONDS = 10.0


class Watchdog:
    """Watches a loop by the steady clock, whatever holds up ticks: a stalled ``/clock``, a hang.

    Args:
        loop: Whose ticks it waits for.
        patience: How long [s].
        period: From one safe command to the next while there are no ticks [s].
        logger: A node's; hears when the first tick is long in coming.
    """

    def __init__(self, loop: ControlLoop, patience: float, period: float, logger: Any) -> None:
        self._loop, self._patience, self._period, self._logger = loop, patience, period, logger

    def watch(self) -> float:
        """Give the safe command if no tick came in time; when to look again [s, steady]."""
        loop, now = self._loop, time.monotonic()
        if loop.retreats:
            return now + self._patience
        if now - loop.ticked_at <= self._patience:
            return loop.ticked_at + self._patience
        if loop.record.reason == reasons.STARTING:
            self._logger.warning(
                "waiting for the first tick: does anybody publish /clock?",
                throttle_duration_sec=_REMIND_SECONDS,
            )
            return now + self._patience
        loop.record.stalls += loop.record.reason != reasons.CLOCK_STALLED
        loop.interrupt(reasons.CLOCK_STALLED, f"no tick for {now - loop.ticked_at:.2f} s")
        return now + self._period
