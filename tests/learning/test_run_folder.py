"""A run's folder holds one run, and refuses what it cannot trust."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from point_world import PointWorld, quick, trainer

from ddpg_ros.contract import Contract, generic_contract
from ddpg_ros.errors import CheckpointError, ConfigError
from ddpg_ros.learning.run_folder import Job, RunFolder

CONTRACT = PointWorld().contract
STATE = {"step": 3, "weights": torch.arange(500.0), "large": 2**100}


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path)
    folder.save_checkpoint(CONTRACT, STATE)
    return folder


def refusal(folder: RunFolder, contract: Contract = CONTRACT) -> str:
    with pytest.raises(CheckpointError) as refused:
        folder.load_checkpoint(contract)
    return str(refused.value)


def test_a_nameless_run_is_called_after_its_world_and_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = RunFolder.create("", "my/module:Walker-v0")
    assert re.fullmatch(r"runs/my\.module\.Walker-v0-\d{8}-\d{6}", str(folder.path))
    assert folder.path.is_dir()


def test_a_folder_that_holds_a_run_is_not_taken_for_another(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run", "point")
    folder.save_job(Job("point"), quick())
    text = (
        f"run folder {folder.path}: holds a run already. Continue it with "
        f"--resume {folder.path}, or name another folder."
    )
    with pytest.raises(ConfigError, match=f"^{re.escape(text)}$"):
        RunFolder.create(tmp_path / "run", "point")


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"^run folder .*/file/run: cannot be made \("):
        RunFolder.create(tmp_path / "file/run", "point")


def test_the_job_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    job, config = Job("my:Walker-v0", "/robots/walker.yaml"), quick(hidden_sizes=(3,), seed=9)
    RunFolder(tmp_path).save_job(job, config)
    assert RunFolder(tmp_path).load_job() == (job, config)


@pytest.mark.parametrize("content", [None, "", "{}", "[1]", '{"world": "point"}'])
def test_a_folder_without_a_run_is_refused(content: str | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "config.json").write_text(content)
    with pytest.raises(CheckpointError) as refused:
        RunFolder(tmp_path).load_job()
    assert str(refused.value).startswith(f"{tmp_path}: no training run is kept here (")
    assert str(refused.value).endswith(
        "). Name the folder that 'ddpg-ros train' printed, which holds a config.json."
    )


def test_the_evaluation_is_read_back_and_empty_before(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    assert folder.load_evaluation() == {}
    folder.save_evaluation({"mean": 0.1})
    assert folder.load_evaluation() == {"mean": 0.1}


def test_a_checkpoint_is_read_back_as_it_was_written(folder: RunFolder) -> None:
    state = folder.load_checkpoint(CONTRACT)
    assert state is not None
    assert torch.equal(state["weights"], STATE["weights"])
    assert (state["step"], state["large"]) == (3, 2**100)


def test_before_the_first_checkpoint_there_is_none(tmp_path: Path) -> None:
    assert RunFolder(tmp_path).load_checkpoint(CONTRACT) is None


def test_a_checkpoint_cut_off_anywhere_is_refused(folder: RunFolder) -> None:
    content = folder.checkpoint.read_bytes()
    for length in range(0, len(content), 37):
        folder.checkpoint.write_bytes(content[:length])
        assert refusal(folder).startswith(f"{folder.checkpoint}: cannot be read (")


def test_a_flipped_bit_in_a_weight_is_found(folder: RunFolder) -> None:
    content = bytearray(folder.checkpoint.read_bytes())
    start = content.index(STATE["weights"].numpy().tobytes())
    for bit in np.random.default_rng(0).integers(0, 8 * 2000, size=50):
        flipped = bytearray(content)
        flipped[start + bit // 8] ^= 1 << bit % 8
        folder.checkpoint.write_bytes(flipped)
        found = rf"{folder.checkpoint}: cannot be read \(.* is damaged\)\."
        assert re.fullmatch(found, refusal(folder))


def test_a_checkpoint_of_a_newer_version_is_refused(folder: RunFolder) -> None:
    content = torch.load(folder.checkpoint, weights_only=True)
    torch.save({**content, "version": 2}, folder.checkpoint)
    assert refusal(folder) == (
        f"{folder.checkpoint}: has version 2, this ddpg_ros reads 1. "
        "Resume with the ddpg_ros that wrote it."
    )


def test_a_checkpoint_of_another_contract_is_refused(folder: RunFolder) -> None:
    stronger = generic_contract("point", [-2.0], [2.0], [-1.0], [2.0], period=0.2)
    assert refusal(folder, stronger) == (
        f"{folder.checkpoint}: was trained with another contract than world 'point' has now. "
        "Bring that contract back, or train anew."
    )


def test_a_trainer_does_not_go_on_under_another_contract(tmp_path: Path) -> None:
    class StrongerWorld(PointWorld):
        def __init__(self) -> None:
            super().__init__()
            contract = generic_contract("point", [-2.0], [2.0], [-1.0], [2.0], period=0.2)
            super(PointWorld, self).__init__(contract)

    trainer(tmp_path).save()
    with pytest.raises(CheckpointError, match="was trained with another contract"):
        trainer(tmp_path, world=StrongerWorld)
