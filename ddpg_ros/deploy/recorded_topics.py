"""What a recording of a controller holds."""

from __future__ import annotations

import re

from ddpg_ros.contract import Contract

CONTROLLER = "ddpg_controller"
"""The node that speaks on the topics below, unless it is renamed."""
OBSERVATION, ACTION, POLICY_INFO = "observation", "action", "policy_info"
"""What the controller says under its own name."""

_TICK = re.compile(r"tick (\d+)")


def topics_of(contract: Contract, controller: str = CONTROLLER) -> list[str]:
    """Names of what a controller reads, drives and says, and of ``/clock``.

    Args:
        contract: Of the policy that it flies.
        controller: The node's name, relative to the namespace or absolute.
    """
    own = (f"{controller}/{name}" for name in (OBSERVATION, ACTION, POLICY_INFO))
    driven = (command.topic for command in contract.commands)
    return list(dict.fromkeys([*contract.topics, *driven, *own, "/diagnostics", "/clock"]))


def tick_label(tick: int) -> str:
    """The label of the one dimension of ``~/observation`` and ``~/action`` on a tick."""
    return f"tick {tick}"


def tick_of(label: str) -> int | None:
    """Which tick a label names; None if it names none."""
    match = _TICK.fullmatch(label)
    return int(match[1]) if match else None
