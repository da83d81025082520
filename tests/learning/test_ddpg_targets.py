"""The targets follow their networks, and say what a step is worth."""

from __future__ import annotations

import pytest
import torch
from small_ddpg import always, batch, make, updated, weights


def test_targets_start_as_copies_and_take_no_gradient() -> None:
    ddpg = make(critics=2)
    assert torch.equal(weights(ddpg.networks.target_actor), weights(ddpg.networks.actor))
    assert torch.equal(weights(ddpg.networks.target_critics), weights(ddpg.networks.critics))
    targets = (ddpg.networks.target_actor, ddpg.networks.target_critics)
    assert not any(p.requires_grad for target in targets for p in target.parameters())


def test_two_critics_start_apart() -> None:
    first, second = make(critics=2).networks.critics
    assert not torch.equal(weights(first), weights(second))


def test_with_tau_1_the_targets_are_their_networks() -> None:
    ddpg = make(tau=1.0)
    ddpg.update(batch())
    assert torch.equal(weights(ddpg.networks.target_actor), weights(ddpg.networks.actor))
    assert torch.equal(weights(ddpg.networks.target_critics), weights(ddpg.networks.critics))


def test_with_tau_0_the_targets_stay_where_they_began() -> None:
    ddpg = make(tau=0.0)
    actor, critic = weights(ddpg.networks.actor), weights(ddpg.networks.critics)
    ddpg.update(batch())
    assert torch.equal(weights(ddpg.networks.target_actor), actor)
    assert torch.equal(weights(ddpg.networks.target_critics), critic)
    assert not torch.equal(weights(ddpg.networks.critics), critic)


@pytest.mark.parametrize(("terminated", "target"), [(1.0, 1.0), (0.0, 1.0 + 0.9 * 50.0)])
def test_only_an_episode_that_went_on_has_value_beyond_its_step(
    terminated: float, target: float
) -> None:
    ddpg = make(gamma=0.9)
    always(0.0, ddpg.networks.critics[0])
    always(50.0, ddpg.networks.target_critics[0])
    assert updated(ddpg, batch(1.0, terminated)).critic_loss == pytest.approx(target**2)


def test_of_two_critics_the_lower_says_what_comes_next_and_both_learn_from_it() -> None:
    ddpg = make(gamma=0.9, critics=2)
    for critic, value in zip(ddpg.networks.critics, (0.0, 100.0), strict=True):
        always(value, critic)
    for target, value in zip(ddpg.networks.target_critics, (50.0, 20.0), strict=True):
        always(value, target)
    y = 1.0 + 0.9 * 20.0
    squares = (y - 0.0) ** 2, (y - 100.0) ** 2
    report = updated(ddpg, batch())
    assert report.critic_loss == pytest.approx(sum(squares) / 2)
    assert report.q == 0.0
