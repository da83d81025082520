"""How far something that takes minutes is, on a terminal."""

from __future__ import annotations

import sys


class Counter:
    """A line of stderr that counts; nothing is said where that is no terminal.

    Args:
        total: Where it ends.
        what: Is counted.

    Attributes:
        shown: Whether anybody sees it.
    """

    def __init__(self, total: int, what: str) -> None:
        self._total, self._what = total, what
        self._told = -1
        self.shown = sys.stderr.isatty()

    def tell(self, done: int) -> None:
        """Say that so many are done, if that is news."""
        if self.shown and done != self._told:
            self._told = done
            end = "\n" if done == self._total else ""
            line = f"\r{done} of {self._total} {self._what}"
            print(line, end=end, file=sys.stderr, flush=True)
