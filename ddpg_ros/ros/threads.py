"""Threads of a controller, on the steady clock: they run while callbacks do not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from ddpg_ros.ros.alarm import make_alarm

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
        self._alarm, self._stopped = make_alarm(), False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin; the first call comes at once."""
        self._thread.start()

    def put_off(self, until: float) -> None:
        """Have the next call come at ``until`` [s]; whoever asks, the thread is not woken."""
        if not self._stopped:
            self._alarm.set(until)

    def stop(self) -> None:
        """End; no call is under way afterwards, unless it is this one or hangs."""
        self._stopped = True
        self._alarm.set(time.monotonic())
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(1.0)

    def _run(self) -> None:
        while not self._stopped:
            try:
                self._alarm.set(self._call())
            except Exception as error:  # a thread that ends leaves the robot its last command
                self._alarm.set(time.monotonic() + _PAUSE_SECONDS)
                self._report(error)
            if not self._stopped:  # who stops it sets the alarm after that
                self._alarm.wait()
