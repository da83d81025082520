"""A check, what it looks at, and what can follow from it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import IntEnum

import numpy as np


@dataclass(slots=True)
class Tick:
    """What a check can look at. It is filled anew every tick.

    Args:
        now: The node's clock [s].
        interval: Since the tick before [s]; NaN on the first.
        observation: ``(n,)`` float32, SI units; it means something only if there is an action.
        action: What the policy wants, ``(m,)``, SI units; None where it could not be asked.
        driven: Whether the command before was the policy's.
        beyond: Whether the command is to start where the robot is, too far beyond its limits.
    """

    now: float
    interval: float
    observation: np.ndarray
    action: np.ndarray | None
    driven: bool = True
    beyond: bool = False


class Response(IntEnum):
    """What follows when a check finds something, from mild to severe."""

    IGNORE = 0
    WARN = 1
    """The policy drives on, and diagnostics say so."""
    DEGRADE = 2
    """The command stays nearer to the safe one."""
    STOP = 3
    """The fallback, until all has been well for the recovery time."""
    LATCH = 4
    """The safe command, until somebody resets it."""


class Check(ABC):
    """Looks for one thing that may be wrong with a tick.

    Attributes:
        reason: What logs and diagnostics call it.
        asks_action: Whether it can look only where the policy could be asked.
        count: Ticks on which it found something.
    """

    reason: str
    asks_action = True

    def __init__(self) -> None:
        self.count = 0

    @abstractmethod
    def finds(self, tick: Tick) -> bool:
        """Whether it is there. Called every tick that it can look at, so it keeps its count."""

    @abstractmethod
    def detail(self) -> str:
        """What was found last, for people."""

    def reset(self) -> None:  # noqa: B027
        """Forget the ticks before."""
