"""The policy file acts as the policy that was trained, everywhere, and says where it is from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from point_world import quick
from torch import nn

from ddpg_ros.contract import generic_contract
from ddpg_ros.deploy import OnnxPolicy
from ddpg_ros.errors import CheckpointError, ConfigError
from ddpg_ros.learning.export import PROBES, TOLERANCE, ExportedPolicy, export_policy
from ddpg_ros.learning.networks import Actor
from ddpg_ros.learning.normaliser import ObservationNormaliser

LOW, HIGH = np.array([-1.0, 0.5, -200.0]), np.array([3.0, 0.6, 100.0])
CONTRACT = generic_contract("arm", [-9] * 5, [9] * 5, LOW, HIGH, period=0.02)
MEAN, STD = np.array([0.0, 1.0, -3.0, 50.0, 0.0]), np.array([1.0, 0.1, 2.0, 10.0, 0.0])
LAYOUTS = [((32, 16), True), ((32, 16), False), ((), True), ((8, 8, 8, 8), True)]
PROVENANCE = {"world": "arm", "numbers": [1, 2.5]}


def trained(hidden_sizes: tuple[int, ...] = (32, 16), normalised: bool = True) -> ExportedPolicy:
    """A policy with weights large enough to reach the ends of its range."""
    torch.manual_seed(0)
    actor, normaliser = Actor(5, 3, hidden_sizes), ObservationNormaliser(5, normalised)
    for layer in actor.body[::2]:
        nn.init.kaiming_normal_(layer.weight)
    normaliser.see(np.random.default_rng(0).normal(MEAN, STD, (1000, 5)).astype(np.float32))
    return ExportedPolicy(CONTRACT, actor, normaliser).requires_grad_(False)


def export(policy: ExportedPolicy, path: Path) -> OnnxPolicy:
    export_policy(policy, path / "policy.onnx", PROVENANCE)
    return OnnxPolicy.load(path / "policy.onnx")


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
    layers = [layer for layer in policy.actor.body if isinstance(layer, nn.Linear)]
    for layer in layers:
        x = x @ layer.weight.double().numpy().T + layer.bias.double().numpy()
        x = np.maximum(x, 0) if layer is not layers[-1] else np.tanh(x)
    return LOW + (HIGH - LOW) * (x + 1) / 2


@pytest.mark.parametrize(("hidden_sizes", "normalised"), LAYOUTS)
def test_torch_onnxruntime_and_numpy_agree_on_ten_thousand_observations(
    hidden_sizes: tuple[int, ...], normalised: bool, tmp_path: Path
) -> None:
    policy = trained(hidden_sizes, normalised)
    x = observations(1e6 if normalised else 1e2)  # nothing bounds what is not normalised
    twin, file = policy(torch.from_numpy(x)).numpy(), export(policy, tmp_path).act_batch(x)
    assert (np.abs(twin - file) / (HIGH - LOW)).max() <= 1e-5
    assert (np.abs(by_hand(policy, x) - file) / (HIGH - LOW)).max() <= 1e-5
    assert (file >= LOW.astype(np.float32)).all()
    assert (file <= HIGH.astype(np.float32)).all()
    effort = np.abs(2 * (file - LOW) / (HIGH - LOW) - 1)
    assert (effort.max(axis=1) > 0.99).any()
    assert (effort.max(axis=1) < 0.9).any()


def test_the_onnx_checker_accepts_the_file(tmp_path: Path) -> None:
    export(trained(), tmp_path)
    model = onnx.load(tmp_path / "policy.onnx")
    onnx.checker.check_model(model, full_check=True)
    assert [path.name for path in tmp_path.iterdir()] == ["policy.onnx"]
    shapes = {tensor.name: list(tensor.dims) for tensor in model.graph.initializer}
    assert shapes["least"] == shapes["most"] == []


def test_probes_hold_tame_actions_and_saturated_ones_and_what_torch_made_of_them(
    tmp_path: Path,
) -> None:
    policy = trained()
    probes = export(policy, tmp_path).metadata.probes
    assert (len(probes.observations), probes.tolerance) == (PROBES, TOLERANCE)
    expected = policy(torch.from_numpy(probes.observations)).numpy()
    assert (np.abs(probes.actions - expected) / (HIGH - LOW)).max() < 1e-6
    effort = np.abs(2 * (probes.actions - LOW) / (HIGH - LOW) - 1).max(axis=1)
    assert (effort < 0.2).sum() >= PROBES // 4
    assert (effort > 0.999).sum() >= PROBES // 4
    away = np.abs(probes.observations - MEAN) / np.maximum(STD, 1e-3)
    assert (away > 10).any()
    assert (away.max(axis=1) < 1).any()


def test_statistics_are_those_of_training_and_the_rest_is_read_back(tmp_path: Path) -> None:
    policy = trained()
    metadata = export(policy, tmp_path).metadata
    assert (metadata.contract, metadata.provenance) == (CONTRACT, PROVENANCE)
    assert metadata.statistics.count == 1000
    for name in ("std", "minimum", "maximum"):
        expected = getattr(policy.normaliser, name)
        np.testing.assert_array_equal(getattr(metadata.statistics, name), expected)
    np.testing.assert_array_equal(metadata.statistics.mean, policy.normaliser.observed_mean)


def test_the_same_policy_makes_the_same_file(tmp_path: Path) -> None:
    assert export(trained(), tmp_path / "a").digest == export(trained(), tmp_path / "b").digest


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"^policy file .*policy\.onnx: cannot be written \("):
        export(trained(), tmp_path / "file")


def test_a_layer_without_onnx_operation_is_refused(tmp_path: Path) -> None:
    policy = trained()
    policy.actor.body[1] = nn.Sigmoid()
    with pytest.raises(NotImplementedError, match=r"^no ONNX operation for Sigmoid$"):
        export(policy, tmp_path)


def test_a_run_without_evaluation_has_no_best_policy() -> None:
    text = "the run has no evaluated policy yet: it ended before its first evaluation."
    with pytest.raises(CheckpointError, match=f"^{text} Continue it with --resume, or train"):
        ExportedPolicy.best_of(CONTRACT, quick(), {})
