"""What each part of the update does, and what it leaves alone."""

from __future__ import annotations

import copy
import re
from typing import Any

import numpy as np
import pytest
import torch
from small_ddpg import batch, make, updated, weights
from torch import nn

from ddpg_ros.errors import TrainingDiverged
from ddpg_ros.learning.ddpg import Ddpg

NETWORKS = ("actor", "critics", "target_actor", "target_critics")
TD3 = {"critics": 2, "policy_delay": 3, "target_noise_std": 0.2, "layer_norm": True}
CROSSQ = {"critics": 2, "policy_delay": 3, "target_noise_std": 0.2, "batch_norm": True}
AVERAGED = {**CROSSQ, "policy_average": 0.1}


def weights_of(ddpg: Ddpg, name: str) -> torch.Tensor:
    return weights(ddpg.networks.get_submodule(name))


def test_the_actors_update_leaves_the_critic_alone() -> None:
    ddpg = make(critic_lr=0.0)
    actor, critic = weights(ddpg.networks.actor), weights(ddpg.networks.critics)
    ddpg.update(batch())
    assert torch.equal(weights(ddpg.networks.critics), critic)
    assert not torch.equal(weights(ddpg.networks.actor), actor)


def test_the_actor_ascends_the_critic() -> None:
    ddpg = make(critic_lr=0.0)
    losses = [updated(ddpg, batch()).actor_loss for _ in range(50)]
    assert losses[-1] < losses[0]


def test_the_actor_asks_the_first_critic_alone() -> None:
    ddpg, other = make(critics=2), make(critics=2)
    nn.init.normal_(other.networks.critics[1].body[-1].weight)
    other.refresh()
    for one in (ddpg, other):
        one.update(batch())
    assert torch.equal(weights(ddpg.networks.actor), weights(other.networks.actor))


def test_the_actor_and_its_target_move_at_every_third_update_if_told_to() -> None:
    ddpg = make(policy_delay=3)
    moved = []
    for _ in range(7):
        before = [weights_of(ddpg, name) for name in NETWORKS]
        ddpg.update(batch())
        after = [weights_of(ddpg, name) for name in NETWORKS]
        moved.append([not torch.equal(a, b) for a, b in zip(before, after, strict=True)])
    everything, critics_alone = [True] * 4, [False, True, False, True]
    assert moved == [everything, critics_alone, critics_alone] * 2 + [everything]


@pytest.mark.parametrize("switches", [{}, CROSSQ], ids=["ddpg", "crossq"])
def test_who_is_flown_follows_the_actor_and_nobody_learns_from_it(switches: dict[str, Any]) -> None:
    ddpg, alone = make(policy_average=0.7, **switches), make(**switches)
    assert alone.networks.flown_actor is alone.networks.actor
    expected = weights(ddpg.networks.actor)
    shares = [10 / 10, 10 / 11, 10 / 12, 10 / 13, 10 / 14, 0.7, 0.7]
    for number in range(7):
        for one in (ddpg, alone):
            one.update(batch())
        if number % ddpg.config.policy_delay == 0:
            expected = expected.lerp(weights(ddpg.networks.actor), shares.pop(0))
    torch.testing.assert_close(weights(ddpg.networks.flown_actor), expected)
    for name in NETWORKS:
        assert torch.equal(weights_of(ddpg, name), weights_of(alone, name))
    somewhere = np.array([[0.3, -0.2]])
    assert not np.array_equal(ddpg.networks.fly(somewhere), ddpg.networks.act(somewhere))
    assert np.array_equal(alone.networks.fly(somewhere), alone.networks.act(somewhere))


def test_measuring_changes_nothing_of_what_is_learned() -> None:
    ddpg, other = make(policy_delay=3), make(policy_delay=3)
    for number in range(7):
        ddpg.update(batch(), measured=True)
        ddpg.measure()
        other.update(batch(), measured=number == 6)
    assert ddpg.measure() == other.measure()
    for name in NETWORKS:
        assert torch.equal(weights_of(ddpg, name), weights_of(other, name))


def test_weight_decay_shrinks_the_critic_and_spares_the_actor() -> None:
    ddpg = make(weight_decay=0.1, critic_lr=0.01)
    for network in (ddpg.networks.actor, ddpg.networks.critics[0]):
        nn.init.constant_(network.body[0].bias, -100.0)  # dead units: no gradient but the penalty's
    ddpg.refresh()
    actor, critic = (
        n.body[0].weight.detach().clone() for n in (ddpg.networks.actor, ddpg.networks.critics[0])
    )
    ddpg.update(batch())
    assert torch.equal(ddpg.networks.actor.body[0].weight, actor)
    assert (ddpg.networks.critics[0].body[0].weight.abs() < critic.abs()).all()


@pytest.mark.parametrize("limit", [0.0, 0.01])
def test_gradients_longer_than_the_limit_are_scaled_down_to_it(limit: float) -> None:
    ddpg = make(max_grad_norm=limit)
    ddpg.update(batch(reward=1000.0))
    gradients = [p.grad.flatten() for p in ddpg.networks.critics.parameters() if p.grad is not None]
    norm = float(torch.cat(gradients).norm())
    assert norm == pytest.approx(limit, rel=1e-3) if limit else norm > 1.0


