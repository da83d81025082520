"""The targets follow their networks, and say what a step is worth."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from small_ddpg import batch, make, weights
from torch import nn


def always(value: float, critic: Any) -> None:
    """Make ``critic`` answer ``value`` whatever it is asked."""
    nn.init.zeros_(critic.body[-1].weight)
    nn.init.constant_(critic.body[-1].bias, value)


def test_targets_start_as_copies_and_take_no_gradient() -> None:
    ddpg = make()
    assert torch.equal(weights(ddpg.target_actor), weights(ddpg.actor))
    assert torch.equal(weights(ddpg.target_critic), weights(ddpg.critic))
    targets = (ddpg.target_actor, ddpg.target_critic)
    assert not any(p.requires_grad for target in targets for p in target.parameters())


def test_with_tau_1_the_targets_are_their_networks() -> None:
    ddpg = make(tau=1.0)
    ddpg.update(batch())
    assert torch.equal(weights(ddpg.target_actor), weights(ddpg.actor))
    assert torch.equal(weights(ddpg.target_critic), weights(ddpg.critic))


def test_with_tau_0_the_targets_stay_where_they_began() -> None:
    ddpg = make(tau=0.0)
    actor, critic = weights(ddpg.actor), weights(ddpg.critic)
    ddpg.update(batch())
    assert torch.equal(weights(ddpg.target_actor), actor)
    assert torch.equal(weights(ddpg.target_critic), critic)
    assert not torch.equal(weights(ddpg.critic), critic)


@pytest.mark.parametrize(("terminated", "target"), [(1.0, 1.0), (0.0, 1.0 + 0.9 * 50.0)])
def test_only_an_episode_that_went_on_has_value_beyond_its_step(
    terminated: float, target: float
) -> None:
    ddpg = make(gamma=0.9)
    always(0.0, ddpg.critic)
    always(50.0, ddpg.target_critic)
    assert ddpg.update(batch(1.0, terminated)).critic_loss == pytest.approx(target**2)
