"""Batch normalisation while a network learns."""

from __future__ import annotations

import torch
from torch import Tensor

from ddpg_ros.learning.compute.layers import Trace
from ddpg_ros.learning.compute.parameters import Parameters
from ddpg_ros.learning.networks import BatchNorm

_MOMENTUM = 0.01
"""Share of the way the running statistics go to those of a batch."""

_RENORMALISED_FROM = 100_000
"""Batches after which the running statistics are steady enough to renormalise by."""

_LARGEST_RATIO, _LARGEST_SHIFT = 3.0, 5.0
"""How far renormalisation corrects."""


class BatchNormalised:
    """r (x - mean) / deviation + d, scaled and shifted.

    A network that learns takes mean and deviation from the batch, with r = 1 and d = 0 at first.
    Later r and d lead on to what the running statistics would give, as far as limits allow (batch
    renormalisation, Ioffe 2017, https://arxiv.org/abs/1702.03275), and take no gradient. One that
    does not learn takes the running statistics.

    Args:
        norm: Holds scale, shift and running statistics.
        parameters: Where the gradients go.
        dtype: Type of inputs and outputs; in between there is float32.
        training: Whether it learns.
    """

    def __init__(
        self, norm: BatchNorm, parameters: Parameters, dtype: torch.dtype, training: bool
    ) -> None:
        self.dtype = dtype
        self._norm = norm
        self._scale, self._shift = norm.weight.data, norm.bias.data
        self._scale_gradient = parameters.product(norm.weight)
        self._shift_gradient = parameters.product(norm.bias)
        self._training = training
        self._unused = torch.zeros_like(norm.mean)

    def forward(self, inputs: Tensor, trace: Trace) -> Tensor:
        """``(batch, size)`` to the same, normalised; ``trace`` keeps what led there."""
        norm, scale, shift = self._norm, self._scale, self._shift
        mean, variance, rstd, correction = norm.mean, norm.variance, None, None
        if self._training:
            mean, variance = self._latest = self._statistics(inputs)
            rstd = (variance + norm.EPSILON).rsqrt_()
            if norm.batches.item() >= _RENORMALISED_FROM:
                ratio, offset = correction = self._correction(mean, rstd)
                scale, shift = scale * ratio, torch.addcmul(shift, scale, offset)
        outputs, _, _ = torch.native_batch_norm(
            inputs, scale, shift, mean, variance, False, 0.0, norm.EPSILON
        )
        trace.append((inputs, scale, mean, variance, rstd, correction))
        return outputs

    def backward(self, gradient: Tensor, trace: Trace, place: bool) -> Tensor:
        """Gradient by the outputs to gradient by the inputs.

        Args:
            gradient: ``(batch, size)``.
            trace: Its last entry is this layer's, and is taken off.
            place: Whether to put the parameters' gradients in place.
        """
        inputs, scale, mean, variance, rstd, correction = trace.pop()
        by_inputs: Tensor
        by_inputs, by_scale, by_shift = torch.ops.aten.native_batch_norm_backward(
            gradient,
            inputs,
            scale,
            mean,
            variance,
            mean,
            rstd,
            self._training,
            self._norm.EPSILON,
            [True, place, place],
        )
        if place:
            if correction is not None:
                ratio, offset = correction
                by_scale = torch.addcmul(by_scale * ratio, by_shift, offset)
            self._scale_gradient.copy_(by_scale)
            self._shift_gradient.copy_(by_shift)
        return by_inputs

    def back(self, gradient: Tensor) -> Tensor:
        """What :meth:`backward` returned is by the inputs already."""
        return gradient

    def gather(self) -> None:
        """Let the running statistics go some way to those of the latest batch."""
        mean, variance = self._latest
        self._norm.mean.lerp_(mean, _MOMENTUM)
        self._norm.variance.lerp_(variance, _MOMENTUM)
        self._norm.batches.add_(1)

    def _statistics(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and variance of each column; ``unused`` says they shall be float32."""
        unused = self._unused
        return torch.batch_norm_update_stats(inputs, unused, unused, 0.0)

    def _correction(self, mean: Tensor, rstd: Tensor) -> tuple[Tensor, Tensor]:
        """What renormalises: r and d."""
        running = (self._norm.variance + self._norm.EPSILON).rsqrt_()
        ratio = (running / rstd).clamp_(1 / _LARGEST_RATIO, _LARGEST_RATIO)
        offset = ((mean - self._norm.mean) * running).clamp_(-_LARGEST_SHIFT, _LARGEST_SHIFT)
        return ratio, offset
