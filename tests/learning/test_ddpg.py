"""What each part of the update does, and what it leaves alone."""

from __future__ import annotations

import copy
import re

import numpy as np
import pytest
import torch
from small_ddpg import batch, make, weights
from torch import nn

from ddpg_ros.errors import TrainingDiverged


def test_the_actors_update_leaves_the_critic_alone() -> None:
    ddpg = make(critic_lr=0.0)
    actor, critic = weights(ddpg.actor), weights(ddpg.critic)
    ddpg.update(batch())
    assert torch.equal(weights(ddpg.critic), critic)
    assert not torch.equal(weights(ddpg.actor), actor)


def test_the_actor_ascends_the_critic() -> None:
    ddpg = make(critic_lr=0.0)
    losses = [ddpg.update(batch()).actor_loss for _ in range(50)]
    assert losses[-1] < losses[0]


def test_weight_decay_shrinks_the_critic_and_spares_the_actor() -> None:
    ddpg = make(weight_decay=0.1, critic_lr=0.01)
    for network in (ddpg.actor, ddpg.critic):
        nn.init.constant_(network.body[0].bias, -100.0)  # dead units: no gradient but the penalty's
    actor, critic = (n.body[0].weight.detach().clone() for n in (ddpg.actor, ddpg.critic))
    ddpg.update(batch())
    assert torch.equal(ddpg.actor.body[0].weight, actor)
    assert (ddpg.critic.body[0].weight.abs() < critic.abs()).all()


@pytest.mark.parametrize("limit", [0.0, 0.01])
def test_gradients_longer_than_the_limit_are_scaled_down_to_it(limit: float) -> None:
    ddpg = make(max_grad_norm=limit)
    ddpg.update(batch(reward=1000.0))
    gradients = [p.grad.flatten() for p in ddpg.critic.parameters() if p.grad is not None]
    norm = float(torch.cat(gradients).norm())
    assert norm == pytest.approx(limit, rel=1e-3) if limit else norm > 1.0


def test_actions_see_normalised_observations() -> None:
    ddpg = make(normalise_observations=True)
    seen = np.random.default_rng(0).normal([100.0, -5.0], [10.0, 0.5], (500, 2))
    ddpg.normaliser.see(seen)
    scaled = torch.tensor((seen[:3] - seen.mean(0)) / seen.std(0), dtype=torch.float32)
    with torch.no_grad():
        actions = ddpg.actor(scaled)
        values = ddpg.critic(scaled, actions)
    np.testing.assert_allclose(ddpg.act(seen[:3]), actions, atol=1e-5)
    np.testing.assert_allclose(ddpg.value(seen[:3], actions.numpy()), values, atol=1e-5)


def test_a_loss_that_is_not_finite_stops_the_training_with_advice() -> None:
    text = (
        "the critic's loss is nan, the actor's nan; both must be finite. Try smaller learning "
        "rates, max_grad_norm=1 or a smaller tau."
    )
    ddpg = make()
    assert ddpg.is_finite()
    with pytest.raises(TrainingDiverged, match=f"^{re.escape(text)}$"):
        ddpg.update(batch(reward=float("nan")))
    assert not ddpg.is_finite()


def test_a_restored_ddpg_learns_on_as_the_saved_one() -> None:
    ddpg, other = make(), make()
    ddpg.normaliser.see(np.ones((1, 2)))
    ddpg.update(batch())
    nn.init.ones_(other.actor.body[0].weight)
    other.restore(copy.deepcopy(ddpg.state()))
    for one in (ddpg, other):
        one.update(batch(reward=-2.0))
    for name in ("actor", "critic", "target_actor", "target_critic"):
        assert torch.equal(weights(getattr(ddpg, name)), weights(getattr(other, name)))
    assert other.normaliser.count == 1
