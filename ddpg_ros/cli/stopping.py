"""What SIGINT and SIGTERM do while something runs that should end well."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

STOPPED = 130
"""Exit code of what was asked to stop before it was done."""


@contextmanager
def stopped_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """A first signal calls ``stop``, a second one ends whatever is still there."""

    def receive(*_: Any) -> None:
        stop()
        for number in before:
            signal.signal(number, signal.default_int_handler)

    before = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, receive)
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)
