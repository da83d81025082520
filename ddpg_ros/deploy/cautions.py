"""What a controller may be told to do, and had better not."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ddpg_ros.contract import ActionElement
from ddpg_ros.deploy.core import ControlCore


def cautions(core: ControlCore, period: float) -> Iterator[str]:
    """What a person should know before a policy flies, a sentence each.

    Args:
        core: What flies it.
        period: From tick to tick [s].
    """
    contract = core.contract
    if period != contract.period:
        yield (
            f"ticks come at {1 / period:g} Hz, as allow_other_rate lets them; the policy learned "
            f"at {1 / contract.period:g} Hz"
        )
    if unknown := core.unknown_starts:
        places = ", ".join(f"{action.safe:g} {action.unit}" for action in unknown)
        yield (
            f"position commands of {_names(unknown)} start at their safe values, {places}, "
            "wherever these joints are: the policy reads no joint_states positions of these names"
        )
    jumping = [a for a in contract.actions if a.is_position and math.isinf(a.slew_limit)]
    if jumping:
        yield (
            f"position commands of {_names(jumping)} may jump, at an emergency stop too: the "
            "contract gives them no slew_limit"
        )


def _names(actions: list[ActionElement]) -> str:
    return ", ".join(action.name for action in actions)
