"""A contract for any plant that is two vectors: one read, one written."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ddpg_ros.contract.action import ActionElement, Command
from ddpg_ros.contract.contract import Contract
from ddpg_ros.contract.observation import ObservationTerm
from ddpg_ros.contract.readings import FLOAT64_MULTI_ARRAY
from ddpg_ros.contract.source import Source
from ddpg_ros.errors import ContractError

OBSERVATION_TOPIC = "ddpg_world/observation"
ACTION_TOPIC = "ddpg_world/action"
"""``~/observation`` and ``~/action`` of the node ``ddpg_world``, seen from its namespace."""


def generic_contract(
    name: str,
    observation_low: Sequence[float] | np.ndarray,
    observation_high: Sequence[float] | np.ndarray,
    action_low: Sequence[float] | np.ndarray,
    action_high: Sequence[float] | np.ndarray,
    period: float,
) -> Contract:
    """The contract of a plant with Box spaces, sent as two ``Float64MultiArray``.

    Args:
        name: The plant's name.
        observation_low: Smallest observation, ``(n,)``, may be infinite.
        observation_high: Largest observation, ``(n,)``, may be infinite.
        action_low: Smallest action, ``(m,)``, finite.
        action_high: Largest action, ``(m,)``, finite.
        period: Control period [s].

    Raises:
        ContractError: The action limits are infinite, so no policy can be scaled to them.
    """
    action_low, action_high = np.asarray(action_low, float), np.asarray(action_high, float)
    if not (np.isfinite(action_low).all() and np.isfinite(action_high).all()):
        raise ContractError(
            f"contract '{name}': the action space has infinite limits. Give it finite ones, "
            "for example with gymnasium.wrappers.RescaleAction."
        )
    size = len(observation_low)
    source = Source(
        topic=OBSERVATION_TOPIC,
        message=FLOAT64_MULTI_ARRAY,
        field="data",
        elements=tuple(str(i) for i in range(size)),
        max_age=max(0.5, 5 * period),
    )
    term = ObservationTerm(
        name="observation",
        sources=(source,),
        low=tuple(float(v) for v in observation_low),
        high=tuple(float(v) for v in observation_high),
    )
    elements = tuple(
        ActionElement(
            name=str(i),
            unit="",
            low=float(low),
            high=float(high),
            safe=float(np.clip(0.0, low, high)),
        )
        for i, (low, high) in enumerate(zip(action_low, action_high, strict=True))
    )
    command = Command(topic=ACTION_TOPIC, message=FLOAT64_MULTI_ARRAY, elements=elements)
    return Contract(name=name, period=period, observation=(term,), commands=(command,))
