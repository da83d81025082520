"""What a replay found, for people and for programs."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from ddpg_ros.deploy.onnx_policy import OnnxPolicy
from ddpg_ros.deploy.recorded_topics import ACTION, OBSERVATION
from ddpg_ros.deploy.recording import Recording
from ddpg_ros.deploy.replay import ElementDifference, Moment, Replay
from ddpg_ros.deploy.table import short, table

_DIGITS = 12
_HEADING = ("element", "unit", "equal", "mean off", "most off", "most off at", "first off at")


def as_dict(recording: Recording, policy: OnnxPolicy, result: Replay) -> dict[str, Any]:
    """JSON values; null for a number that is none."""
    found: dict[str, Any] = _json(
        {
            "equal": result.equal,
            "controller": recording.controller,
            "seconds": recording.end - recording.start,
            "cut_off": recording.cut_off,
            "recorded_policies": list(recording.policies),
            "replayed_policy": policy.digest,
            "observations": recording.ticks.heard[OBSERVATION],
            "actions": recording.ticks.heard[ACTION],
            **asdict(result),
        }
    )
    return found


def as_text(recording: Recording, policy: OnnxPolicy, result: Replay) -> str:
    """A page for people."""
    flown = ", ".join(digest[:_DIGITS] for digest in recording.policies) or "an unknown policy"
    cut_off = ", cut off" if recording.cut_off else ""
    seconds = recording.end - recording.start
    return "\n".join(
        [
            f"recorded  {recording.controller} flying {flown}, {seconds:.1f} s{cut_off}",
            f"replayed  {policy.digest[:_DIGITS]}",
            f"compared  {result.ticks} ticks",
            *_left_out(recording, result),
            *filter(None, [recording.several]),
            "",
            *table([_HEADING, *(_row(element, result.ticks) for element in result.elements)]),
            "",
            "every action is the recorded one, bit for bit"
            if result.equal
            else f"the action is another one on {result.differing} of {result.ticks} ticks",
        ]
    )


def _left_out(recording: Recording, result: Replay) -> list[str]:
    """Why no more ticks were compared."""
    heard = recording.ticks.heard
    counted = (
        (heard[OBSERVATION] - result.ticks, "observation", "without an action"),
        (heard[ACTION] - result.ticks, "action", "without its observation"),
    )
    words = [f"{count} {kind}{'s' * (count > 1)} {why}" for count, kind, why in counted if count]
    return [f"left out  {', '.join(words)}"] if words else []


def _row(element: ElementDifference, ticks: int) -> tuple[str, ...]:
    return (
        element.name,
        element.unit,
        f"{ticks - element.differing} of {ticks}",
        short(element.mean),
        short(element.largest),
        _when(element.largest_at),
        _when(element.first_at),
    )


def _when(moment: Moment | None) -> str:
    if moment is None:
        return "-"
    values = f"{moment.replayed:.6g} for {moment.recorded:.6g}"
    return f"{moment.time:.2f} s, tick {moment.tick}: {values}"


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _json(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
