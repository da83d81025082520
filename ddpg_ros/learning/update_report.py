"""What one update measured."""

from __future__ import annotations

from typing import NamedTuple


class UpdateReport(NamedTuple):
    """Means over the batch.

    Args:
        critic_loss: Mean squared error of the critic against its target, over all critics.
        actor_loss: Minus the mean value of the actor's own actions.
        q: Mean value of the actions in the batch.
        saturation: Fraction of the actor's action elements beyond ``SATURATED``.
    """

    critic_loss: float
    actor_loss: float
    q: float
    saturation: float
