"""What a process asks of Linux for punctuality's sake."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_MCL_CURRENT, _MCL_FUTURE = 1, 2

_SWITCH_SECONDS = 1e-4
"""How long a thread may keep Python to itself while another wants it."""


def ask_for_punctuality(priority: int, processors: tuple[int, ...], memory: bool) -> Iterator[str]:
    """Ask for scheduling, processors and memory; yields a sentence for each refusal.

    Args:
        priority: Under SCHED_FIFO, 1 to 99; 0: as it is.
        processors: To run on; empty: any.
        memory: Whether to lock what the process has and will have into memory.
    """
    if processors:
        yield from _asked(
            f"cpu_affinity {list(processors)}",
            lambda: os.sched_setaffinity(0, processors),
            f"This machine has the processors {sorted(os.sched_getaffinity(0))}",
        )
    if priority:
        yield from _asked(
            f"realtime_priority {priority}",
            lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority)),
            "Allow it with 'rtprio' in /etc/security/limits.d or CAP_SYS_NICE",
        )
    if memory:
        yield from _asked(
            "lock_memory", _lock_memory, "Allow it with 'memlock' in /etc/security/limits.d"
        )


@contextmanager
def no_pauses() -> Iterator[None]:
    """No garbage collection inside, and no thread keeps Python to itself for long.

    What there is before is never looked at again by the collector.
    """
    gc.collect()
    gc.freeze()
    gc.disable()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        gc.enable()
        gc.unfreeze()


def _asked(what: str, ask: Callable[[], None], advice: str) -> Iterator[str]:
    try:
        ask()
    except (OSError, ValueError, OverflowError) as error:
        yield f"{what}: the system refuses ({error}); running without. {advice}."


def _lock_memory() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mlockall(_MCL_CURRENT | _MCL_FUTURE) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
