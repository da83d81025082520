"""The last look at a command before the robot gets it."""

from __future__ import annotations

import numpy as np

from ddpg_ros.contract import CommandLimiter, Contract

OK = "ok"
STARTING = "starting"
DISABLED = "disabled"
STOPPED = "stopped"
CLOCK_STALLED = "clock_stalled"
ERROR = "error"
ESTOP = "emergency_stop"
NON_FINITE_ACTION = "non_finite_action"


class Guard:
    """Decides every tick between the policy's command and the contract's safe command.

    It has no clock and no state but the command before and the latched emergency stop.

    Attributes:
        enabled: Whether the policy may drive; otherwise the safe command is kept.
        stopped: The latched emergency stop.
        reason: Why the last command was what it was; ``ok`` when the policy drove.
    """

    def __init__(self, contract: Contract) -> None:
        self.enabled = True
        self.stopped = False
        self.reason = STARTING
        self._limiter = CommandLimiter(contract)
        self._safe = contract.action_values("safe")

    @property
    def clipped(self) -> np.ndarray:
        """Which elements the limits changed on the last tick, ``(m,)`` bool."""
        return self._limiter.clipped

    def reset(self) -> None:
        """Start anew from the safe command; a latched emergency stop stays."""
        self.reason = STARTING
        self._limiter.reset()

    def interrupt(self, reason: str) -> np.ndarray:
        """The safe command ``(m,)`` between two ticks, whatever the slew limit says."""
        return self._refuse(reason)

    def decide(self, action: np.ndarray | None, fault: str) -> np.ndarray:
        """The command of this tick, ``(m,)``; :attr:`reason` says why it is what it is.

        Args:
            action: What the policy wants, ``(m,)``; None where it could not be asked.
            fault: Why it could not.
        """
        if self.stopped:
            return self._refuse(ESTOP)
        if not self.enabled:
            return self._refuse(DISABLED)
        if action is None:
            return self._refuse(fault)
        if not np.isfinite(action).all():
            return self._refuse(NON_FINITE_ACTION)
        self.reason = OK
        return self._limiter.apply(action)

    def _refuse(self, reason: str) -> np.ndarray:
        """The safe command, whatever the slew limit says."""
        self.reason = reason
        self._limiter.clipped.fill(False)
        return self._limiter.force(self._safe)
