"""Limits of a command: position and slew, the same in training and on the robot."""

from __future__ import annotations

import numpy as np

from ddpg_ros.contract.contract import Contract


class CommandLimiter:
    """Keeps every element within its limits and within its slew limit of the one before.

    Args:
        contract: The limits.
        period: From command to command [s]; the contract's if None.

    Attributes:
        command: The command last let through, ``(m,)`` float64, SI units; the safe one at first.
        clipped: Which elements the last call changed, ``(m,)`` bool.
    """

    def __init__(self, contract: Contract, period: float | None = None) -> None:
        self._low = contract.action_values("low")
        self._high = contract.action_values("high")
        self._safe = contract.action_values("safe")
        self._step = contract.action_values("slew_limit") * (period or contract.period)
        self._rounding = 1e-6 * (self._high - self._low)
        self._wanted = np.empty_like(self._low)
        self._bound = np.empty_like(self._low)
        self._no_number = np.zeros(len(self._low), dtype=bool)
        self.command = self._safe.copy()
        self.clipped = np.zeros(len(self._low), dtype=bool)

    def reset(self, which: np.ndarray | bool = True) -> None:
        """Start again from the safe command, or have ``which`` elements ``(m,)`` do so."""
        np.copyto(self.command, self._safe, where=which)
        self.clipped.fill(False)

    def start_from(self, command: np.ndarray) -> None:
        """Start from ``command`` ``(m,)``, or the nearest within the limits."""
        np.clip(command, self._low, self._high, out=self.command)
        self.clipped.fill(False)

    def apply(self, wanted: np.ndarray, periods: float = 1.0) -> np.ndarray:
        """The nearest allowed command to ``wanted``, ``(m,)``; the array is reused.

        It is always finite: for a NaN the safe value is wanted instead.

        Args:
            wanted: ``(m,)``, SI units.
            periods: How long ago the command before was, above 0; it may change by so much more.
        """
        step = self._step if periods == 1.0 else self._step * periods
        np.copyto(self._wanted, wanted)
        np.isnan(self._wanted, out=self._no_number)
        np.copyto(self._wanted, self._safe, where=self._no_number)
        np.subtract(self.command, step, out=self._bound)
        np.maximum(self._wanted, self._bound, out=self._bound)
        np.add(self.command, step, out=self.command)
        np.minimum(self._bound, self.command, out=self.command)
        np.clip(self.command, self._low, self._high, out=self.command)
        np.subtract(self.command, self._wanted, out=self._bound)
        np.abs(self._bound, out=self._bound)
        np.greater(self._bound, self._rounding, out=self.clipped)
        np.logical_or(self.clipped, self._no_number, out=self.clipped)
        return self.command
