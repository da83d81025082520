"""The memory: what the agents lived through, sampled at random."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor


class Batch(NamedTuple):
    """Transitions.

    ``observations`` and ``next_observations`` are ``(batch, n)`` in SI units, ``actions``
    ``(batch, m)`` in [-1, 1], ``rewards`` and ``terminated`` ``(batch,)``. ``terminated`` is 1
    where the episode ended by itself and 0 where it went on or was cut off by a time limit.
    """

    observations: Tensor
    actions: Tensor
    rewards: Tensor
    next_observations: Tensor
    terminated: Tensor


class ReplayBuffer:
    """A ring of transitions, allocated once.

    Args:
        capacity: Transitions remembered.
        observation_size: n.
        action_size: m.
        rng: Where samples are drawn from.
        device: Where the transitions lie.
    """

    def __init__(
        self,
        capacity: int,
        observation_size: int,
        action_size: int,
        rng: np.random.Generator,
        device: torch.device | str = "cpu",
    ) -> None:
        self.capacity = capacity
        self.size = 0
        self._next = 0
        self._rng = rng
        self._device = device
        shapes = ((observation_size,), (action_size,), (), (observation_size,), ())
        self._columns = Batch(*(torch.empty((capacity, *s), device=device) for s in shapes))

    def add(self, transitions: Batch) -> None:
        """Remember ``(k, ...)`` transitions, overwriting the oldest."""
        count = len(transitions.rewards)
        where = (self._next + torch.arange(count)) % self.capacity
        for column, values in zip(self._columns, transitions, strict=True):
            column[where] = values.to(self._device)
        self._next = (self._next + count) % self.capacity
        self.size = min(self.size + count, self.capacity)

    def sample(self, batch_size: int) -> Batch:
        """Draw transitions uniformly, with replacement."""
        drawn = torch.from_numpy(self._rng.integers(0, self.size, size=batch_size))
        drawn = drawn.to(self._device)
        return Batch(*(column.index_select(0, drawn) for column in self._columns))

    def state(self) -> dict[str, Any]:
        """Everything :meth:`restore` needs, the filled part of the ring only."""
        columns = self._columns._asdict().items()
        filled = {name: v[: self.size].to("cpu", copy=True) for name, v in columns}
        return {"size": self.size, "next": self._next, "columns": filled}

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what :meth:`state` returned."""
        self.size, self._next = state["size"], state["next"]
        for name, column in self._columns._asdict().items():
            column[: self.size] = state["columns"][name].to(self._device)
