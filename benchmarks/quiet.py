"""How quiet the machine is: what a busy loop loses, and what others take meanwhile."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import numpy as np

_TICKS = os.sysconf("SC_CLK_TCK")
_WORTH_COUNTING = 50_000
"""Gaps in a busy loop above this are not its own [ns]."""


def describe_quiet(seconds: float = 1.0) -> dict[str, Any]:
    """Spin for ``seconds`` on each processor that this process may use.

    Returns:
        Load average of the last minute; over all processors the longest time that the loop lost
        at once, the 99th percentile of the times above 50 microseconds [us], and the fraction of
        the time that it lost on the worst processor.
    """
    processors = os.sched_getaffinity(0)
    longest, lost, gaps = 0.0, 0.0, []
    for processor in processors:
        os.sched_setaffinity(0, {processor})
        found = _gaps(seconds)
        gaps += found
        longest = max(longest, max(found, default=0.0))
        lost = max(lost, 1e-9 * sum(found) / seconds)
    os.sched_setaffinity(0, processors)
    return {
        "load_average": os.getloadavg()[0],
        "longest_preemption_us": round(longest / 1000, 1),
        "p99_preemption_us": round(float(np.percentile(gaps, 99)) / 1000, 1) if gaps else 0.0,
        "lost_fraction": round(lost, 5),
    }


def machine_seconds() -> tuple[float, float]:
    """Processor time that the whole machine has spent busy, and that was stolen from it [s]."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n")[0].split()[1:]]
    user, nice, system, _, _, irq, softirq, steal = fields[:8]
    return (user + nice + system + irq + softirq) / _TICKS, steal / _TICKS


def _gaps(seconds: float) -> list[int]:
    gaps = []
    before = time.perf_counter_ns()
    end = before + int(seconds * 1e9)
    while before < end:
        now = time.perf_counter_ns()
        if now - before > _WORTH_COUNTING:
            gaps.append(now - before)
        before = now
    return gaps
