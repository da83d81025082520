"""The batch an update learns from, where every process that learns from it looks."""

from __future__ import annotations

import torch

from ddpg_ros.learning.compute.parameters import Allocate


class SharedBatch:
    """Observations, normalised, actions and targets of a batch of transitions.

    Args:
        rows: Most transitions there may be.
        observation_size: n.
        action_size: m.
        allocate: Where the numbers lie.

    Attributes:
        both: Rows of (s, a), then as many of (s', a'), ``(2 batch, n + m)``.
        now: Those of (s, a), ``(batch, n + m)``.
        later: Those of (s', a').
        s, a, next_s, next_a: The parts of these.
        y: What Q(s, a) ought to be, ``(batch, 1)``.
    """

    def __init__(
        self, rows: int, observation_size: int, action_size: int, allocate: Allocate
    ) -> None:
        self._sizes = [observation_size, action_size]
        inputs = allocate(2 * rows * sum(self._sizes), torch.float32)
        self._inputs = inputs.view(2 * rows, -1)
        self._targets = allocate(rows, torch.float32).view(rows, 1)
        self.resize(rows)

    def __len__(self) -> int:
        return len(self.y)

    def resize(self, rows: int) -> None:
        """Let there be ``rows`` transitions."""
        self.both, self.y = self._inputs[: 2 * rows], self._targets[:rows]
        self.now, self.later = self.both.chunk(2)
        self.s, self.a = self.now.split(self._sizes, 1)
        self.next_s, self.next_a = self.later.split(self._sizes, 1)
