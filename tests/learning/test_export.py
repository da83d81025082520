"""The policy file acts as the policy that was trained, everywhere, and says where it is from."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from point_world import quick
from torch import nn
from trained_policy import CONTRACT, HIGH, LOW, MEAN, PROVENANCE, STD, export, trained

from ddpg_ros.errors import CheckpointError, ConfigError
from ddpg_ros.learning.export import PROBES, TOLERANCE, ExportedPolicy


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


def test_a_policy_whose_sums_lose_digits_allows_for_it(tmp_path: Path) -> None:
    policy = trained(batch_norm=True)
    norm = policy.actor.body[3]
    norm.mean += 300.0  # Taken off and put on again: nothing changes but the last digits.
    norm.bias += 300.0 * norm.scale
    probes = export(policy, tmp_path).metadata.probes
    exact = copy.deepcopy(policy).double()(torch.from_numpy(probes.observations).double())
    rounding = float(np.abs((probes.actions - exact.numpy()) / (HIGH - LOW)).max())
    assert 1e-5 < probes.tolerance < 1e-3
    assert probes.tolerance == pytest.approx(5 * rounding, rel=0.2)


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
