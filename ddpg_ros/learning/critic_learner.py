"""One critic's share of an update."""

from __future__ import annotations

import torch
from torch import Tensor

from ddpg_ros.learning.compute.parameters import Allocate
from ddpg_ros.learning.compute.partner import Task
from ddpg_ros.learning.compute.perceptron import Perceptron
from ddpg_ros.learning.compute.shared_batch import SharedBatch


class CriticLearner:
    """Learns to say what is so.

    Args:
        critic: Who learns.
        target: Values what comes next; without one the critic does so itself.
        batch: Where it looks.
        loss_power: How its loss grows with an error beyond 1.
        allocate: Where vectors come from.

    Attributes:
        tasks: All that it does, none with arguments or results.
    """

    def __init__(
        self,
        critic: Perceptron,
        target: Perceptron | None,
        batch: SharedBatch,
        loss_power: float,
        allocate: Allocate,
    ) -> None:
        self._critic, self._target, self._batch = critic, target, batch
        self._loss_power = loss_power
        self._values: Tensor = allocate(len(batch.both), torch.float32)[:, None]
        self.tasks: list[Task] = [self.find_values, self.find_gradient, self.gather]

    @property
    def q(self) -> Tensor:
        """Q(s, a), ``(batch, 1)``."""
        return self._values[: len(self._batch)]

    @property
    def next_q(self) -> Tensor:
        """Q'(s', a'), ``(batch, 1)``."""
        return self._values[len(self._batch) : 2 * len(self._batch)]

    @torch.inference_mode()
    def find_values(self) -> None:
        """Q(s, a), and the target's Q'(s', a').

        Without a target it is one pass over both, so that one pair of statistics normalises them.
        """
        batch = self._batch
        if self._target is None:
            values, self._trace = self._critic.forward(batch.both)
            self._values[: len(values)] = values
        else:
            self.next_q.copy_(self._target.forward(batch.later)[0])
            q, self._trace = self._critic.forward(batch.now)
            self.q.copy_(q)

    @torch.inference_mode()
    def find_gradient(self) -> None:
        """That of the mean of (Q(s, a) - y)^2; what comes next is taken as it is.

        An error beyond 1 counts with another power, if so configured, 2 |Q(s, a) - y|^p / p:
        Fujimoto et al. 2020, "An Equivalence between Loss Functions and Non-Uniform Sampling in
        Experience Replay" (PAL), https://arxiv.org/abs/2007.06049.
        """
        error = self.q - self._batch.y
        gradient = error * (2 / len(self._batch))
        if self._loss_power < 2:
            gradient *= error.abs_().clamp_(min=1).pow_(self._loss_power - 2)
        if self._target is None:
            gradient = torch.cat((gradient, torch.zeros_like(gradient)))
        self._critic.backward(self._trace, gradient)

    @torch.inference_mode()
    def gather(self) -> None:
        """Let running statistics take in the batch."""
        self._critic.gather()
