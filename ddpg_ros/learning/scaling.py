"""Between the actor's [-1, 1] and commands in SI units."""

from __future__ import annotations

import numpy as np

from ddpg_ros.contract import Contract


class ActionScale:
    """``command = centre + half_range * action``, element by element.

    Args:
        contract: Its action limits are what -1 and 1 stand for.
    """

    def __init__(self, contract: Contract) -> None:
        low, high = contract.action_values("low"), contract.action_values("high")
        self.centre = (high + low) / 2
        self.half_range = (high - low) / 2

    def to_command(self, actions: np.ndarray) -> np.ndarray:
        """Actions ``(..., m)`` in [-1, 1] to commands in SI units."""
        return self.centre + self.half_range * np.clip(actions, -1.0, 1.0)
