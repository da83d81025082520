"""A training under a contract of the user's keeps to the contract it began with."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import yaml
from point_world import StopAfter, quick

from ddpg_ros.contract import Contract
from ddpg_ros.contract.yaml_file import load_contract
from ddpg_ros.deploy import OnnxPolicy
from ddpg_ros.errors import CheckpointError
from ddpg_ros.learning.job import Job
from ddpg_ros.learning.remaking import export_run
from ddpg_ros.learning.reporting import Reporter
from ddpg_ros.learning.run_folder import RunFolder
from ddpg_ros.learning.stop_request import StopRequest
from ddpg_ros.learning.training import resume_training, start_training
from ddpg_ros.worlds import make_world

WORLD = "Pendulum-v1"
CONFIG = quick(
    total_steps=20,
    warmup_steps=5,
    batch_size=8,
    evaluation_interval=10,
    evaluation_episodes=1,
    final_episodes=1,
)
CHANGED = "was trained with another contract than world 'mine' has now"


def write(file: Path, limit: float) -> Contract:
    """Gymnasium's pendulum with another torque limit."""
    generic = make_world(WORLD).contract
    (command,) = generic.commands
    (torque,) = command.elements
    weaker = dataclasses.replace(torque, low=-limit, high=limit)
    commands = (dataclasses.replace(command, elements=(weaker,)),)
    contract = dataclasses.replace(generic, name="mine", commands=commands)
    file.write_text(yaml.safe_dump(contract.to_dict()))
    return contract


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a stopped run under ``contract.yaml`` beside it, which is named by a path."""
    monkeypatch.chdir(tmp_path)
    write(Path("contract.yaml"), limit=1.0)
    job, path = Job(WORLD, "contract.yaml"), tmp_path / "run"
    stopped = start_training(job, CONFIG, str(path), Reporter(), StopAfter(215))
    assert stopped.evaluation is None
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    return path


def test_it_goes_on_from_another_folder_and_the_policy_has_its_contract(run: Path) -> None:
    finished = resume_training(str(run), Reporter(), StopRequest())
    policy = OnnxPolicy.load(finished.folder.policy)
    assert policy.contract == write(run.parent / "same.yaml", limit=1.0)
    assert policy.metadata.provenance["contract_file"] == str(run / "contract.yaml")


def test_the_run_has_a_copy_so_the_file_may_change(run: Path) -> None:
    write(run.parent / "contract.yaml", limit=1.5)
    assert resume_training(str(run), Reporter(), StopRequest()).evaluation is not None


def test_a_run_that_was_moved_goes_on(run: Path) -> None:
    moved = run.rename(run.parent / "moved")
    assert resume_training(str(moved), Reporter(), StopRequest()).evaluation is not None


def test_its_history_may_be_another_than_the_files(run: Path) -> None:
    again = run.parent / "again"
    job, config = RunFolder(run).load_job()
    seeing = dataclasses.replace(config, history=3)
    start_training(job, seeing, str(again), Reporter(), StopRequest())
    policy = OnnxPolicy.load(export_run(str(again)))
    assert policy.contract == dataclasses.replace(load_contract(again / "contract.yaml"), history=3)


def test_a_copy_that_was_changed_stops_the_run_from_going_on(run: Path) -> None:
    write(run / "contract.yaml", limit=1.5)
    with pytest.raises(CheckpointError, match=CHANGED):
        resume_training(str(run), Reporter(), StopRequest())


def test_no_policy_is_exported_with_a_contract_it_was_not_trained_with(run: Path) -> None:
    write(run / "contract.yaml", limit=1.5)
    with pytest.raises(CheckpointError, match=CHANGED):
        export_run(str(run))
    assert not (run / "policy.onnx").exists()
