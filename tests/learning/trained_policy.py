"""A policy to export: three asymmetric actions, reached to their ends."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import nn

from ddpg_ros.contract import generic_contract
from ddpg_ros.deploy import OnnxPolicy
from ddpg_ros.learning.export import ExportedPolicy, export_policy
from ddpg_ros.learning.networks import Actor, BatchNorm
from ddpg_ros.learning.normaliser import ObservationNormaliser

LOW, HIGH = np.array([-1.0, 0.5, -200.0]), np.array([3.0, 0.6, 100.0])
CONTRACT = generic_contract("arm", [-9] * 5, [9] * 5, LOW, HIGH, period=0.02)
MEAN, STD = np.array([0.0, 1.0, -3.0, 50.0, 0.0]), np.array([1.0, 0.1, 2.0, 10.0, 0.0])
PROVENANCE = {"world": "arm", "numbers": [1, 2.5]}


def trained(
    hidden_sizes: tuple[int, ...] = (32, 16), normalised: bool = True, batch_norm: bool = False
) -> ExportedPolicy:
    """A policy with large weights, which saw 1,000 observations of ``MEAN`` and ``STD``."""
    torch.manual_seed(0)
    actor = Actor(5, 3, hidden_sizes, batch_norm)
    normaliser = ObservationNormaliser(5, normalised)
    for layer in actor.body:
        if isinstance(layer, nn.Linear):
            nn.init.kaiming_normal_(layer.weight)
        elif isinstance(layer, BatchNorm):
            nn.init.uniform_(layer.weight, 0.5, 1.5)
            nn.init.uniform_(layer.bias, -0.5, 0.5)
            layer.mean.uniform_(0, 1)
            layer.variance.uniform_(0.5, 2)
    normaliser.see(np.random.default_rng(0).normal(MEAN, STD, (1000, 5)).astype(np.float32))
    return ExportedPolicy(CONTRACT, actor, normaliser).requires_grad_(False)


def export(policy: ExportedPolicy, path: Path) -> OnnxPolicy:
    """``policy`` as it is after a round through a file."""
    export_policy(policy, path / "policy.onnx", PROVENANCE)
    return OnnxPolicy.load(path / "policy.onnx")
