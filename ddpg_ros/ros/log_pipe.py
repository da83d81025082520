"""A way for logs to the terminal on which no tick waits for them."""

from __future__ import annotations

import fcntl
import os
import select
import threading
from collections.abc import Iterator
from contextlib import contextmanager

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
    _open_stdout()
    try:
        target = _copy(_STDOUT if os.environ.get(_ON_STDOUT) == "1" else _STDERR)
    except OSError:  # it is closed, so no line waits there
        yield
        return
    environment = dict(os.environ)
    if os.isatty(target):
        os.environ.setdefault(_COLOURED, "1")
    os.environ.update({_ON_STDOUT: "1", _BUFFERED: "1"})
    before, (source, sink) = _copy(_STDOUT), os.pipe()
    os.set_blocking(sink, False)
    os.dup2(sink, _STDOUT)
    os.close(sink)
    writer = threading.Thread(target=_hand_on, args=(source, target), name="log", daemon=True)
    writer.start()
    try:
        yield
    finally:
        os.dup2(before, _STDOUT)
        os.close(before)
        for name in (_ON_STDOUT, _BUFFERED, _COLOURED):
            if name in environment:
                os.environ[name] = environment[name]
            else:
                os.environ.pop(name, None)
        writer.join(_LAST_SECONDS)


def _copy(descriptor: int) -> int:
    """Another descriptor of the same, none of the first three though one may be closed."""
    return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 3)


def _open_stdout() -> None:
    """Where it is closed, to nowhere: else a pipe might become it."""
    try:
        os.fstat(_STDOUT)
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        if nowhere != _STDOUT:
            os.dup2(nowhere, _STDOUT)
            os.close(nowhere)


def _hand_on(source: int, target: int) -> None:
    """Write all that comes from ``source`` to ``target``, which may take its time."""
    while text := os.read(source, _CHUNK):
        _write(text, target)
    os.close(source)
    os.close(target)


def _write(text: bytes, target: int) -> None:
    """All of it; what ``target`` refuses, as a full disk does, is lost."""
    while text:
        try:
            text = text[os.write(target, text) :]
        except BlockingIOError:  # somebody who shares it wants that
            space = select.poll()
            space.register(target, select.POLLOUT)
            space.poll()
        except OSError:
            return
