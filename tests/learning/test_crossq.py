"""With batch normalisation the update is CrossQ's: here it is a second time, by autograd.

Bhatt et al. 2024, https://arxiv.org/abs/1902.05605, with a deterministic actor and TD3's noise.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch
from batch_norm_formula import Seen, learning, norms_of
from torch import Tensor, nn

from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.ddpg import Ddpg
from ddpg_ros.learning.replay import Batch
from ddpg_ros.learning.update_report import UpdateReport

CROSSQ: dict[str, Any] = {
    "critics": 2,
    "policy_delay": 2,
    "target_noise_std": 0.8,
    "adam_beta1": 0.5,
    "tau": 1.0,
    "normalise_observations": False,
}
ALONE: dict[str, Any] = {"critics": 1, "tau": 0.3, "normalise_observations": False}


class Reference:
    """The update on copies of the networks, with autograd and torch's Adam."""

    def __init__(self, ddpg: Ddpg) -> None:
        config = self.config = ddpg.config
        networks = (ddpg.networks.actor, ddpg.networks.target_actor, ddpg.networks.critics)
        self.actor, self.target_actor, self.critics = map(copy.deepcopy, networks)
        betas = (config.adam_beta1, 0.999)
        self.actor_adam = torch.optim.Adam(self.actor.parameters(), config.actor_lr, betas)
        self.critic_adam = torch.optim.Adam(self.critics.parameters(), config.critic_lr, betas)
        self.updates = 0

    def update(self, batch: Batch) -> UpdateReport:
        config, s, next_s = self.config, batch.observations, batch.next_observations
        next_a = self.target_actor(next_s).detach()
        if config.target_noise_std:
            noise = config.target_noise_std * torch.randn(next_a.shape)
            next_a = torch.clip(next_a + torch.clip(noise, -0.5, 0.5), -1, 1)
        both = torch.cat([torch.cat([s, batch.actions], 1), torch.cat([next_s, next_a], 1)])
        seen: Seen = []
        values = [learning(critic.body, both, seen)[:, 0] for critic in self.critics]
        q, next_q = (torch.stack([v.chunk(2)[half] for v in values]) for half in (0, 1))
        y = batch.rewards + config.gamma * (1 - batch.terminated) * next_q.detach().amin(0)
        loss = ((q - y) ** 2).mean(1).sum()
        self.critic_adam.zero_grad()
        loss.backward()
        critic_gradients = [p.grad for p in self.critics.parameters()]

        seen_by_actor: Seen = []
        a = torch.tanh(learning(self.actor.body, s, seen_by_actor))
        actor_loss = -self.critics[0](s, a).mean()
        gradients = torch.autograd.grad(actor_loss, [*self.actor.parameters()])
        for parameter, gradient in zip(self.critics.parameters(), critic_gradients, strict=True):
            parameter.grad = gradient
        self.critic_adam.step()
        gather(seen)
        if self.updates % config.policy_delay == 0:
            for parameter, gradient in zip(self.actor.parameters(), gradients, strict=True):
                parameter.grad = gradient
            self.actor_adam.step()
            gather(seen_by_actor)
            self.follow()
        self.updates += 1
        saturated = float((a.detach().abs() > 0.99).float().mean())
        measures = (loss / config.critics, actor_loss, q[0].mean())
        return UpdateReport(*(float(m.detach()) for m in measures), saturated)

    @torch.no_grad()
    def follow(self) -> None:
        pairs = zip(numbers(self.target_actor), numbers(self.actor), strict=True)
        for target, leader in pairs:
            target.mul_(1 - self.config.tau).add_(leader, alpha=self.config.tau)


def gather(seen: Seen) -> None:
    for norm, mean, variance in seen:
        norm.mean.mul_(0.99).add_(mean, alpha=0.01)
        norm.variance.mul_(0.99).add_(variance, alpha=0.01)
        norm.batches += 1


