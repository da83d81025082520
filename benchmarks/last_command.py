"""What a subscriber knows at a controller's end."""

from __future__ import annotations

from typing import Any

from benchmarks.arm import Commands, is_safe


class LastCommand:
    """Counts commands and keeps the last."""

    def __init__(self) -> None:
        self._count = self._others = 0
        self._last_is_safe = True

    def see(self, commands: Commands) -> None:
        """Take in what has arrived, in order."""
        safe = [is_safe(command) for _, command in commands]
        self._count += len(safe)
        self._others += safe.count(False)
        self._last_is_safe = ([self._last_is_safe, *safe])[-1]

    def tell(self) -> dict[str, Any]:
        """How many commands came, how many were not the safe one, whether the last was.

        Then everything is forgotten.
        """
        told = {
            "commands": self._count,
            "not_safe": self._others,
            "last_is_safe": self._last_is_safe,
        }
        self.__init__()  # type: ignore[misc]
        return told
