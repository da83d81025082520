"""What a policy reads: the terms of its observation, in order."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from ddpg_ros.contract.features import Feature, Identity
from ddpg_ros.contract.naming import check_name
from ddpg_ros.contract.source import Source
from ddpg_ros.errors import ContractError

_MAX_SOURCES = 16


@dataclass(frozen=True)
class ObservationTerm:
    """Some consecutive elements of the observation, computed from one or more sources.

    Args:
        name: What people call it, ``joint_angles``.
        sources: Where its numbers come from.
        feature: What is computed from them.
        unit: SI unit of what the policy sees, for people; empty where it has none.
        low: Smallest value expected, one for all elements or one each.
        high: Largest value expected, likewise.
    """

    name: str
    sources: tuple[Source, ...]
    feature: Feature = field(default_factory=Identity)
    unit: str = ""
    low: tuple[float, ...] | float = -math.inf
    high: tuple[float, ...] | float = math.inf

    def __post_init__(self) -> None:
        check_name(self.name, "observation term")
        if not 1 <= len(self.sources) <= _MAX_SOURCES:
            raise ContractError(
                f"observation term '{self.name}': expected 1 to {_MAX_SOURCES} sources, "
                f"got {len(self.sources)}."
            )
        try:
            self.feature.check(self.sources)
        except ContractError as error:
            raise ContractError(f"observation term '{self.name}': {error}") from None
        for side in ("low", "high"):
            object.__setattr__(self, side, self._one_each(side))
        for element, low, high in zip(self.element_names, self.lows, self.highs, strict=True):
            if not low < high:
                raise ContractError(
                    f"observation term '{self.name}': expected low < high for {element}, "
                    f"got [{low}, {high}]."
                )

    @property
    def element_names(self) -> tuple[str, ...]:
        """Names of the elements the policy sees, in order."""
        return self.feature.names(self.sources)

    @property
    def size(self) -> int:
        """Number of elements."""
        return len(self.element_names)

    @property
    def lows(self) -> tuple[float, ...]:
        """Smallest value expected of each element, in :attr:`unit`."""
        return self.low  # type: ignore[return-value]

    @property
    def highs(self) -> tuple[float, ...]:
        """Largest value expected of each element, in :attr:`unit`."""
        return self.high  # type: ignore[return-value]

    def _one_each(self, side: str) -> tuple[float, ...]:
        value = getattr(self, side)
        values = value if isinstance(value, tuple) else (value,) * self.size
        if len(values) != self.size:
            raise ContractError(
                f"observation term '{self.name}': {side} has {len(values)} values for "
                f"{self.size} elements ({', '.join(self.element_names[:8])})."
            )
        return tuple(float(v) for v in values)
