"""The state of a controller as diagnostics say it (REP-107)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue

from ddpg_ros.deploy import ControlCore, reasons
from ddpg_ros.ros.control_record import ControlRecord

_DRIVES = (reasons.OK, reasons.DEGRADED)
_EXPECTED = (reasons.STARTING, reasons.DISABLED, reasons.RECOVERING, reasons.DEGRADED)


def measurements(
    core: ControlCore,
    record: ControlRecord,
    period: float,
    elapsed: float,
    ages: Mapping[str, float],
) -> Iterator[tuple[str, str]]:
    """Key and value pairs.

    Args:
        core: The controller's.
        record: The controller's; what it timed since the last report is taken.
        period: From tick to tick [s].
        elapsed: Since the last report [s].
        ages: How old the latest reading is, by topic [s].
    """
    times, before = record.times(), record.ticks_reported
    ticks = record.ticks - before
    record.ticks_reported = record.ticks
    yield "rate_hz", f"{ticks / elapsed if elapsed > 0 else 0.0:.2f}"
    yield "nominal_rate_hz", f"{1 / period:.2f}"
    yield "learned_rate_hz", f"{1 / core.contract.period:.2f}"
    jitter = np.abs(times["interval"] - period)
    for name, values in (
        ("jitter", jitter),
        ("latency", times["latency"]),
        ("busy", times["busy"]),
    ):
        for label, share in (("p50", 50), ("p99", 99), ("max", 100)):
            value = np.percentile(values, share) if len(values) else np.nan
            yield f"{name}_{label}_ms", f"{1000 * value:.3f}"
    for topic, age in ages.items():
        yield f"age.{topic}", f"{age:.4f}"
    yield "enabled", str(core.guard.enabled).lower()
    yield "latched", core.guard.latched
    yield "ticks", str(record.ticks)
    yield "missed_deadlines", str(core.checks.missed_deadline.count)
    yield "errors", str(record.reasons[reasons.ERROR])
    yield "clock_stalls", str(record.stalls)
    for reason, count in sorted(dict(record.reasons).items()):  # ticks go on meanwhile
        if reason not in _DRIVES:
            yield f"fallback.{reason}", str(count)
    names = core.contract.action_names
    yield from _counts("saturated", names, core.checks.saturation.counts)
    yield from _counts("clipped", names, record.clipped)
    out_of_range = core.checks.out_of_range.counts
    outside = np.flatnonzero(out_of_range)
    names = core.contract.observation_names
    yield from _counts("out_of_range", [names[i] for i in outside], out_of_range[outside])
    yield "policy", core.contract.name
    yield "policy_digest", core.policy.digest


def diagnostic(
    name: str,
    active: bool,
    core: ControlCore,
    record: ControlRecord,
    pairs: dict[str, str],
    remarks: Sequence[str],
) -> DiagnosticArray:
    """The message: OK while the policy drives, WARN while it may not, ERROR in a fallback.

    It is never OK with ``remarks``, on what else there was since the message before.
    """
    level, text = _verdict(active, core, record)
    if remarks:
        level, text = max(level, DiagnosticStatus.WARN), "; ".join((text, *remarks))
    values = [KeyValue(key=key, value=value) for key, value in pairs.items()]
    status = DiagnosticStatus(level=level, name=name, message=text, values=values)
    return DiagnosticArray(status=[status])


def sentence(reason: str, detail: str) -> str:
    """Why the command is what it is."""
    more = f" ({detail})" if detail else ""
    if reason == reasons.OK:
        return "the policy drives" + more
    if reason == reasons.DEGRADED:
        return "the policy drives with less authority" + more
    if reason == reasons.DISABLED:
        return "disabled: nothing is sent" + more
    return f"fallback: {reason}{more}"


def _verdict(active: bool, core: ControlCore, record: ControlRecord) -> tuple[bytes, str]:
    reason, guard = record.reason, core.guard
    if not active:
        held = f" ({guard.latched} until ~/reset)" if guard.latched else ""
        return DiagnosticStatus.WARN, "inactive" + held
    if reason == reasons.STARTING:
        return DiagnosticStatus.WARN, "waiting for the first tick"
    text = sentence(reason, guard.detail if reason == guard.reason else record.detail)
    if not guard.enabled and reason != reasons.DISABLED:
        text += "; nothing is sent"
    if guard.latched not in ("", reason):
        text += f"; {guard.latched} until ~/reset"
    if reason == reasons.OK:
        return (DiagnosticStatus.WARN if guard.warnings else DiagnosticStatus.OK), text
    return (DiagnosticStatus.WARN if reason in _EXPECTED else DiagnosticStatus.ERROR), text


def _counts(
    kind: str, names: list[str] | tuple[str, ...], counts: np.ndarray
) -> Iterator[tuple[str, str]]:
    for name, count in zip(names, counts.tolist(), strict=True):
        yield f"{kind}.{name}", str(count)
