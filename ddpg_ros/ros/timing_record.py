"""How late a controller's inputs and commands are, kept for training to expect the same."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from ddpg_ros.deploy import ControlCore

_TICKS = 2**16
"""The latest ticks that count; at 500 Hz, two minutes."""

_PERCENTILES = (1, 5, 25, 50, 75, 95, 99, 100)


class TimingRecord:
    """Ages and times of the ticks in which the policy was asked.

    Counting allocates nothing: it happens in every tick.

    Args:
        path: JSON file to write.
        core: Whose ticks they are.
    """

    def __init__(self, path: Path, core: ControlCore) -> None:
        self._path, self._core = path, core
        self._topics = core.contract.aging_topics
        self._ages = np.full((_TICKS, len(self._topics)), np.nan, dtype=np.float32)
        self._busy = np.full(_TICKS, np.nan, dtype=np.float32)
        self._elapsed = self._busy.copy()
        self.ticks = 0

    def count(self, busy: float, elapsed: float) -> None:
        """Take in a tick, and the ages of what it read.

        Args:
            busy: How long it took by the steady clock [s].
            elapsed: How long it took by the node's clock, as ages are [s].
        """
        place = self.ticks % _TICKS
        for column, topic in enumerate(self._topics):
            self._ages[place, column] = self._core.age(topic)
        self._busy[place], self._elapsed[place] = busy, elapsed
        self.ticks += 1

    def write(self) -> bool:
        """Write the percentiles [s]; whether there was anything to write."""
        if not self.ticks:
            return False
        count = min(self.ticks, _TICKS)
        ages, busy = self._ages[:count].astype(float), self._busy[:count].astype(float)
        newest = ages.min(axis=1) if self._topics else np.zeros(count)
        latency = newest + self._elapsed[:count]
        content = {
            "policy": self._core.contract.name,
            "policy_digest": self._core.policy.digest,
            "period": self._core.contract.period,
            "ticks": count,
            "input_age": {t: _percentiles(ages[:, i]) for i, t in enumerate(self._topics)},
            "busy": _percentiles(busy),
            "latency": _percentiles(latency),
        }
        partial = self._path.with_name(f".{self._path.name}.partial")
        partial.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        os.replace(partial, self._path)
        return True


def _percentiles(seconds: np.ndarray) -> dict[str, Any]:
    values = np.percentile(seconds, _PERCENTILES)
    return {
        f"p{share}": round(v, 6) for share, v in zip(_PERCENTILES, values.tolist(), strict=True)
    }
