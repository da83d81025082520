"""What the controller counts, and the diagnostics it makes of it (REP-107)."""

from __future__ import annotations

from collections import Counter

import numpy as np
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue

from ddpg_ros.contract import Contract
from ddpg_ros.deploy import Decision
from ddpg_ros.deploy.guard import DISABLED, OK, STARTING


class ControlCounters:
    """Counts of a controller, since the start and since the last report.

    Args:
        contract: Gives the names of the action elements.
    """

    def __init__(self, contract: Contract) -> None:
        self._names = contract.action_names
        self._period = contract.period
        self.ticks = 0
        self.reasons: Counter[str] = Counter()
        self.errors = 0
        self.clock_stalls = 0
        self._saturated = np.zeros(contract.action_size, dtype=int)
        self._clipped = np.zeros(contract.action_size, dtype=int)
        self._ticks_reported = 0
        self._slowest = 0.0

    def count(
        self, decision: Decision, saturated: np.ndarray, clipped: np.ndarray, seconds: float
    ) -> None:
        """Take in a tick that took ``seconds`` of wall-clock time."""
        self.ticks += 1
        self.reasons[decision.reason] += 1
        self._saturated += saturated
        self._clipped += clipped
        self._slowest = max(self._slowest, seconds)

    def report(self, elapsed: float) -> list[tuple[str, str]]:
        """Key and value pairs; ``elapsed`` [s] of the node's clock passed since the last report."""
        ticks = self.ticks - self._ticks_reported
        rate = ticks / elapsed if elapsed > 0 else 0.0
        pairs = [
            ("rate_hz", f"{rate:.2f}"),
            ("nominal_rate_hz", f"{1 / self._period:.2f}"),
            ("slowest_tick_ms", f"{1000 * self._slowest:.3f}"),
            ("ticks", str(self.ticks)),
            ("errors", str(self.errors)),
            ("clock_stalls", str(self.clock_stalls)),
        ]
        fallbacks = {reason: n for reason, n in self.reasons.items() if reason != OK}
        pairs += [(f"safe.{reason}", str(count)) for reason, count in sorted(fallbacks.items())]
        for i, name in enumerate(self._names):
            pairs.append((f"saturated.{name}", str(self._saturated[i])))
            pairs.append((f"clipped.{name}", str(self._clipped[i])))
        self._ticks_reported, self._slowest = self.ticks, 0.0
        return pairs


def diagnostic(
    name: str, state: str, reason: str, detail: str, pairs: list[tuple[str, str]]
) -> DiagnosticArray:
    """The message: OK while the policy drives, WARN while it may not, ERROR in a fallback."""
    if state != "active":
        level, text = DiagnosticStatus.WARN, state
    elif reason == STARTING:
        level, text = DiagnosticStatus.WARN, "waiting for the first tick"
    elif reason == OK:
        level, text = DiagnosticStatus.OK, "the policy drives"
    else:
        level = DiagnosticStatus.WARN if reason == DISABLED else DiagnosticStatus.ERROR
        text = f"safe command: {reason}" + (f" ({detail})" if detail else "")
    values = [KeyValue(key=key, value=value) for key, value in pairs]
    status = DiagnosticStatus(level=level, name=name, message=text, values=values)
    return DiagnosticArray(status=[status])
