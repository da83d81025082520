"""The layers of a perceptron as the update runs them, each forwards and backwards."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

import torch
from torch import Tensor, nn

from ddpg_ros.learning.compute.parameters import Parameters

_mask_relu = torch.ops.aten.threshold_backward.default
_fused_linear: Any = getattr(torch.ops.mkldnn, "_linear_pointwise", None)

_FUSED_FROM = 4096
"""Weights from which the fused product of oneDNN is faster than a product and a ReLU."""

_WIDE = torch.backends.cpu.get_cpu_capability().startswith("AVX512")
"""Whether it is so for float32: with AVX2 alone it is slower by a tenth at every size."""


@cache
def _fused_serves(dtype: torch.dtype) -> bool:
    """Whether this processor and this torch have the fused product for ``dtype``."""
    try:
        ones = torch.ones(1, 1, dtype=dtype)
        _fused_linear(ones, ones, ones[0], "relu", [], "")
    except (RuntimeError, TypeError):
        return False
    return True


class Trace(list[Any]):
    """What each layer keeps of a forward pass for the backward pass."""


class Linear:
    """x W' + b."""

    _activation = "none"

    def __init__(self, linear: nn.Linear, parameters: Parameters, exact: bool = False) -> None:
        weight, bias = cast(nn.Parameter, linear.weight), cast(nn.Parameter, linear.bias)
        self.weight = weight.data if exact else parameters.operand(weight)
        self._bias = bias.data if exact else parameters.operand(bias)
        self.dtype = self.weight.dtype
        self._weight_gradient = parameters.product(weight)
        self._bias_gradient = parameters.product(bias)
        self._direct = self._weight_gradient.dtype == self.dtype
        faster = self.dtype != torch.float32 or (_WIDE and weight.numel() >= _FUSED_FROM)
        fits = weight.device.type == "cpu" and faster and _fused_serves(self.dtype)
        self._fused = _fused_linear if fits else None

    def forward(self, inputs: Tensor, trace: Trace) -> Tensor:
        """Inputs ``(batch, in)`` to outputs ``(batch, out)``; ``trace`` keeps what led there."""
        outputs = self._product(inputs)
        trace.append(inputs)
        return outputs

    def backward(self, gradient: Tensor, trace: Trace, place: bool) -> Tensor:
        """Gradient by the outputs to gradient by the product ``x W' + b``, which it returns.

        Args:
            gradient: ``(batch, out)``.
            trace: Its last entry is this layer's, and is taken off.
            place: Whether to put the parameters' gradients in place.
        """
        inputs = trace.pop()
        if place:
            self._place(gradient, inputs)
        return gradient

    def back(self, gradient: Tensor) -> Tensor:
        """What :meth:`backward` returned to gradient by the inputs, ``(batch, in)``."""
        return torch.mm(gradient, self.weight)

    def _product(self, inputs: Tensor) -> Tensor:
        if self._fused is not None:
            fused: Tensor = self._fused(inputs, self.weight, self._bias, self._activation, [], "")
            return fused
        product = torch.addmm(self._bias, inputs, self.weight.t())
        return product.relu_() if self._activation == "relu" else product

    def _place(self, gradient: Tensor, inputs: Tensor) -> None:
        if self._direct:
            torch.mm(gradient.t(), inputs, out=self._weight_gradient)
            torch.sum(gradient, 0, out=self._bias_gradient)
        else:
            self._weight_gradient.copy_(torch.mm(gradient.t(), inputs))
            self._bias_gradient.copy_(gradient.sum(0))


class Hidden(Linear):
    """ReLU(x W' + b)."""

    _activation = "relu"

    def forward(self, inputs: Tensor, trace: Trace) -> Tensor:
        outputs = self._product(inputs)
        trace.append((inputs, outputs))
        return outputs

    def backward(self, gradient: Tensor, trace: Trace, place: bool) -> Tensor:
        inputs, outputs = trace.pop()
        gradient = _mask_relu(gradient, outputs, 0)
        if place:
            self._place(gradient, inputs)
        return gradient


class LayerNormalisedHidden(Linear):
    """ReLU(LayerNorm(x W' + b)), Ba et al. 2016, https://arxiv.org/abs/1607.06450.

    The normalisation is float32 in any case: its gradients are sums over the batch, which torch
    would take in the operands' type.
    """

    def __init__(self, linear: nn.Linear, norm: nn.LayerNorm, parameters: Parameters) -> None:
        super().__init__(linear, parameters)
        self._shape = list(norm.normalized_shape)
        self._epsilon = norm.eps
        self._scale, self._shift = norm.weight.data, norm.bias.data
        self._scale_gradient = parameters.product(norm.weight)
        self._shift_gradient = parameters.product(norm.bias)

    def forward(self, inputs: Tensor, trace: Trace) -> Tensor:
        product = self._product(inputs).float()
        normalised, mean, rstd = torch.native_layer_norm(
            product, self._shape, self._scale, self._shift, self._epsilon
        )
        outputs = normalised.relu_().to(self.dtype)
        trace.append((inputs, product, mean, rstd, outputs))
        return outputs

    def backward(self, gradient: Tensor, trace: Trace, place: bool) -> Tensor:
        inputs, product, mean, rstd, outputs = trace.pop()
        by_product, scale, shift = torch.ops.aten.native_layer_norm_backward(
            _mask_relu(gradient, outputs, 0).float(),
            product,
            self._shape,
            mean,
            rstd,
            self._scale,
            self._shift,
            [True, place, place],
        )
        gradient = by_product.to(self.dtype)
        if place:
            self._scale_gradient.copy_(scale)
            self._shift_gradient.copy_(shift)
            self._place(gradient, inputs)
        return gradient
