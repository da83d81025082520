"""What becomes of memory between two updates."""

from __future__ import annotations

import ctypes
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Names of glibc's settings, mallopt(3)."""


def keep_freed_memory() -> None:
    """Have the C library keep what is freed, up to 128 MiB, for the next to ask.

    It would give it back to the system, to ask for the like a millisecond later and be handed it
    page by page, which takes longer than the work on it. Where the library is not glibc nothing
    is done.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_MMAP_THRESHOLD, 32 << 20)
            mallopt(_TRIM_THRESHOLD, 128 << 20)
