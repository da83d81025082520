"""Actor and critic: shapes, bounds and first weights."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch
from torch import nn

from ddpg_ros.learning.networks import Actor, Critic


@pytest.mark.parametrize("hidden_sizes", [(), (7,), (7, 5, 3)])
def test_hidden_sizes_are_the_widths_of_the_layers(hidden_sizes: tuple[int, ...]) -> None:
    actor, critic = Actor(4, 2, hidden_sizes), Critic(4, 2, hidden_sizes)
    for network, inputs, outputs in ((actor, 4, 2), (critic, 6, 1)):
        layers = [layer for layer in network.body if isinstance(layer, nn.Linear)]
        widths = pairwise([inputs, *hidden_sizes, outputs])
        assert [(layer.in_features, layer.out_features) for layer in layers] == list(widths)


def test_actions_lie_within_1_however_wild_the_observation() -> None:
    actor = Actor(3, 2, (8,))
    nn.init.constant_(actor.body[-1].weight, 5.0)
    actions = actor(1e6 * torch.randn(100, 3))
    assert actions.shape == (100, 2)
    assert (actions.abs() <= 1.0).all()
    assert (actions.abs() > 0.99).any()


def test_a_new_actor_hardly_acts() -> None:
    assert (Actor(3, 2, (64, 64))(torch.randn(1000, 3)).abs() < 0.2).all()


def test_the_critic_gives_one_value_for_each_row_and_depends_on_the_action() -> None:
    critic, states = Critic(3, 2, (8,)), torch.randn(10, 3)
    one, other = critic(states, torch.zeros(10, 2)), critic(states, torch.ones(10, 2))
    assert one.shape == (10,)
    assert not torch.equal(one, other)


def test_first_weights_are_those_of_the_paper() -> None:
    torch.manual_seed(0)
    critic = Critic(16, 9, (100, 100))
    for layer, bound in zip(critic.body[::2], (1 / 5, 1 / 10, 3e-3), strict=True):
        weight, bias = layer.weight.detach(), layer.bias.detach()
        assert float(max(weight.abs().max(), bias.abs().max())) <= bound
        assert float(weight.std()) == pytest.approx(bound / math.sqrt(3), rel=0.15)
