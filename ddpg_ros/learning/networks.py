"""Actor and critic."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

_FINAL_INIT = 3e-3
"""The last layers start within this of zero, so that no action starts saturated (paper, 7)."""


class Actor(nn.Module):
    """The policy mu(s): a ReLU network whose tanh keeps each action element in [-1, 1].

    Args:
        observation_size: n.
        action_size: m.
        hidden_sizes: Width of each hidden layer.
    """

    def __init__(
        self, observation_size: int, action_size: int, hidden_sizes: Sequence[int]
    ) -> None:
        super().__init__()
        self.body = _multilayer_perceptron(observation_size, hidden_sizes, action_size)

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
    """

    def __init__(
        self,
        observation_size: int,
        action_size: int,
        hidden_sizes: Sequence[int],
        layer_norm: bool = False,
    ) -> None:
        super().__init__()
        inputs = observation_size + action_size
        self.body = _multilayer_perceptron(inputs, hidden_sizes, 1, layer_norm)

    def forward(self, observations: Tensor, actions: Tensor) -> Tensor:
        """Normalised observations ``(batch, n)``, actions ``(batch, m)`` to values ``(batch,)``."""
        values: Tensor = self.body(torch.cat((observations, actions), dim=-1))
        return values.squeeze(-1)


def _multilayer_perceptron(
    inputs: int, hidden_sizes: Sequence[int], outputs: int, layer_norm: bool = False
) -> nn.Sequential:
    layers: list[nn.Module] = []
    for size in hidden_sizes:
        layer = nn.Linear(inputs, size)
        bound = 1 / math.sqrt(inputs)
        nn.init.uniform_(layer.weight, -bound, bound)
        nn.init.uniform_(layer.bias, -bound, bound)
        layers += [layer, nn.LayerNorm(size), nn.ReLU()] if layer_norm else [layer, nn.ReLU()]
        inputs = size
    last = nn.Linear(inputs, outputs)
    nn.init.uniform_(last.weight, -_FINAL_INIT, _FINAL_INIT)
    nn.init.uniform_(last.bias, -_FINAL_INIT, _FINAL_INIT)
    return nn.Sequential(*layers, last)
