"""What a controller may be told to do, and had better not."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ddpg_ros.contract import Contract


def cautions(contract: Contract, period: float) -> Iterator[str]:
    """What a person should know before a policy flies, a sentence each.

    Args:
        contract: The policy's.
        period: From tick to tick [s].
    """
    if period != contract.period:
        yield (
            f"ticks come at {1 / period:g} Hz, as allow_other_rate lets them; the policy learned "
            f"at {1 / contract.period:g} Hz"
        )
    jumping = [a.name for a in contract.actions if a.is_position and math.isinf(a.slew_limit)]
    if jumping:
        yield (
            f"position commands of {', '.join(jumping)} may jump, at an emergency stop too: the "
            "contract gives them no slew_limit"
        )
