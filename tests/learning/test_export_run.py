"""The best policy of a run can be exported again at any time."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from point_world import QUICK, StopAfter, quick, trainer

from ddpg_ros.deploy import OnnxPolicy
from ddpg_ros.errors import CheckpointError
from ddpg_ros.learning.job import Job
from ddpg_ros.learning.remaking import export_run
from ddpg_ros.learning.run_folder import RunFolder


def test_a_run_is_exported_again_as_it_was(copied: RunFolder, tmp_path: Path) -> None:
    target = export_run(str(copied.path), str(tmp_path / "elsewhere.onnx"))
    assert target == tmp_path / "elsewhere.onnx"
    one, other = OnnxPolicy.load(target), OnnxPolicy.load(copied.policy)
    assert one.metadata.provenance["evaluation"] == other.metadata.provenance["evaluation"]
    probes = other.metadata.probes.observations
    assert (one.act_batch(probes) == other.act_batch(probes)).all()
    assert export_run(str(copied.path)) == copied.policy


def test_a_run_without_checkpoint_cannot_be_exported(tmp_path: Path) -> None:
    RunFolder(tmp_path).save_job(Job("point"), QUICK)
    text = f"{tmp_path}: has no checkpoint yet. Continue it with --resume."
    with pytest.raises(CheckpointError, match=f"^{re.escape(text)}$"):
        export_run(str(tmp_path))


def test_a_run_that_was_never_evaluated_cannot_be_exported(tmp_path: Path) -> None:
    config = quick()
    RunFolder(tmp_path).save_job(Job("point"), config)
    trainer(tmp_path, config, request=StopAfter(20)).run()
    with pytest.raises(CheckpointError, match=r"^the run has no evaluated policy yet"):
        export_run(str(tmp_path))
