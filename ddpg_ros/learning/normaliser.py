"""Running statistics of the observations, and the scaling they give."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

LIMIT = 10.0
"""Normalised observations are clipped to this many deviations."""

_SMALLEST_STD = 1e-4


class ObservationNormaliser(nn.Module):
    """Scales each element by its running mean and deviation, clipped at ten deviations.

    The statistics are kept whether or not they are used to scale, because the policy file reports
    what training saw.

    Args:
        size: n.
        enabled: Whether :meth:`forward` scales; it is the identity otherwise.
    """

    mean: Tensor
    inverse_std: Tensor

    def __init__(self, size: int, enabled: bool) -> None:
        super().__init__()
        self.enabled = enabled
        self.count = 0
        self._origin = np.zeros(size)
        self._sum = np.zeros(size)
        self._squares = np.zeros(size)
        self.minimum = np.full(size, np.inf)
        self.maximum = np.full(size, -np.inf)
        self._current = True
        self.register_buffer("mean", torch.zeros(size), persistent=False)
        self.register_buffer("inverse_std", torch.ones(size), persistent=False)

    def forward(self, observations: Tensor) -> Tensor:
        """``(batch, n)`` in SI units to ``(batch, n)`` in deviations from the mean."""
        if not self.enabled:
            return observations
        if not self._current:
            self._refresh()
        return ((observations - self.mean) * self.inverse_std).clamp(-LIMIT, LIMIT)

    def see(self, observations: np.ndarray) -> None:
        """Take ``(k, n)`` observations into the statistics.

        Sums are kept of what is left of each element after taking off its first value, which
        keeps their digits when an element lies far from zero.
        """
        if self.count == 0:
            self._origin = observations[0].astype(np.float64)
        for observation in observations:
            offset = observation - self._origin
            self._sum += offset
            self._squares += offset * offset
            np.minimum(self.minimum, observation, out=self.minimum)
            np.maximum(self.maximum, observation, out=self.maximum)
        self.count += len(observations)
        self._current = False

    @property
    def std(self) -> np.ndarray:
        """Deviation of each element, ``(n,)`` float64."""
        count = max(1, self.count)
        return np.sqrt(np.maximum(self._squares / count - (self._sum / count) ** 2, 0.0))

    @property
    def observed_mean(self) -> np.ndarray:
        """Mean of each element, ``(n,)`` float64."""
        return self._origin + self._sum / max(1, self.count)

    def state(self) -> dict[str, Any]:
        """Everything :meth:`restore` needs."""
        arrays = {"origin": self._origin, "sum": self._sum, "squares": self._squares}
        arrays |= {"minimum": self.minimum, "maximum": self.maximum}
        tensors: dict[str, Any] = {k: torch.from_numpy(v.copy()) for k, v in arrays.items()}
        return {"count": self.count, **tensors}

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what :meth:`state` returned."""
        self.count = state["count"]
        self._origin = state["origin"].numpy().copy()
        self._sum = state["sum"].numpy().copy()
        self._squares = state["squares"].numpy().copy()
        self.minimum = state["minimum"].numpy().copy()
        self.maximum = state["maximum"].numpy().copy()
        self._refresh()

    def _refresh(self) -> None:
        std = self.std
        scale = np.where(std > _SMALLEST_STD, 1.0 / np.maximum(std, _SMALLEST_STD), 1.0)
        self.mean.copy_(torch.from_numpy(self.observed_mean))
        self.inverse_std.copy_(torch.from_numpy(scale))
        self._current = True
