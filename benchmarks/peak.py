"""Runs a command; writes its exit code, seconds and most resident memory [MiB] to a file as JSON.

A process of its own, and a light one: Linux counts what a process held before ``exec``, which is
its parent's memory, as the child's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

_PATIENCE = 20


def main(report: str, *command: str) -> None:
    """Run ``command``, kill it after some seconds, write the figures to ``report``."""
    begun = time.monotonic()
    process = subprocess.Popen(["timeout", "--signal=KILL", str(_PATIENCE), *command])
    _, status, usage = os.wait4(process.pid, 0)
    figures = {
        "exit_code": os.waitstatus_to_exitcode(status),
        "seconds": round(time.monotonic() - begun, 2),
        "peak_mib": round(usage.ru_maxrss / 1024),
    }
    Path(report).write_text(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
