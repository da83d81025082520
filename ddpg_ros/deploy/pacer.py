"""When a tick is due, by the clock and by the sensor it waits for."""

from __future__ import annotations

import math

_EARLY = 0.2
"""How long before a tick is due a message may bring it about [periods]."""

_GRACE = 0.2
"""How long after it is due a tick waits for the message [periods]."""

_DRAW = 0.1
"""How far the first message after a tick by the clock draws the next tick [periods]."""

_FASTER = 0.01
"""How much earlier than a period after the one before a followed tick may be due [periods]."""


class Pacer:
    """Keeps a rate, and the ticks close behind a sensor's messages.

    A command made right after a message is as young as can be: a timer of the same rate would let
    it wait for up to a period. The rate is the nominal one, or the sensor's where that is a little
    slower; without messages the ticks come by the clock. Messages that come between two ticks draw
    the ticks to them, a tenth of a period at a time.

    Args:
        period: From tick to tick [s].
        follows: Whether there are messages to follow.
    """

    def __init__(self, period: float, follows: bool) -> None:
        self._period = period
        self._grace = _GRACE * period if follows else 0.0
        self._due = -math.inf
        self._expired = False

    @property
    def deadline(self) -> float:
        """When the next tick comes without a message [s]; ``-inf`` for at once."""
        return self._due + self._grace

    def follow(self, now: float) -> bool:
        """Whether a message at ``now`` [s] is to be followed by a tick, which is then under way."""
        late = now - self._due if math.isfinite(self._due) else 0.0
        if late < -_EARLY * self._period:
            if self._expired:
                off = math.remainder(late, self._period)
                self._due += min(_DRAW * self._period, max(-_DRAW * self._period, off))
                self._expired = False
            return False
        self._due = now - min(0.0, late + _FASTER * self._period) + self._period
        self._expired = False
        return True

    def expire(self, now: float) -> None:
        """A tick came by the clock at ``now`` [s]; ticks that were missed are not made up for."""
        self._expired = True
        self._due += self._period
        if self._due <= now - self._grace:
            self._due = now + self._period
