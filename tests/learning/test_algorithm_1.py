"""The update is Algorithm 1 of Lillicrap et al. 2015: here it is a second time, written by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.ddpg import Ddpg, UpdateReport
from ddpg_ros.learning.replay import Batch

SIZES = (3, 2)
PLAIN = {"normalise_observations": False}
EVERYTHING = {"weight_decay": 0.02, "max_grad_norm": 0.05, "normalise_observations": True}
SEEN = np.random.default_rng(0).normal([5.0, 0.0, -1.0], [2.0, 0.1, 1.0], (50, 3))


class HandWritten:
    """Algorithm 1 on lists of weights ``[W0, b0, W1, b1, ...]``, with an Adam of its own."""

    def __init__(self, ddpg: Ddpg) -> None:
        self.config = ddpg.config
        networks = (ddpg.actor, ddpg.critic, ddpg.target_actor, ddpg.target_critic)
        copies = ([p.detach().clone() for p in n.parameters()] for n in networks)
        self.actor, self.critic, self.target_actor, self.target_critic = copies
        self.moments: dict[str, list[tuple[Tensor, Tensor]]] = {}
        for name in ("actor", "critic"):
            zeros = [torch.zeros_like(p) for p in getattr(self, name)]
            self.moments[name] = [(z, z) for z in zeros]
        self.updates = 0

    def update(self, batch: Batch) -> UpdateReport:
        self.updates += 1
        s, next_s = map(self.normalised, (batch.observations, batch.next_observations))
        next_a = torch.tanh(network(self.target_actor, next_s))
        next_q = network(self.target_critic, torch.cat([next_s, next_a], 1))[:, 0]
        ends = batch.terminated.bool()
        y = torch.where(ends, batch.rewards, batch.rewards + self.config.gamma * next_q)

        critic = [w.clone().requires_grad_() for w in self.critic]
        q = network(critic, torch.cat([s, batch.actions], 1))[:, 0]
        critic_loss = ((y - q) ** 2).sum() / len(y)
        gradients = torch.autograd.grad(critic_loss, critic)
        self.descend("critic", gradients, self.config.critic_lr, self.config.weight_decay)

        actor = [w.clone().requires_grad_() for w in self.actor]
        a = torch.tanh(network(actor, s))
        value = network(self.critic, torch.cat([s, a], 1)).sum() / len(y)
        gradients = torch.autograd.grad(-value, actor)
        self.descend("actor", gradients, self.config.actor_lr, 0.0)

        tau = self.config.tau
        for name in ("actor", "critic"):
            pairs = zip(getattr(self, f"target_{name}"), getattr(self, name), strict=True)
            followed = [(1 - tau) * target + tau * leader for target, leader in pairs]
            setattr(self, f"target_{name}", followed)
        saturated = float((a.detach().abs() > 0.99).float().mean())
        measures = (critic_loss, -value, q.mean())
        return UpdateReport(*(float(m.detach()) for m in measures), saturated)

    def normalised(self, observations: Tensor) -> Tensor:
        if not self.config.normalise_observations:
            return observations
        mean, std = (torch.tensor(v, dtype=torch.float32) for v in (SEEN.mean(0), SEEN.std(0)))
        return torch.clip((observations - mean) / std, -10.0, 10.0)

    def descend(self, name: str, gradients: tuple[Tensor, ...], rate: float, decay: float) -> None:
        """Adam (Kingma and Ba 2015, Algorithm 1), the L2 penalty being part of the gradient."""
        norm = float(torch.sqrt(sum((g**2).sum() for g in gradients)))  # type: ignore[arg-type]
        limit = self.config.max_grad_norm
        shrink = limit / norm if 0 < limit < norm else 1.0
        for i, weight in enumerate(getattr(self, name)):
            gradient = gradients[i] * shrink + decay * weight
            m, v = self.moments[name][i]
            m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
            self.moments[name][i] = (m, v)
            m_hat, v_hat = m / (1 - 0.9**self.updates), v / (1 - 0.999**self.updates)
            getattr(self, name)[i] = weight - rate * m_hat / (torch.sqrt(v_hat) + 1e-8)


def network(weights: list[Tensor], x: Tensor) -> Tensor:
    for i in range(0, len(weights), 2):
        x = x @ weights[i].T + weights[i + 1]
        x = torch.relu(x) if i + 2 < len(weights) else x
    return x


def batches(count: int) -> list[Batch]:
    rng = np.random.default_rng(1)
    made = []
    for _ in range(count):
        s, a, r = rng.normal(size=(32, 3)), rng.uniform(-1, 1, (32, 2)), 3 * rng.normal(size=32)
        columns = (s, a, r, s + rng.normal(size=s.shape), rng.random(32) < 0.3)
        made.append(Batch(*(torch.tensor(c, dtype=torch.float32) for c in columns)))
    return made


@pytest.mark.parametrize("options", [PLAIN, EVERYTHING], ids=["plain", "everything"])
def test_five_updates_move_every_weight_as_algorithm_1_does(options: dict[str, Any]) -> None:
    torch.manual_seed(0)
    config = DdpgConfig(hidden_sizes=(16, 8), gamma=0.9, tau=0.05, actor_lr=3e-3, **options)
    ddpg = Ddpg(*SIZES, config)
    ddpg.normaliser.see(SEEN)
    reference = HandWritten(ddpg)
    for batch in batches(5):
        report, expected = ddpg.update(batch), reference.update(batch)
        for measure in ("critic_loss", "actor_loss", "q", "saturation"):
            assert getattr(report, measure) == pytest.approx(getattr(expected, measure), rel=1e-4)
        for name in ("actor", "critic", "target_actor", "target_critic"):
            weights = zip(getattr(ddpg, name).parameters(), getattr(reference, name), strict=True)
            for mine, other in weights:
                torch.testing.assert_close(mine.detach(), other, atol=1e-6, rtol=0)
