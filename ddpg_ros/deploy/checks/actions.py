"""Checks of what the policy wants, and of when it was asked."""

from __future__ import annotations

from typing import cast

import numpy as np

from ddpg_ros.contract import Contract
from ddpg_ros.contract.action import SATURATED
from ddpg_ros.deploy import reasons
from ddpg_ros.deploy.checks.check import Check, Tick

_ROUNDING = 1e-6
"""Of the time of a tick [s]."""


class NonFiniteAction(Check):
    """An action with a NaN or an infinity in it."""

    reason = reasons.NON_FINITE_ACTION

    def finds(self, tick: Tick) -> bool:
        return not np.isfinite(cast(np.ndarray, tick.action)).all()

    def detail(self) -> str:
        return "the policy returned a value that is no number"


class Saturation(Check):
    """An element of the action that stays at an end of its range while the policy drives.

    What is wanted of a robot that does not follow says nothing: it may stay the same for ever.

    Args:
        contract: Names and ranges of the elements.
        patience: How long it may stay there [s].
        period: From tick to tick [s].

    Attributes:
        counts: Ticks on which each element was there, ``(m,)``.
    """

    reason = reasons.SATURATED

    def __init__(self, contract: Contract, patience: float, period: float) -> None:
        super().__init__()
        low, high = contract.action_values("low"), contract.action_values("high")
        self._names, self._period = contract.action_names, period
        self._centre, self._nearly_half = (high + low) / 2, SATURATED * (high - low) / 2
        self._allowed = max(1, round(patience / period))
        self._distance = np.zeros(len(low))
        self._at_end = np.zeros(len(low), dtype=bool)
        self._streak = np.zeros(len(low), dtype=int)
        self.counts = np.zeros(len(low), dtype=int)

    def finds(self, tick: Tick) -> bool:
        np.subtract(cast(np.ndarray, tick.action), self._centre, out=self._distance)
        np.abs(self._distance, out=self._distance)
        np.greater(self._distance, self._nearly_half, out=self._at_end)
        self.counts += self._at_end
        if not tick.driven:
            self._streak.fill(0)
        self._streak += 1
        self._streak *= self._at_end
        return bool(self._streak.max() > self._allowed)

    def detail(self) -> str:
        worst = int(self._streak.argmax())
        seconds = self._streak[worst] * self._period
        return f"{self._names[worst]} has been at an end of its range for {seconds:.2f} s"

    def reset(self) -> None:
        self._streak.fill(0)


class MissedDeadline(Check):
    """A tick more than half a period late."""

    reason = reasons.MISSED_DEADLINE
    asks_action = False

    def __init__(self, period: float) -> None:
        super().__init__()
        self._allowed = 1.5 * period + _ROUNDING
        self._interval = 0.0

    def finds(self, tick: Tick) -> bool:
        self._interval = tick.interval
        return tick.interval > self._allowed

    def detail(self) -> str:
        return f"{1000 * self._interval:.1f} ms since the tick before, at most " + (
            f"{1000 * self._allowed:.1f} ms"
        )
