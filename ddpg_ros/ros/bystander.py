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

_ENOUGH = 3
"""So many signals insist on an end; a launch's Ctrl-C comes to a node as two."""

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
        last_resort: Asked again and again while the main thread does not begin to end, with
            whether signals insist on it, as three do. Says what must be said first; whether the
            process shall end. Where it fails, another signal ends the process.
    """

    def __init__(
        self,
        numbers: Iterable[signal.Signals],
        on_signal: Callable[[], None],
        last_resort: Callable[[bool], bool],
    ) -> None:
        self._numbers = frozenset(numbers)
        self._on_signal, self._last_resort = on_signal, last_resort
        self._leaving, self._ending = False, threading.Lock()
        self._hears, self._told = socket.socketpair()
        self._told.setblocking(False)
        signal.set_wakeup_fd(self._told.fileno(), warn_on_full_buffer=False)
        for number in self._numbers:
            signal.signal(number, _leave_it_to_the_bystander)
        threading.Thread(target=self._listen, name="bystander", daemon=True).start()

    def dismiss(self) -> None:
        """Call from the main thread as it begins to end."""
        with self._ending:
            self._leaving = True

    def _listen(self) -> None:
        signals, first = 0, 0.0
        while not self._leaving:
            if self._is_told():
                signals, first = signals + 1, first or time.monotonic()
                self._on_signal()
            if signals and time.monotonic() - first >= _PATIENCE_SECONDS:
                self._look(signals)
            self._hears.settimeout(_PATIENCE_SECONDS if signals else None)

    def _is_told(self) -> bool:
        """Wait for a signal; whether it is one that asks to end."""
        try:
            return self._hears.recv(1)[0] in self._numbers
        except TimeoutError:
            return False

    def _look(self, signals: int) -> None:
        """The main thread has not begun to end."""
        try:
            ends = self._last_resort(signals >= _ENOUGH)
        except Exception:  # nobody else is left to end the process
            ends = signals > 1
        with self._ending:
            if ends and not self._leaving:
                teller = threading.Thread(target=_tell, daemon=True)
                teller.start()
                teller.join(_TELLING_SECONDS)
                os._exit(_HUNG)


def _leave_it_to_the_bystander(number: int, frame: FrameType | None) -> None:
    """Python passes on only signals that it handles."""


def _tell() -> None:
    print("ended from aside: a callback hangs", file=sys.stderr, flush=True)
