"""What SIGINT and SIGTERM do while something runs that should end well."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def end_at_sigint(node: bool = False) -> None:
    """SIGINT ends the process at once, unless it is ignored.

    Args:
        node: Whether what begins is a node. Those heed SIGINT in any case: what a script runs in
            the background is started with SIGINT ignored.
    """
    if node or signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def interrupt_at_sigint() -> None:
    """After :func:`end_at_sigint`: SIGINT raises KeyboardInterrupt again."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def stopped_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """A first signal calls ``stop``, a second one ends whatever is still there."""

    def receive(*_: Any) -> None:
        for number in _SIGNALS:
            signal.signal(number, signal.default_int_handler)
        stop()

    with _handled_by(receive):
        yield


@contextmanager
def signals_ignored() -> Iterator[None]:
    """Signals do nothing; nor do they, for all their lives, to processes that start meanwhile."""
    with _handled_by(signal.SIG_IGN):
        yield


@contextmanager
def _handled_by(handler: Any) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)
