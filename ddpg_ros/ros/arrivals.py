"""Which sensors still owe a reading at a moment of simulated time. No rclpy."""

from __future__ import annotations

import math

_EPSILON = 1e-6
"""Times closer than this are one [s]."""


class Arrivals:
    """When one topic was last measured, and how far apart its readings are.

    A sensor may be slower than the control rate, so a reading is owed by a moment only if, at the
    topic's own pace, there is one by then.
    """

    def __init__(self) -> None:
        self.last = -math.inf
        """When the latest reading was measured [s]."""
        self._interval = math.inf
        self._stamped = True
        self._fresh = False

    def hear(self, stamp: float | None, now: float) -> None:
        """A reading has come, measured at ``stamp`` [s], or, as it does not say, ``now``."""
        self._stamped, self._fresh = stamp is not None, True
        measured = now if stamp is None else stamp
        if measured > self.last + _EPSILON:
            self._interval = measured - self.last
            self.last = measured
        elif measured < self.last - _EPSILON:  # time has been set back
            self._interval, self.last = math.inf, measured

    def expect(self) -> None:
        """What comes from now on tells of what a new command brings about."""
        self._fresh = False

    def owes(self, moment: float) -> bool:
        """Whether a reading is to be waited for, if one measured by ``moment`` [s] is wanted."""
        if not self._stamped and self._fresh:
            return False
        return self.last + self._interval <= moment + _EPSILON

    def has_since(self, moment: float) -> bool:
        """Whether something measured after ``moment`` [s] has come."""
        if not self._stamped:
            return self._fresh
        return self.last > moment + _EPSILON
