"""The update is Algorithm 1 of Lillicrap et al. 2015: here it is a second time, written by hand.

So are the switches of TD3 (Fujimoto et al. 2018, Algorithm 1).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.ddpg import Ddpg
from ddpg_ros.learning.replay import Batch
from ddpg_ros.learning.update_report import UpdateReport

SIZES = (3, 2)
PLAIN = {"normalise_observations": False}
EVERYTHING = {"weight_decay": 0.02, "max_grad_norm": 0.05, "normalise_observations": True}
TD3 = {
    "weight_decay": 0.02,
    "critics": 2,
    "policy_delay": 2,
    "target_noise_std": 0.8,
    "target_noise_clip": 1.2,
    "layer_norm": True,
    "loss_power": 1.4,
}
CASES = {"plain": PLAIN, "everything": EVERYTHING, "td3": TD3, "td3 and all": {**TD3, **EVERYTHING}}
SEEN = np.random.default_rng(0).normal([5.0, 0.0, -1.0], [2.0, 0.1, 1.0], (50, 3))
Weights = list[Tensor]


class HandWritten:
    """Algorithm 1 on lists of weights ``[W0, b0, W1, b1, ...]``, with an Adam of its own.

    Where layers are normalised, the scale and the shift of each follow its ``W`` and ``b``.
    """

    def __init__(self, ddpg: Ddpg) -> None:
        self.config = ddpg.config
        networks = ddpg.networks
        self.actor, self.target_actor = map(copied, (networks.actor, networks.target_actor))
        self.critics = [copied(critic) for critic in networks.critics]
        self.target_critics = [copied(critic) for critic in networks.target_critics]
        self.moments: dict[str, tuple[Weights, Weights]] = {}
        self.steps = {"actor": 0, "critics": 0}
        self.updates = 0

    def update(self, batch: Batch) -> UpdateReport:
        config = self.config
        s, next_s = map(self.normalised, (batch.observations, batch.next_observations))
        next_a = self.smoothed(torch.tanh(perceptron(self.target_actor, next_s)))
        next_q = self.values(self.target_critics, next_s, next_a).amin(0)
        ends = batch.terminated.bool()
        y = torch.where(ends, batch.rewards, batch.rewards + config.gamma * next_q)

        # Both gradients belong to the weights as they are before the update.
        critics = [differentiable(critic) for critic in self.critics]
        q = self.values(critics, s, batch.actions)
        loss = self.loss(y - q).sum() / len(y)  # of each critic the mean, over the critics the sum
        flat = [w for critic in critics for w in critic]
        critic_gradients = torch.autograd.grad(loss, flat)
        actor = differentiable(self.actor)
        a = torch.tanh(perceptron(actor, s))
        value = self.values(self.critics[:1], s, a)[0].sum() / len(y)
        actor_gradients = torch.autograd.grad(-value, actor)

        flat = [w for critic in self.critics for w in critic]
        flat = self.descended("critics", flat, critic_gradients)
        count = len(self.critics[0])
        self.critics = [flat[i : i + count] for i in range(0, len(flat), count)]
        pairs = zip(self.target_critics, self.critics, strict=True)
        self.target_critics = [self.followed(target, leader) for target, leader in pairs]
        if self.updates % config.policy_delay == 0:
            self.actor = self.descended("actor", self.actor, actor_gradients)
            self.target_actor = self.followed(self.target_actor, self.actor)
        self.updates += 1
        saturated = float((a.detach().abs() > 0.99).float().mean())
        measures = (((y - q) ** 2).mean(), -value, q[0].mean())
        return UpdateReport(*(float(m.detach()) for m in measures), saturated)

    def normalised(self, observations: Tensor) -> Tensor:
        if not self.config.normalise_observations:
            return observations
        mean, std = (torch.tensor(v, dtype=torch.float32) for v in (SEEN.mean(0), SEEN.std(0)))
        return torch.clip((observations - mean) / std, -10.0, 10.0)

    def smoothed(self, actions: Tensor) -> Tensor:
        std, limit = self.config.target_noise_std, self.config.target_noise_clip
        if std == 0:
            return actions
        noise = torch.clip(std * torch.randn(actions.shape), -limit, limit)
        return torch.clip(actions + noise, -1.0, 1.0)

    def values(self, critics: list[Weights], s: Tensor, a: Tensor) -> Tensor:
        """Of every critic, ``(critics, batch)``."""
        inputs, norm = torch.cat([s, a], 1), self.config.layer_norm
        return torch.stack([perceptron(critic, inputs, norm)[:, 0] for critic in critics])

    def loss(self, error: Tensor) -> Tensor:
        """Squared up to 1, as the square's slope is there, and of its own power beyond."""
        size, power = error.abs(), self.config.loss_power
        return torch.where(size < 1, size**2, 2 * size**power / power)

    def followed(self, target: Weights, leader: Weights) -> Weights:
        tau = self.config.tau
        return [(1 - tau) * t + tau * w for t, w in zip(target, leader, strict=True)]

    def descended(self, name: str, weights: Weights, gradients: tuple[Tensor, ...]) -> Weights:
        """Adam (Kingma and Ba 2015, Algorithm 1), the L2 penalty being part of the gradient."""
        config = self.config
        rates = {
            "actor": (config.actor_lr, 0.0),
            "critics": (config.critic_lr, config.weight_decay),
        }
        rate, decay = rates[name]
        norm = float(torch.sqrt(sum((g**2).sum() for g in gradients)))  # type: ignore[arg-type]
        limit = config.max_grad_norm
        shrink = limit / norm if 0 < limit < norm else 1.0
        g = [shrink * g + decay * w for g, w in zip(gradients, weights, strict=True)]
        first, second = self.moments.get(name, ([torch.zeros(())] * len(g),) * 2)
        first = [0.9 * m + 0.1 * g for m, g in zip(first, g, strict=True)]
        second = [0.999 * v + 0.001 * g**2 for v, g in zip(second, g, strict=True)]
        self.moments[name] = first, second
        self.steps[name] += 1
        m_hat = [m / (1 - 0.9 ** self.steps[name]) for m in first]
        v_hat = [v / (1 - 0.999 ** self.steps[name]) for v in second]
        moved = zip(weights, m_hat, v_hat, strict=True)
        return [w - rate * m / (torch.sqrt(v) + 1e-8) for w, m, v in moved]


