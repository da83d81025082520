"""When a tick is due, by the clock and by the sensor it waits for."""

from __future__ import annotations

import math

_EARLY = 0.18
"""How long before a tick is due a message may bring it about [periods]."""

_CLOSE = 0.5
"""How soon after a tick no message brings about another [periods]."""

_GRACE = 0.3
"""How long after it is due a tick waits for the message [periods]."""

_SILENT = 3.0
"""After how long without a message a tick waits for none [periods]."""

_DRIFT = 0.01
"""How much longer or shorter a period may be, to come into step with the messages [periods]."""

_FIRST_DRIFT = 0.3
"""The same, once, after the first message."""


class Pacer:
    """Keeps a rate, and the ticks close behind a sensor's messages.

    A command made right after a message is as young as can be: a timer of the same rate would let
    it wait for up to a period. So ticks drift, slowly, until they are due when messages come. The
    rate stays within a hundredth of the nominal one whatever the sensor's is.

    Args:
        period: From tick to tick [s].
    """

    def __init__(self, period: float) -> None:
        self._period = period
        self._due = self._heard = self._ticked = -math.inf
        self._drift = _FIRST_DRIFT * period

    @property
    def deadline(self) -> float:
        """When the next tick comes without a message [s]; ``-inf`` for at once."""
        if self._due - self._heard < _SILENT * self._period:
            return self._due + _GRACE * self._period
        return self._due

    def hear(self, now: float) -> bool:
        """Take in a message at ``now`` [s]; whether a tick is to follow it at once.

        Of the messages of a fast sensor the one nearest to the due time brings the tick about.
        """
        interval, self._heard = now - self._heard, now
        early = min(_EARLY * self._period, interval / 2)
        return now >= max(self._due - early, self._ticked + _CLOSE * self._period)

    def tick(self, now: float) -> None:
        """A tick came at ``now`` [s]; ticks that were missed are not made up for."""
        self._ticked = now
        if self._due <= now - self._period:
            self._due = now + self._period
        else:
            self._due += self._period + self._correction()

    def _correction(self) -> float:
        """How much longer than nominal this period is to be [s]."""
        offset = self._heard - self._due
        if offset < -self._period:
            return 0.0
        if offset < -self._period / 2:
            offset += self._period
        drift, self._drift = self._drift, _DRIFT * self._period
        return min(drift, max(-drift, offset))
