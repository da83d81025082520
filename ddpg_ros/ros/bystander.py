"""Who acts on a signal when the main thread does not."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterable

_PATIENCE_SECONDS = 0.25
"""How long after a signal the main thread may take to begin to end."""

_TELLING_SECONDS = 0.1
"""How long a terminal may take to show that; one that is stopped takes for ever."""

_HUNG = 1
"""Exit code of a process that had to be ended from aside."""


class Bystander:
    """Ends the process where a signal asks for it and the main thread hangs in a callback.

    Python's own signal handlers run in the main thread alone, between two of its instructions.
    This thread hears of signals from the system, as long as nobody holds Python's lock.

    Args:
        numbers: The signals that ask a process to end.
        last_resort: Says what must be said before the process ends; whether it had to.
    """

    def __init__(self, numbers: Iterable[signal.Signals], last_resort: Callable[[], bool]) -> None:
        self._numbers, self._last_resort = frozenset(numbers), last_resort
        self._leaving = threading.Event()
        self._hears, self._told = socket.socketpair()
        self._told.setblocking(False)
        signal.set_wakeup_fd(self._told.fileno(), warn_on_full_buffer=False)
        threading.Thread(target=self._listen, name="bystander", daemon=True).start()

    def dismiss(self) -> None:
        """Call from the main thread as it begins to end."""
        self._leaving.set()

    def _listen(self) -> None:
        while number := self._hears.recv(1):
            if number[0] not in self._numbers or self._leaving.wait(_PATIENCE_SECONDS):
                continue  # the main thread ends the process
            if self._last_resort() and not self._leaving.is_set():
                teller = threading.Thread(target=_tell, daemon=True)
                teller.start()
                teller.join(_TELLING_SECONDS)
                os._exit(_HUNG)


def _tell() -> None:
    print("ended from aside: a callback hangs", file=sys.stderr, flush=True)