def copied(network: torch.nn.Module) -> Weights:
    return [p.detach().clone() for p in network.parameters()]


def differentiable(weights: Weights) -> Weights:
    return [w.clone().requires_grad_() for w in weights]


def perceptron(weights: Weights, x: Tensor, layer_norm: bool = False) -> Tensor:
    size = 4 if layer_norm else 2
    *hidden, (last, bias) = [weights[i : i + size] for i in range(0, len(weights), size)]
    for weight, b, *norm in hidden:
        x = x @ weight.T + b
        if layer_norm:
            centred = x - x.mean(1, keepdim=True)
            x = centred / torch.sqrt((centred**2).mean(1, keepdim=True) + 1e-5) * norm[0] + norm[1]
        x = torch.relu(x)
    return x @ last.T + bias


def batches(count: int) -> list[Batch]:
    rng = np.random.default_rng(1)
    made = []
    for _ in range(count):
        s, a, r = rng.normal(size=(32, 3)), rng.uniform(-1, 1, (32, 2)), 3 * rng.normal(size=32)
        columns = (s, a, r, s + rng.normal(size=s.shape), rng.random(32) < 0.3)
        made.append(Batch(*(torch.tensor(c, dtype=torch.float32) for c in columns)))
    return made


def ddpg_amid_its_learning(options: dict[str, Any]) -> Ddpg:
    """No weight is small, no target equals what it follows, and no critic another."""
    config = DdpgConfig(hidden_sizes=(16, 8), gamma=0.9, tau=0.05, actor_lr=3e-3, **options)
    ddpg = Ddpg(*SIZES, config)
    torch.manual_seed(0)
    networks = ddpg.networks
    for network in (
        networks.actor,
        networks.critics,
        networks.target_actor,
        networks.target_critics,
    ):
        for parameter in network.parameters():
            torch.nn.init.normal_(parameter, std=0.5)
    ddpg.refresh()
    networks.normaliser.see(SEEN)
    return ddpg


def critics(networks: Any) -> Weights:
    """Hand-written ones, one after the other."""
    return [weight for network in networks for weight in network]


@pytest.mark.parametrize("options", CASES.values(), ids=CASES.keys())
def test_five_updates_move_every_weight_as_algorithm_1_does(options: dict[str, Any]) -> None:
    ddpg = ddpg_amid_its_learning(options)
    networks, reference = ddpg.networks, HandWritten(ddpg)
    for number, batch in enumerate(batches(5)):
        torch.manual_seed(number)
        ddpg.update(batch)
        report = ddpg.measure()
        torch.manual_seed(number)
        expected = reference.update(batch)
        for measure in ("critic_loss", "actor_loss", "q", "saturation"):
            assert getattr(report, measure) == pytest.approx(getattr(expected, measure), rel=1e-4)
        for mine, others in (
            (networks.actor, reference.actor),
            (networks.critics, critics(reference.critics)),
            (networks.target_actor, reference.target_actor),
            (networks.target_critics, critics(reference.target_critics)),
        ):
            for weight, other in zip(mine.parameters(), others, strict=True):
                torch.testing.assert_close(weight.detach(), other, atol=1e-6, rtol=0)
