"""A policy for any contract that drives nearly the same whatever it sees."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from ddpg_ros.contract import Contract
from ddpg_ros.learning.export import ExportedPolicy, export_policy
from ddpg_ros.learning.networks import Actor
from ddpg_ros.learning.normaliser import ObservationNormaliser


def write_policy(
    path: Path, contract: Contract, bias: float = 0.5, seen: np.ndarray | None = None
) -> Path:
    """A policy that hardly looks at its observation and drives at ``tanh(bias)`` of the range.

    Its training saw the observations ``seen``, ``(k, n)``, or standard normal ones.
    """
    torch.manual_seed(0)
    actor = Actor(contract.observation_size, contract.action_size, (8,))
    with torch.no_grad():
        actor.body[-1].bias.fill_(bias)
    normaliser = ObservationNormaliser(contract.observation_size, enabled=True)
    rng = torch.Generator().manual_seed(0)
    normal = torch.randn((100, contract.observation_size), generator=rng).numpy()
    normaliser.see(normal if seen is None else seen)
    policy = ExportedPolicy(contract, actor, normaliser).requires_grad_(False)
    export_policy(policy, path, {"world": contract.name})
    return path
