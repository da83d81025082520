"""A way for logs to the terminal on which no tick waits for them."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_STDOUT, _STDERR = 1, 2
_CHUNK = 2**16
_LAST_SECONDS = 0.2
"""How long the end waits for the last lines to arrive."""

_ON_STDOUT = "RCUTILS_LOGGING_USE_STDOUT"
_BUFFERED = "RCUTILS_LOGGING_BUFFERED_STREAM"
_COLOURED = "RCUTILS_COLORIZED_OUTPUT"


@contextmanager
def log_pipe() -> Iterator[None]:
    """Have what rclpy logs written to the terminal by a thread; call it before ``rclpy.init``.

    rclpy holds Python's lock while it writes a line. A terminal that is stopped by Ctrl-S, or a
    pipe that nobody reads, would hold up every thread: ticks, watchdog and emergency stop. So lines
    go into a pipe, and what does not fit into that is lost to the terminal; ``/rosout`` and the log
    file have it. Lines end where they would have, on stderr unless ``RCUTILS_LOGGING_USE_STDOUT``
    is 1. What else is written to stderr, such as why a process crashed, goes there directly.
    """
    try:
        target = os.dup(_STDOUT if os.environ.get(_ON_STDOUT) == "1" else _STDERR)
        before = os.dup(_STDOUT)
    except OSError:  # there is none, so nothing waits for it
        yield
        return
    if os.isatty(target):
        os.environ.setdefault(_COLOURED, "1")
    os.environ.update({_ON_STDOUT: "1", _BUFFERED: "1"})
    source, sink = os.pipe()
    os.set_blocking(sink, False)
    os.dup2(sink, _STDOUT)
    os.close(sink)
    writer = threading.Thread(target=_write, args=(source, target), name="log", daemon=True)
    writer.start()
    try:
        yield
    finally:
        os.dup2(before, _STDOUT)
        os.close(before)
        writer.join(_LAST_SECONDS)


def _write(source: int, target: int) -> None:
    """Write all that comes from ``source`` to ``target``, which may take its time."""
    with suppress(OSError):  # nobody reads there any more
        while text := os.read(source, _CHUNK):
            while text:
                text = text[os.write(target, text) :]
