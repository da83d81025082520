"""What a controller counts and times, and what it has to say."""

from __future__ import annotations

from collections import Counter, deque

import numpy as np

from ddpg_ros.deploy import ControlCore, Decision, reasons
from ddpg_ros.ros.timing_record import TimingRecord

_RECENT = 2048
"""Ticks whose times are kept for percentiles; a report looks at those since the one before."""

_NO_FALLBACK = (reasons.OK, reasons.DEGRADED, reasons.DISABLED, reasons.RECOVERING)


class ControlRecord:
    """Counts since the node was configured, and times since the last report.

    Counting allocates and logs nothing: it happens in every tick.

    Args:
        core: Whose ticks they are.

    Attributes:
        reason: Of the latest command.
        detail: The rest of the sentence.
        ticks: How many there have been.
        ticks_reported: How many there had been at the last report.
        stalls: How often the watchdog found no ticks.
        reasons: Ticks by reason, those that failed among them.
        news: Changes of the reason that have not been told yet, with the rest of the sentence.
        timing: Keeps ages and times for a file, if one is wanted.
    """

    def __init__(self, core: ControlCore) -> None:
        self._core = core
        self.reason, self.detail, self._hindrance = "", "", ""
        self.ticks = self.ticks_reported = self.stalls = 0
        self.reasons: Counter[str] = Counter()
        self.timing: TimingRecord | None = None
        self.clipped = np.zeros(core.contract.action_size, dtype=int)
        self.news: deque[tuple[str, str]] = deque(maxlen=100)
        self._interval = np.zeros(_RECENT)
        self._busy = np.zeros(_RECENT)
        self._latency = np.zeros(_RECENT)

    def begin(self) -> None:
        """Nothing has been decided yet."""
        self.reason, self.detail, self._hindrance = reasons.STARTING, "", ""

    def count(self, decision: Decision, busy: float, elapsed: float) -> None:
        """Take in a tick.

        Args:
            decision: What it decided.
            busy: How long it took by the steady clock [s].
            elapsed: How long it took by the node's clock [s].
        """
        place = self.ticks % _RECENT
        self._interval[place] = self._core.interval
        self._busy[place] = busy
        asked = decision.action is not None
        age = self._core.age_of_newest() if asked else np.nan
        self._latency[place] = age + elapsed
        if asked and self.timing is not None:
            self.timing.count(busy, elapsed)
        self.ticks += 1
        self.reasons[decision.reason] += 1
        self.clipped += self._core.guard.clipped
        guard = self._core.guard
        hindrance = guard.hindrance if decision.reason == reasons.DISABLED else ""
        if decision.reason != self.reason or hindrance != self._hindrance:
            self.note(decision.reason, guard.detail, hindrance)

    def count_error(self) -> None:
        """Take in a tick that failed."""
        self.reasons[reasons.ERROR] += 1

    def note(self, reason: str, detail: str, hindrance: str = "") -> None:
        """The command is what it is for this reason; in a dry run, what would stop the policy."""
        if (reason, hindrance) != (self.reason, self._hindrance):
            self.news.append((reason, detail))
        self.reason, self.detail, self._hindrance = reason, detail, hindrance

    def fallbacks(self) -> dict[str, int]:
        """How often the policy did not drive though it was to, by reason: ticks, and stalls."""
        ticks = dict(self.reasons)  # ticks go on meanwhile
        found = {reason: count for reason, count in ticks.items() if reason not in _NO_FALLBACK}
        return found | {reasons.CLOCK_STALLED: self.stalls}

    def times(self) -> dict[str, np.ndarray]:
        """Since the last report, tick by tick: ``interval``, ``busy`` and ``latency`` [s].

        ``busy`` is by the steady clock, the others are by the node's.
        """
        count = min(self.ticks - self.ticks_reported, _RECENT)
        places = np.arange(self.ticks - count, self.ticks) % _RECENT
        return {
            "interval": self._interval[places][np.isfinite(self._interval[places])],
            "busy": self._busy[places],
            "latency": self._latency[places][np.isfinite(self._latency[places])],
        }
