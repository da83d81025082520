"""The parameters of a network in one vector, so that one operation moves them all."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

Allocate = Callable[[int, torch.dtype], Tensor]
"""Size and type to a vector of zeros that nobody else holds."""


class Parameters:
    """All parameters of a network, their gradients, and a copy in the type products use.

    The network's own parameters become views of :attr:`values`; whoever writes to them calls
    :meth:`refresh`. Its buffers lie behind them in :attr:`everything`.

    Args:
        network: Whose parameters.
        dtype: Type of matrix products' operands, float32 or bfloat16.
        allocate: Where the vectors come from.
    """

    def __init__(self, network: nn.Module, dtype: torch.dtype, allocate: Allocate) -> None:
        parameters, buffers = list(network.parameters()), list(network.buffers())
        size, kept = (sum(t.numel() for t in tensors) for tensors in (parameters, buffers))
        self.everything = allocate(size + kept, torch.float32)
        self.values = self.everything[:size]
        self.gradients = allocate(size, torch.float32)
        exact = dtype == torch.float32
        self.operands = self.values if exact else allocate(size, dtype)
        self._products = self.gradients if exact else allocate(size, dtype)
        self._places: dict[nn.Parameter, tuple[int, int]] = {}
        start = 0
        for tensor in (*parameters, *buffers):
            end = start + tensor.numel()
            view = self.everything[start:end].view_as(tensor)
            view.copy_(tensor.data)
            tensor.data = view
            if isinstance(tensor, nn.Parameter):
                self._places[tensor] = (start, end)
                tensor.grad = self.gradient(tensor)
            start = end
        self.refresh()

    def refresh(self) -> None:
        """Make the operands agree with the values."""
        if self.operands is not self.values:
            self.operands.copy_(self.values)

    def operand(self, parameter: nn.Parameter) -> Tensor:
        """The view of ``parameter`` in the operands."""
        return self._view(self.operands, parameter)

    def gradient(self, parameter: nn.Parameter) -> Tensor:
        """The view of the gradient of ``parameter``."""
        return self._view(self.gradients, parameter)

    def product(self, parameter: nn.Parameter) -> Tensor:
        """Where a matrix product puts the gradient of ``parameter``, in the operands' type."""
        return self._view(self._products, parameter)

    def collect(self) -> None:
        """Make the gradients of what products put in place."""
        if self._products is not self.gradients:
            self.gradients.copy_(self._products)

    def follow(self, leader: Parameters, tau: float) -> None:
        """Go the share ``tau`` of the way to the leader's values and buffers."""
        self.everything.lerp_(leader.everything, tau)
        self.refresh()

    def _view(self, vector: Tensor, parameter: nn.Parameter) -> Tensor:
        start, end = self._places[parameter]
        return vector[start:end].view_as(parameter)
