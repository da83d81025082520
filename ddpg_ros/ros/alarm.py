"""A time to wait for that may be moved, as often as one likes, without waking who waits."""

from __future__ import annotations

import ctypes
import os
import threading
import time
import weakref
from typing import Protocol

_CLOCK_MONOTONIC, _ABSOLUTE, _CLOSE_ON_EXEC = 1, 1, 0o2000000
"""Of Linux, for ``timerfd_create`` and ``timerfd_settime``."""

_AT_ONCE = 1e-6
"""A time that has passed; 0 would be none [s]."""


class Alarm(Protocol):
    """Goes off at a time of the steady clock (``time.monotonic``); one thread waits for it."""

    def set(self, at: float) -> None:
        """Have it go off at ``at`` [s] and at no other time, whichever thread asks."""

    def wait(self) -> None:
        """Until it goes off; it may be somewhat early."""


def make_alarm() -> Alarm:
    """The kernel's where there is one: who puts it off every tick wakes nobody."""
    try:
        return _KernelAlarm()
    except (AttributeError, OSError, TypeError):  # another system, or an older kernel
        return _WaitingAlarm()


class _KernelAlarm:
    """A timer of Linux. Python has these functions from 3.13 on."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._file = self._libc.timerfd_create(_CLOCK_MONOTONIC, _CLOSE_ON_EXEC)
        if self._file < 0:
            raise OSError(ctypes.get_errno(), "timerfd_create")
        weakref.finalize(self, os.close, self._file)

    def set(self, at: float) -> None:
        seconds, rest = divmod(max(at, _AT_ONCE), 1.0)
        once = (ctypes.c_long * 4)(0, 0, int(seconds), int(1e9 * rest))
        self._libc.timerfd_settime(self._file, _ABSOLUTE, once, None)

    def wait(self) -> None:
        os.read(self._file, 8)


class _WaitingAlarm:
    """Wakes at each time it was set to, and looks whether it has been put off."""

    def __init__(self) -> None:
        self._at = _AT_ONCE
        self._sooner = threading.Event()

    def set(self, at: float) -> None:
        before, self._at = self._at, at
        if at < before:
            self._sooner.set()

    def wait(self) -> None:
        while (left := self._at - time.monotonic()) > 0.0:
            self._sooner.wait(left)
            self._sooner.clear()
