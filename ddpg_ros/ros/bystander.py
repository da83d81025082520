"""Who hears a signal for the main thread, and acts on it when that does not."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable
from types import FrameType

_PATIENCE_SECONDS = 0.25
"""How long after a signal the main thread may take to begin to end, and from look to look."""

_TELLING_SECONDS = 0.1
"""How long a terminal may take to show that; one that is stopped takes for ever."""

_HUNG = 1
"""Exit code of a process that had to be ended from aside."""


class Bystander:
    """Tells the main thread of signals, and ends the process where that hangs in a callback.

    Python's own signal handlers run in the main thread alone, between two of its instructions: they
    must ask for no lock that it may hold, and where it hangs they do not run. This thread hears of
    signals from the system, as long as nobody holds Python's lock.

    Args:
        numbers: The signals that ask a process to end.
        on_signal: Tells the main thread.
        last_resort: Asked again and again while the main thread does not begin to end, with how
            long that has been [s]. Says what must be said first; whether the process shall end.
    """

    def __init__(
        self,
        numbers: Iterable[signal.Signals],
        on_signal: Callable[[], None],
        last_resort: Callable[[float], bool],
    ) -> None:
        self._numbers = frozenset(numbers)
        self._on_signal, self._last_resort = on_signal, last_resort
        self._leaving = threading.Event()
        self._hears, self._told = socket.socketpair()
        self._told.setblocking(False)
        signal.set_wakeup_fd(self._told.fileno(), warn_on_full_buffer=False)
        for number in self._numbers:
            signal.signal(number, _leave_it_to_the_bystander)
        threading.Thread(target=self._listen, name="bystander", daemon=True).start()

    def dismiss(self) -> None:
        """Call from the main thread as it begins to end."""
        self._leaving.set()

    def _listen(self) -> None:
        while number := self._hears.recv(1):
            if number[0] in self._numbers:
                self._on_signal()
                self._wait()

    def _wait(self) -> None:
        """Until the main thread begins to end; or end the process."""
        told = time.monotonic()
        while not self._leaving.wait(_PATIENCE_SECONDS):
            if self._last_resort(time.monotonic() - told) and not self._leaving.is_set():
                teller = threading.Thread(target=_tell, daemon=True)
                teller.start()
                teller.join(_TELLING_SECONDS)
                os._exit(_HUNG)


def _leave_it_to_the_bystander(number: int, frame: FrameType | None) -> None:
    """Python passes on only signals that it handles."""


def _tell() -> None:
    print("ended from aside: a callback hangs", file=sys.stderr, flush=True)
