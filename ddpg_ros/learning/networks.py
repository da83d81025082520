"""Actor and critic."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

_FINAL_INIT = 3e-3
"""The last layers start within this of zero, so that no action starts saturated (paper, 7)."""


class BatchNorm(nn.Module):
    """Batch normalisation as one acts by it, with the statistics that training has gathered.

    Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167. While it learns, a network runs as
    ``compute.perceptron`` has it, and is normalised by the statistics of the batch.

    Args:
        size: Elements of a row.

    Attributes:
        mean: Running mean of each element, ``(size,)``.
        variance: Running variance of each element, ``(size,)``.
        batches: How many there have been, ``(1,)``.
    """

    EPSILON = 1e-3

    mean: Tensor
    variance: Tensor
    batches: Tensor

    def __init__(self, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.bias = nn.Parameter(torch.zeros(size))
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("variance", torch.ones(size))
        self.register_buffer("batches", torch.zeros(1))

    def forward(self, inputs: Tensor) -> Tensor:
        """``(batch, size)`` to the same, centred, scaled and shifted."""
        return torch.addcmul(self.bias, inputs - self.mean, self.scale)

    @property
    def scale(self) -> Tensor:
        """Slope of each element, ``(size,)``."""
        return self.weight * (self.variance + self.EPSILON).rsqrt()


class Actor(nn.Module):
    """The policy mu(s): a ReLU network whose tanh keeps each action element in [-1, 1].

    Args:
        observation_size: n.
        action_size: m.
        hidden_sizes: Width of each hidden layer.
        batch_norm: Whether the input of each layer is normalised.
    """

    def __init__(
        self,
        observation_size: int,
        action_size: int,
        hidden_sizes: Sequence[int],
        batch_norm: bool = False,
    ) -> None:
        super().__init__()
        sizes = (observation_size, *hidden_sizes, action_size)
        self.body = _multilayer_perceptron(sizes, batch_norm=batch_norm)

    def forward(self, observations: Tensor) -> Tensor:
        """Normalised observations ``(batch, n)`` to actions ``(batch, m)`` in [-1, 1]."""
        for layer in self.body:
            observations = layer.forward(observations)
        return torch.tanh(observations)


class Critic(nn.Module):
    """The value Q(s, a) of taking an action and following the policy from there.

    The action enters with the observation at the first layer; in the paper it enters at the second.

    Args:
        observation_size: n.
        action_size: m.
        hidden_sizes: Width of each hidden layer.
        layer_norm: Whether each hidden layer is normalised before its ReLU.
        batch_norm: Whether the input of each layer is normalised.
    """

    def __init__(
        self,
        observation_size: int,
        action_size: int,
        hidden_sizes: Sequence[int],
        layer_norm: bool = False,
        batch_norm: bool = False,
    ) -> None:
        super().__init__()
        sizes = (observation_size + action_size, *hidden_sizes, 1)
        self.body = _multilayer_perceptron(sizes, layer_norm, batch_norm)

    def forward(self, observations: Tensor, actions: Tensor) -> Tensor:
        """Normalised observations ``(batch, n)``, actions ``(batch, m)`` to values ``(batch,)``."""
        values: Tensor = self.body(torch.cat((observations, actions), dim=-1))
        return values.squeeze(-1)


def _multilayer_perceptron(
    sizes: Sequence[int], layer_norm: bool = False, batch_norm: bool = False
) -> nn.Sequential:
    layers: list[nn.Module] = []
    *hidden, last = itertools.pairwise(sizes)
    for inputs, outputs in hidden:
        layers += [BatchNorm(inputs)] if batch_norm else []
        layers.append(_linear(inputs, outputs, 1 / math.sqrt(inputs)))
        layers += [nn.LayerNorm(outputs)] if layer_norm else []
        layers.append(nn.ReLU())
    layers += [BatchNorm(last[0])] if batch_norm else []
    return nn.Sequential(*layers, _linear(*last, _FINAL_INIT))


def _linear(inputs: int, outputs: int, bound: float) -> nn.Linear:
    """A layer whose weights and biases are uniform within ``bound`` of zero."""
    layer = nn.Linear(inputs, outputs)
    nn.init.uniform_(layer.weight, -bound, bound)
    nn.init.uniform_(layer.bias, -bound, bound)
    return layer