def numbers(network: nn.Module) -> list[Tensor]:
    """Parameters and running statistics."""
    return [*network.parameters(), *network.buffers()]


def batches(count: int) -> list[Batch]:
    rng = np.random.default_rng(1)
    made = []
    for _ in range(count):
        s, a, r = rng.normal(size=(32, 3)), rng.uniform(-1, 1, (32, 2)), 3 * rng.normal(size=32)
        columns = (s, a, r, s + rng.normal(size=s.shape), rng.random(32) < 0.3)
        made.append(Batch(*(torch.tensor(c, dtype=torch.float32) for c in columns)))
    return made


@pytest.mark.parametrize("before", [0, 99_997], ids=["from the first", "into renormalisation"])
@pytest.mark.parametrize("options", [CROSSQ, ALONE], ids=["crossq", "one critic"])
def test_six_updates_move_every_weight_and_statistic_as_crossq_does(
    options: dict[str, Any], before: int
) -> None:
    config = DdpgConfig(hidden_sizes=(16, 8), gamma=0.9, batch_norm=True, **options)
    ddpg = Ddpg(3, 2, config)
    torch.manual_seed(0)
    for network in (ddpg.networks.actor, ddpg.networks.critics, ddpg.networks.target_actor):
        for parameter in network.parameters():
            # Small shifts: a unit that is above zero in all rows loses its bias to the batch's
            # mean, its gradient is nothing but rounding, and Adam makes a full step of that.
            nn.init.normal_(parameter, std=0.5 if parameter.dim() == 2 else 0.05)
        for norm in norms_of(network):
            norm.mean.normal_()
            nn.init.uniform_(norm.weight, 0.5, 1.5)
            norm.batches.fill_(before)
    ddpg.refresh()
    reference = Reference(ddpg)
    for number, batch in enumerate(batches(6)):
        torch.manual_seed(number)
        ddpg.update(batch)
        report = ddpg.measure()
        torch.manual_seed(number)
        expected = reference.update(batch)
        assert report == pytest.approx(expected, rel=1e-3, abs=1e-5)
        for mine, other in (
            (ddpg.networks.actor, reference.actor),
            (ddpg.networks.critics, reference.critics),
            (ddpg.networks.target_actor, reference.target_actor),
        ):
            for one, theirs in zip(numbers(mine), numbers(other), strict=True):
                torch.testing.assert_close(one.detach(), theirs.detach(), atol=1e-5, rtol=1e-5)


def test_critics_have_no_targets() -> None:
    ddpg = Ddpg(3, 2, DdpgConfig(batch_norm=True, critics=2))
    assert list(ddpg.networks.target_critics) == []
    assert len(norms_of(ddpg.networks.target_actor)) == len(norms_of(ddpg.networks.actor)) == 3


def test_one_acts_and_values_by_running_statistics_alone() -> None:
    ddpg, (batch,) = Ddpg(3, 2, DdpgConfig(batch_norm=True, hidden_sizes=(8,))), batches(1)
    for _ in range(20):
        ddpg.update(batch)
    s, a = batch.observations.numpy(), batch.actions.numpy()
    one_by_one = np.concatenate([ddpg.networks.act(row[None]) for row in s])
    np.testing.assert_allclose(ddpg.networks.act(s), one_by_one, atol=1e-6)
    np.testing.assert_allclose(
        ddpg.networks.value(s, a)[:5], ddpg.networks.value(s[:5], a[:5]), atol=1e-6
    )
    statistics = [buffer.clone() for buffer in ddpg.networks.actor.buffers()]
    ddpg.networks.act(s + 100)
    assert all(map(torch.equal, ddpg.networks.actor.buffers(), statistics))


def test_a_statistic_that_is_not_finite_is_noticed() -> None:
    ddpg = Ddpg(3, 2, DdpgConfig(batch_norm=True))
    assert ddpg.is_finite()
    norms_of(ddpg.networks.critics)[0].variance[0] = float("inf")
    assert not ddpg.is_finite()
