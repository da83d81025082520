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
    """A ring of transitions in one array, allocated once.

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
        self._widths = (observation_size, action_size, 1, observation_size, 1)
        self._rows = torch.empty((capacity, sum(self._widths)), device=device)

    def add(self, transitions: Batch) -> None:
        """Remember ``(k, ...)`` transitions, overwriting the oldest."""
        count = len(transitions.rewards)
        end = self._next + count
        columns = [column.view(len(column), -1) for column in transitions]
        if end <= self.capacity:
            self._rows[self._next : end] = torch.cat(columns, 1)
        else:
            where = torch.arange(self._next, end) % self.capacity
            self._rows[where.to(self._device)] = torch.cat(columns, 1).to(self._device)
        self._next = end % self.capacity
        self.size = min(self.size + count, self.capacity)

    def sample(self, batch_size: int) -> Batch:
        """Draw transitions uniformly, with replacement."""
        drawn = torch.from_numpy(self._rng.integers(0, self.size, size=batch_size))
        rows = self._rows.index_select(0, drawn.to(self._device))
        s, a, r, next_s, terminated = rows.split(self._widths, 1)
        return Batch(s, a, r.squeeze(1), next_s, terminated.squeeze(1))

    def state(self) -> dict[str, Any]:
        """Everything :meth:`restore` needs, the filled part of the ring only."""
        rows = self._rows[: self.size].to("cpu", copy=True)
        return {"size": self.size, "next": self._next, "rows": rows}

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what :meth:`state` returned."""
        self.size, self._next = state["size"], state["next"]
        self._rows[: self.size] = state["rows"].to(self._device)
