"""A DDPG of a few weights, and something to learn from."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.ddpg import Ddpg
from ddpg_ros.learning.replay import Batch
from ddpg_ros.learning.update_report import UpdateReport


def make(**options: Any) -> Ddpg:
    torch.manual_seed(3)
    values = {"hidden_sizes": (8,), "normalise_observations": False, "tau": 0.1, **options}
    return Ddpg(2, 1, DdpgConfig(**values))


def batch(reward: float = 1.0, terminated: float = 0.0) -> Batch:
    torch.manual_seed(4)
    s, next_s, a = torch.randn(16, 2), torch.randn(16, 2), torch.rand(16, 1)
    return Batch(s, a, torch.full((16,), reward), next_s, torch.full((16,), terminated))


def updated(ddpg: Ddpg, learned_from: Batch) -> UpdateReport:
    """Learn from a batch; what the update measured."""
    ddpg.update(learned_from)
    return ddpg.measure()


def always(value: float, critic: Any) -> None:
    """Make ``critic`` answer ``value`` whatever it is asked."""
    nn.init.zeros_(critic.body[-1].weight)
    nn.init.constant_(critic.body[-1].bias, value)


def weights(network: nn.Module) -> torch.Tensor:
    """All of them and running statistics, one after the other; none of no network."""
    return torch.cat([torch.empty(0), *(w.flatten() for w in network.state_dict().values())])
