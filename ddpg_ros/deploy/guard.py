"""The last look at a command before the robot gets it."""

from __future__ import annotations

import numpy as np

from ddpg_ros.contract import CommandLimiter, Contract

OK = "ok"
DISABLED = "disabled"
ESTOP = "emergency_stop"
OBSERVATION = "observation"
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
        self.reason = OK
        self._limiter = CommandLimiter(contract)
        self._safe = contract.action_values("safe")

    @property
    def clipped(self) -> np.ndarray:
        """Which elements the limits changed on the last tick, ``(m,)`` bool."""
        return self._limiter.clipped

    def reset(self) -> None:
        """Start anew from the safe command, the emergency stop released."""
        self.stopped = False
        self.reason = OK
        self._limiter.reset()

    def permits(self) -> bool:
        """Whether the policy may drive at all; sets :attr:`reason` if it may not."""
        if self.stopped:
            self.reason = ESTOP
        elif not self.enabled:
            self.reason = DISABLED
        else:
            self.reason = OK
        return self.reason == OK

    def pass_on(self, action: np.ndarray) -> np.ndarray:
        """The policy's action ``(m,)`` within position and slew limits, the safe one if not finite."""
        if not np.isfinite(action).all():
            return self.refuse(NON_FINITE_ACTION)
        return self._limiter.apply(action)

    def refuse(self, reason: str) -> np.ndarray:
        """The safe command ``(m,)``, whatever the slew limit says; ``reason`` says why."""
        self.reason = reason
        return self._limiter.force(self._safe)
