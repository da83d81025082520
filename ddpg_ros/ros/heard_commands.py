"""The commands a simulated robot has heard, and what it does once none comes any more."""

from __future__ import annotations

import numpy as np

from ddpg_ros.contract import Contract

_NEVER = -(10**18)


class HeardCommands:
    """The last command of every element, the safe one where it has been silent for too long.

    Args:
        contract: What is commanded.
        timeout: After so long a silence a command gives way to the safe one [s].
    """

    def __init__(self, contract: Contract, timeout: float) -> None:
        self._timeout = timeout * 1e9
        self._names = contract.action_names
        self._safe = contract.action_values("safe")
        self._low, self._high = contract.action_values("low"), contract.action_values("high")
        self._last = self._safe.copy()
        self._heard_at = np.full(contract.action_size, _NEVER)
        self._silent = np.zeros(contract.action_size, bool)
        self._count = np.zeros(contract.action_size, int)

    @property
    def heard(self) -> int:
        """How often all of the robot has been commanded since :meth:`forget`."""
        return int(self._count.min())

    def hear(self, part: slice, values: np.ndarray, now: int) -> None:
        """Take in the command of ``part`` of the robot, within the robot's limits.

        Args:
            part: Which elements of the action vector.
            values: What they are to do ``(k,)``, finite.
            now: Simulated time [ns].
        """
        self._last[part] = np.clip(values, self._low[part], self._high[part])
        self._heard_at[part] = now
        self._count[part] += 1

    def forget(self) -> None:
        """Back to the safe command."""
        self._last[:] = self._safe
        self._count[:] = 0

    def fall_silent(self, now: int) -> list[str]:
        """The elements that are silent at ``now`` [ns], if none was before; else none."""
        before, self._silent = self._silent, now - self._heard_at > self._timeout
        if before.any() or not self._silent.any():
            return []
        return [name for name, silent in zip(self._names, self._silent, strict=True) if silent]

    def command(self) -> np.ndarray:
        """What the robot does ``(action_size,)``, as of the last :meth:`fall_silent`."""
        return np.where(self._silent, self._safe, self._last)
