"""What a policy file says of itself, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ddpg_ros.deploy.onnx_policy import OnnxPolicy
from ddpg_ros.deploy.table import short, table


def as_dict(policy: OnnxPolicy) -> dict[str, Any]:
    """Contract, proof, statistics and provenance as JSON values."""
    statistics = policy.metadata.statistics
    return {
        "digest": policy.digest,
        "proof": {
            "probes": len(policy.metadata.probes.actions),
            "tolerance": policy.metadata.probes.tolerance,
            "largest_error": policy.largest_probe_error,
        },
        "contract": policy.contract.to_dict(),
        "statistics": {
            "count": statistics.count,
            "mean": statistics.mean.tolist(),
            "std": statistics.std.tolist(),
            "minimum": statistics.minimum.tolist(),
            "maximum": statistics.maximum.tolist(),
        },
        "provenance": policy.metadata.provenance,
    }


def as_text(policy: OnnxPolicy) -> str:
    """The same as a page of text."""
    contract, probes = policy.contract, policy.metadata.probes
    lines = [
        f"policy for '{contract.name}', {1 / contract.period:g} Hz (period {contract.period:g} s)",
        f"digest   {policy.digest}, matches the file's bytes",
        f"proof    {len(probes.actions)} probes reproduced, largest difference "
        f"{policy.largest_probe_error:.1e} of an action's range, {probes.tolerance:.0e} allowed",
        *_provenance(policy.metadata.provenance),
        "",
        f"reads    {_counted(contract.frame_size)}"
        + (
            f" at each of {contract.history} ticks, the oldest first"
            if contract.history > 1
            else ""
        ),
        *table(_observation_rows(policy)),
        "",
        f"drives   {_counted(contract.action_size)}",
        *table(_action_rows(policy)),
    ]
    return "\n".join(lines)


def _provenance(provenance: dict[str, Any]) -> list[str]:
    """Where it comes from; a file that 'ddpg-ros train' did not write may say less."""
    evaluation = provenance.get("evaluation") or {}
    lines = [
        f"trained  in '{provenance.get('world', '?')}', {provenance.get('steps', '?')} steps, "
        f"seed {provenance.get('seed', '?')}, ddpg_ros {provenance.get('ddpg_ros', '?')}, "
        f"commit {str(provenance.get('git_commit') or '?')[:12]}"
    ]
    ranges = provenance.get("randomisation")
    if isinstance(ranges, dict) and ranges:
        lines.append(f"varied   {', '.join(_range(name, ends) for name, ends in ranges.items())}")
    if {"mean", "confidence_95", "episodes"} <= set(evaluation):
        outcomes = ", ".join(f"{n} {name}" for name, n in evaluation.get("outcomes", {}).items())
        returned, flown = f"{evaluation['mean']:.2f}", "1 unseen episode"
        if evaluation["episodes"] > 1:
            returned += f" ± {evaluation['confidence_95']:.2f} (95 %)"
            flown = f"{evaluation['episodes']} unseen episodes"
        lines.append(f"returned {returned} over {flown}: {outcomes}")
    return lines


def _range(name: str, ends: Any) -> str:
    """A range of its training in words."""
    if isinstance(ends, list) and all(isinstance(end, int | float) for end in ends):
        ends = " to ".join(f"{end:g}" for end in ends)
    return f"{name} {ends}"


def _observation_rows(policy: OnnxPolicy) -> list[Sequence[str]]:
    """One row an element; the statistics are those of the latest tick."""
    contract, statistics = policy.contract, policy.metadata.statistics
    rows: list[Sequence[str]] = [
        ("element", "from", "unit", "low", "high", "max age [s]", "mean", "deviation", "seen")
    ]
    index = contract.observation_size - contract.frame_size
    for term in contract.observation:
        labels = " + ".join(source.label for source in term.sources)
        ages = dict.fromkeys(short(source.max_age) for source in term.sources)
        for element, low, high in zip(term.element_names, term.lows, term.highs, strict=True):
            seen = f"{short(statistics.minimum[index])} .. {short(statistics.maximum[index])}"
            mean, std = statistics.mean[index], statistics.std[index]
            bounds, moments = (short(low), short(high)), (short(mean), short(std))
            told = labels, term.unit, *bounds, ", ".join(ages), *moments, seen
            rows.append((f"{term.name}.{element}", *told))
            index += 1
    return rows


def _action_rows(policy: OnnxPolicy) -> list[Sequence[str]]:
    rows: list[Sequence[str]] = [("element", "to", "unit", "low", "high", "slew [1/s]", "safe")]
    for command in policy.contract.commands:
        for e in command.elements:
            numbers = [short(value) for value in (e.low, e.high, e.slew_limit, e.safe)]
            to = f"{command.topic} ({command.message} {command.field})"
            rows.append((e.name, to, e.unit, *numbers))
    return rows


def _counted(elements: int) -> str:
    return "1 element" if elements == 1 else f"{elements} elements"
