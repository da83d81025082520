"""A multilayer perceptron as the update runs it: gradients placed by hand.

Autograd would spend as long on its bookkeeping as these networks spend on their products.
The rules are those of back-propagation, Goodfellow et al. 2016, "Deep Learning", 6.5.
"""

from __future__ import annotations

from itertools import pairwise
from typing import cast

import torch
from torch import Tensor, nn

from ddpg_ros.learning.compute.batch_normalised import BatchNormalised
from ddpg_ros.learning.compute.layers import Hidden, LayerNormalisedHidden, Linear, Trace
from ddpg_ros.learning.compute.parameters import Parameters
from ddpg_ros.learning.networks import BatchNorm


class Perceptron:
    """Runs a network of ``networks`` forwards, and backwards into its gradients.

    Args:
        body: Linear layers, each but the last followed by an optional LayerNorm and a ReLU, or
            each after a BatchNorm.
        parameters: Where the body's parameters, operands and gradients lie.
        exact: Whether the last layer is float32 in any case. A value needs it: narrower types have
            not the digits. An action that a tanh will bound does not.
        training: Whether a BatchNorm takes its statistics from the batch.
    """

    def __init__(
        self,
        body: nn.Sequential,
        parameters: Parameters,
        exact: bool = True,
        training: bool = False,
    ) -> None:
        self._layers: list[Linear | BatchNormalised] = []
        dtype = torch.float32  # of the body's inputs
        for module, after in pairwise(body):
            if isinstance(module, BatchNorm):
                self._layers.append(BatchNormalised(module, parameters, dtype, training))
            elif isinstance(module, nn.Linear):
                if isinstance(after, nn.LayerNorm):
                    self._layers.append(LayerNormalisedHidden(module, after, parameters))
                else:
                    self._layers.append(Hidden(module, parameters))
                dtype = self._layers[-1].dtype
        self._last = Linear(cast(nn.Linear, body[-1]), parameters, exact=exact)

    def forward(self, inputs: Tensor) -> tuple[Tensor, Trace]:
        """Inputs ``(batch, in)`` to float32 outputs ``(batch, out)``, and what led there."""
        hidden, trace = self.hidden(inputs)
        outputs = self._last.forward(hidden.to(self._last.dtype), trace)
        return outputs.float(), trace

    def hidden(self, inputs: Tensor) -> tuple[Tensor, Trace]:
        """Inputs ``(batch, in)`` to the last layer's inputs, and what led there."""
        trace = Trace()
        for layer in self._layers:
            inputs = layer.forward(inputs.to(layer.dtype), trace)
        return inputs, trace

    def outputs(self, hidden: Tensor) -> Tensor:
        """The last layer's inputs to float32 outputs ``(batch, out)``."""
        return self._last.forward(hidden.to(self._last.dtype), Trace()).float()

    def backward(self, trace: Trace, gradient: Tensor) -> None:
        """Put the parameters' gradients in place; they count from ``Parameters.collect`` on.

        Args:
            trace: Of :meth:`forward`; it is used up.
            gradient: Of the loss by the outputs, ``(batch, out)``.
        """
        gradient = self._last.backward(gradient.to(self._last.dtype), trace, place=True)
        later: Linear | BatchNormalised = self._last
        for layer in reversed(self._layers):
            gradient = layer.backward(later.back(gradient).to(layer.dtype), trace, place=True)
            later = layer

    def input_gradient(self, trace: Trace, rows: int) -> Tensor:
        """Gradient of the only output by the inputs, ``(rows, in)``.

        The parameters' gradients stay as they are.

        Args:
            trace: Of :meth:`hidden`; it is used up.
            rows: Size of the batch.
        """
        gradient = self._last.weight.expand(rows, -1)
        for layer in reversed(self._layers):
            gradient = layer.back(layer.backward(gradient.to(layer.dtype), trace, place=False))
        return gradient.float()

    def gather(self) -> None:
        """Let running statistics go some way to those of the latest batch."""
        for layer in self._layers:
            if isinstance(layer, BatchNormalised):
                layer.gather()
