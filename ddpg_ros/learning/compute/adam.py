"""Adam over one vector (Kingma and Ba 2015, https://arxiv.org/abs/1412.6980, Algorithm 1)."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from ddpg_ros.learning.compute.parameters import Allocate, Parameters

_BETA2 = 0.999
_EPSILON = 1e-8


class StepSize(NamedTuple):
    """A step size that goes linearly from ``first`` to ``last`` in a number of ``steps``."""

    first: float
    last: float
    steps: int = 1

    def after(self, steps: float) -> float:
        """The step size when so many steps have been taken."""
        return self.first + min(1.0, steps / self.steps) * (self.last - self.first)


class Adam:
    """Steps parameters against their gradients.

    ``torch.optim.Adam`` does the same by the same kernel, but spends as long again around it.

    Args:
        parameters: What to step.
        step_size: How far, as the steps go on.
        beta1: Share of the mean gradient that stays with each step.
        weight_decay: L2 penalty, part of the gradient.
        max_grad_norm: Longer gradients are scaled down to this norm; 0: none are.
        allocate: Where the moments come from.
    """

    def __init__(
        self,
        parameters: Parameters,
        step_size: StepSize,
        beta1: float,
        weight_decay: float,
        max_grad_norm: float,
        allocate: Allocate,
    ) -> None:
        self._parameters = parameters
        self._step_size = step_size
        self._beta1 = beta1
        self._weight_decay = weight_decay
        self._max_grad_norm = max_grad_norm
        size = parameters.values.numel()
        self._first = allocate(size, torch.float32)
        self._second = allocate(size, torch.float32)
        self._count = allocate(1, torch.float32)[0]

    def step(self) -> None:
        """Take one step, and refresh the operands."""
        self._parameters.collect()
        gradients = self._parameters.gradients
        if self._max_grad_norm > 0:
            norm = torch.linalg.vector_norm(gradients)
            gradients.mul_((self._max_grad_norm / (norm + 1e-6)).clamp_(max=1.0))
        step_size = self._step_size
        changes = step_size.first != step_size.last
        rate = step_size.after(self.steps()) if changes else step_size.first
        self._count += 1
        torch._fused_adam_(
            [self._parameters.values],
            [gradients],
            [self._first],
            [self._second],
            [],
            [self._count],
            lr=rate,
            beta1=self._beta1,
            beta2=_BETA2,
            weight_decay=self._weight_decay,
            eps=_EPSILON,
            amsgrad=False,
            maximize=False,
        )
        self._parameters.refresh()

    def steps(self) -> float:
        """How many have been taken."""
        return float(self._count)

    def state(self) -> dict[str, Tensor]:
        """Everything :meth:`restore` needs."""
        return {"first": self._first, "second": self._second, "count": self._count}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Take back what :meth:`state` returned."""
        for name, vector in self.state().items():
            vector.copy_(state[name])
