"""Threads of a controller, on the steady clock: they run while callbacks do not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_PAUSE_SECONDS = 0.05
"""After a call that failed."""


class Repeater:
    """Calls a function at the times it asks for, in a thread of its own.

    Args:
        name: Of the thread.
        call: Returns the time of the next call on the steady clock (``time.monotonic``) [s].
        report: Takes what a call raised; calls go on.
    """

    def __init__(
        self, name: str, call: Callable[[], float], report: Callable[[Exception], None]
    ) -> None:
        self._call, self._report = call, report
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin; the first call comes at once."""
        self._thread.start()

    def stop(self) -> None:
        """End; no call is under way afterwards, unless it is this one or hangs."""
        self._stop.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(1.0)

    def _run(self) -> None:
        wait = 0.0
        while not self._stop.wait(max(0.0, wait)):
            try:
                wait = self._call() - time.monotonic()
            except Exception as error:  # a thread that ends leaves the robot its last command
                wait = _PAUSE_SECONDS
                self._report(error)