def test_actions_see_normalised_observations() -> None:
    ddpg = make(normalise_observations=True)
    seen = np.random.default_rng(0).normal([100.0, -5.0], [10.0, 0.5], (500, 2))
    ddpg.networks.normaliser.see(seen)
    scaled = torch.tensor((seen[:3] - seen.mean(0)) / seen.std(0), dtype=torch.float32)
    with torch.no_grad():
        actions = ddpg.networks.actor(scaled)
        values = ddpg.networks.critics[0](scaled, actions)
    np.testing.assert_allclose(ddpg.networks.act(seen[:3]), actions, atol=1e-5)
    np.testing.assert_allclose(ddpg.networks.value(seen[:3], actions.numpy()), values, atol=1e-5)


def test_what_happens_meanwhile_happens_once_and_before_the_update() -> None:
    ddpg, other, seen = make(), make(), np.ones((5, 2), dtype=np.float32)
    before, acted = ddpg.networks.act(seen), []
    ddpg.update(batch(), lambda: acted.append(ddpg.networks.act(seen)))
    other.update(batch())
    assert len(acted) == 1
    np.testing.assert_array_equal(acted[0], before)
    for name in NETWORKS:
        assert torch.equal(weights_of(ddpg, name), weights_of(other, name))


def test_what_is_seen_meanwhile_does_not_scale_the_batch_that_is_learned_from() -> None:
    ddpg, other = (make(normalise_observations=True) for _ in range(2))
    ddpg.update(batch(), lambda: ddpg.networks.normaliser.see(np.array([[5.0, -3.0], [2.0, 7.0]])))
    other.update(batch())
    for name in NETWORKS:
        assert torch.equal(weights_of(ddpg, name), weights_of(other, name))


def test_a_loss_that_is_not_finite_stops_the_training_with_advice() -> None:
    text = (
        "the critic's loss is nan, the actor's nan; both must be finite. Try smaller learning "
        "rates, max_grad_norm=1 or a smaller tau."
    )
    ddpg = make()
    assert ddpg.is_finite()
    nowhere = batch(reward=float("nan"))
    ddpg.update(nowhere)
    with pytest.raises(TrainingDiverged, match=r"^the critic's loss is nan, the actor's -?0\.\d+;"):
        ddpg.measure()  # the actor asked the critic that was there before
    assert not ddpg.is_finite()
    ddpg.update(nowhere)
    with pytest.raises(TrainingDiverged, match=f"^{re.escape(text)}$") as stopped:
        ddpg.measure()
    assert stopped.value.batch.keys() == nowhere._asdict().keys()
    assert torch.equal(stopped.value.batch["observations"], nowhere.observations)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize(
    "switches", [{}, TD3, CROSSQ, AVERAGED], ids=["ddpg", "td3", "crossq", "averaged"]
)
def test_a_restored_ddpg_learns_on_as_the_saved_one(
    switches: dict[str, Any], precision: str
) -> None:
    ddpg, other = (make(precision=precision, **switches) for _ in range(2))
    ddpg.networks.normaliser.see(np.ones((1, 2)))
    ddpg.update(batch())
    nn.init.ones_(other.networks.actor.body[0].weight)
    nn.init.ones_(other.networks.critics[0].body[0].weight)
    other.restore(copy.deepcopy(ddpg.state()))
    reports = []
    assert torch.equal(weights(ddpg.networks.flown_actor), weights(other.networks.flown_actor))
    for one in (ddpg, other):
        for reward in (-2.0, 3.0):
            one.update(batch(reward), measured=False)
        reports.append(updated(one, batch()))
    for name in NETWORKS:
        assert torch.equal(weights_of(ddpg, name), weights_of(other, name))
    assert reports[0] == reports[1]
    assert other.networks.normaliser.count == 1


def test_an_update_right_after_a_restore_is_measured_even_if_the_actor_waits() -> None:
    ddpg, other = make(policy_delay=3), make(policy_delay=3)
    ddpg.update(batch())
    other.restore(copy.deepcopy(ddpg.state()))
    assert updated(other, batch()) == updated(ddpg, batch())


@pytest.mark.parametrize("switches", [{}, TD3, CROSSQ], ids=["ddpg", "td3", "crossq"])
def test_weights_written_from_outside_count_from_a_refresh_on(switches: dict[str, Any]) -> None:
    ddpg, other = (make(precision="bfloat16", **switches) for _ in range(2))
    for one in (ddpg, other):
        for name in NETWORKS:
            for parameter in one.networks.get_submodule(name).parameters():
                nn.init.constant_(parameter, 0.25)
    fresh = make(precision="bfloat16", **switches)
    ddpg.refresh()
    fresh.restore(copy.deepcopy(ddpg.state()))
    reports = [updated(one, batch()) for one in (ddpg, fresh, other)]
    assert reports[0] == reports[1] != reports[2]


def test_an_actor_and_a_critic_without_hidden_layers_learn() -> None:
    ddpg = make(hidden_sizes=(), critic_lr=0.1)
    losses = [updated(ddpg, batch()).critic_loss for _ in range(50)]
    assert losses[-1] < losses[0]


def test_half_the_digits_hardly_change_what_is_learned() -> None:
    wide, narrow = (make(precision=p, hidden_sizes=(64, 64)) for p in ("float32", "bfloat16"))
    for ddpg in (wide, narrow):
        for _ in range(50):
            ddpg.update(batch())
    one, other = wide.measure(), narrow.measure()
    assert one != other
    assert other.q == pytest.approx(one.q, rel=0.05)
    assert other.actor_loss == pytest.approx(one.actor_loss, rel=0.05)
