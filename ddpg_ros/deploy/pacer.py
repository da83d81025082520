"""When a tick is due, by the clock and by the sensor it waits for."""

from __future__ import annotations

import math

_EARLY = 0.2
"""How long before a tick is due a message may bring it about [periods]."""

_GRACE = 0.2
"""How long after it is due a tick waits for the message [periods]."""


class Pacer:
    """Keeps a rate, and the ticks close behind a sensor's messages.

    A command made right after a message is as young as can be: a timer of the same rate would let
    it wait for up to a period. The rate is the nominal one, or the sensor's where that is a little
    slower; without messages the ticks come by the clock.

    Args:
        period: From tick to tick [s].
        follows: Whether there are messages to follow.
    """

    def __init__(self, period: float, follows: bool) -> None:
        self._period = period
        self._grace = _GRACE * period if follows else 0.0
        self._due = -math.inf

    @property
    def deadline(self) -> float:
        """When the next tick comes without a message [s]; ``-inf`` for at once."""
        return self._due + self._grace

    def follows(self, now: float) -> bool:
        """Whether a message at ``now`` [s] is to be followed by a tick."""
        return now >= self._due - _EARLY * self._period

    def follow(self, now: float) -> None:
        """A tick followed a message at ``now`` [s]."""
        self._due = max(self._due, now) + self._period

    def expire(self, now: float) -> None:
        """A tick came by the clock at ``now`` [s]; ticks that were missed are not made up for."""
        self._due += self._period
        if self._due <= now - self._grace:
            self._due = now + self._period
