"""torch, onnxruntime and numpy agree on what a policy does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from trained_policy import HIGH, LOW, MEAN, STD, export, trained

from ddpg_ros.learning.export import ExportedPolicy
from ddpg_ros.learning.networks import BatchNorm

LAYOUTS = [
    ((32, 16), True, False),
    ((32, 16), False, False),
    ((), True, False),
    ((8, 8, 8, 8), True, False),
    ((32, 16), True, True),
    ((32, 16), False, True),
    ((), False, True),
]


def observations(largest: float, count: int = 10_000) -> np.ndarray:
    """Half of them as in training, half of every size from 1e-3 to ``largest``."""
    rng = np.random.default_rng(1)
    sizes = 10 ** rng.uniform(-3, np.log10(largest), (count, 5)) * rng.choice([-1, 1], (count, 5))
    usual = MEAN + 2 * STD * rng.normal(size=(count, 5))
    return np.where(rng.random((count, 1)) < 0.5, usual, sizes).astype(np.float32)


def by_hand(policy: ExportedPolicy, x: np.ndarray) -> np.ndarray:
    """The policy in float64 numpy."""
    normaliser = policy.normaliser
    if normaliser.enabled:
        std = np.where(normaliser.std > 1e-4, normaliser.std, 1.0)
        x = np.clip((x - normaliser.observed_mean) / std, -10, 10)
    for layer in policy.actor.body:
        values = {name: value.double().numpy() for name, value in layer.state_dict().items()}
        if isinstance(layer, nn.Linear):
            x = x @ values["weight"].T + values["bias"]
        elif isinstance(layer, BatchNorm):
            x = (x - values["mean"]) / np.sqrt(values["variance"] + 1e-3)
            x = x * values["weight"] + values["bias"]
        else:
            x = np.maximum(x, 0)
    return LOW + (HIGH - LOW) * (np.tanh(x) + 1) / 2


@pytest.mark.parametrize(("hidden_sizes", "normalised", "batch_norm"), LAYOUTS)
def test_torch_onnxruntime_and_numpy_agree_on_ten_thousand_observations(
    hidden_sizes: tuple[int, ...], normalised: bool, batch_norm: bool, tmp_path: Path
) -> None:
    policy = trained(hidden_sizes, normalised, batch_norm)
    # Nothing bounds what is not normalised, and running statistics stretch it.
    x = observations(1e6 if normalised else 1e1 if batch_norm else 1e2)
    twin, file = policy(torch.from_numpy(x)).numpy(), export(policy, tmp_path).act_batch(x)
    assert (np.abs(twin - file) / (HIGH - LOW)).max() <= 1e-5
    assert (np.abs(by_hand(policy, x) - file) / (HIGH - LOW)).max() <= 1e-5
    assert (file >= LOW.astype(np.float32)).all()
    assert (file <= HIGH.astype(np.float32)).all()
    effort = np.abs(2 * (file - LOW) / (HIGH - LOW) - 1)
    assert (effort.max(axis=1) > 0.99).any()
    assert (effort.max(axis=1) < 0.9).any()
