"""Whether a long-running process stays as it was: memory, threads, files, children."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.measured_process import MeasuredProcess, group_members, resident_mib

_FLAT = 0.02


def shared_memory_files() -> set[str]:
    """What lies in /dev/shm."""
    return {str(file) for file in Path("/dev/shm").iterdir()}


class Health:
    """Marks of a process, taken now and then, and what it leaves behind.

    Args:
        process: The process.
        shared_before: Files in /dev/shm before it was started; others may have left theirs there.
    """

    def __init__(self, process: MeasuredProcess, shared_before: set[str]) -> None:
        self._process, self._shared_before = process, shared_before
        self._marks: list[dict[str, float]] = []
        self._shared: set[str] = set()

    def mark(self) -> None:
        """Note how the process is now."""
        self._shared |= self._process.shared_memory()
        self._marks.append(
            {
                "resident_mib": round(resident_mib(self._process.pid), 2),
                "threads": self._process.count("task"),
                "files": self._process.count("fd"),
                "children": self._process.children(),
            }
        )

    def figures(self) -> dict[str, Any]:
        """What the marks say; call it when the process and all its peers have ended."""
        left = {file for file in self._shared - self._shared_before if Path(file).exists()}
        memory = [mark["resident_mib"] for mark in self._marks]
        spread = (max(memory) - min(memory)) / memory[0]
        steady = {
            f"constant_{what}": len({mark[what] for mark in self._marks}) == 1
            for what in ("threads", "files", "children")
        }
        return {
            "memory_spread": round(spread, 5),
            "flat_memory": spread <= _FLAT,
            **steady,
            "left_behind": {
                "processes": group_members(self._process.pid),
                "shared_memory": sorted(left),
            },
            "marks": self._marks,
        }
