"""A checkpoint is read back as it was written, or refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from point_world import PointWorld, trainer

from ddpg_ros.contract import Contract, generic_contract
from ddpg_ros.errors import CheckpointError
from ddpg_ros.learning.checkpoint import read_checkpoint, write_checkpoint
from ddpg_ros.learning.run_folder import RunFolder

CONTRACT = PointWorld().contract
STATE = {"step": 3, "weights": torch.arange(500.0), "large": 2**100}


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path)
    write_checkpoint(folder.checkpoint, CONTRACT, STATE)
    return folder


def refusal(folder: RunFolder, contract: Contract = CONTRACT) -> str:
    with pytest.raises(CheckpointError) as refused:
        read_checkpoint(folder.checkpoint, contract)
    return str(refused.value)


def test_a_checkpoint_is_read_back_as_it_was_written(folder: RunFolder) -> None:
    state = read_checkpoint(folder.checkpoint, CONTRACT)
    assert state is not None
    assert torch.equal(state["weights"], STATE["weights"])
    assert (state["step"], state["large"]) == (3, 2**100)


def test_before_the_first_checkpoint_there_is_none(tmp_path: Path) -> None:
    assert read_checkpoint(RunFolder(tmp_path).checkpoint, CONTRACT) is None


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_keeps_the_checkpoint_before(folder: RunFolder) -> None:
    before = folder.checkpoint.read_bytes()
    (folder.path / ".checkpoint.pt.partial").symlink_to("/dev/full")
    with pytest.raises(CheckpointError) as refused:
        write_checkpoint(folder.checkpoint, CONTRACT, {**STATE, "step": 4})
    assert str(refused.value).startswith(f"{folder.checkpoint}: cannot be written (")
    assert str(refused.value).endswith(
        "); the one before it is kept. Make room and continue the run with --resume."
    )
    assert folder.checkpoint.read_bytes() == before


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


def test_a_checkpoint_runs_no_code(folder: RunFolder, tmp_path: Path) -> None:
    class Intruder:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (tmp_path / "intruded",)

    torch.save({"version": 2, "weights": Intruder()}, folder.checkpoint)
    assert refusal(folder).startswith(f"{folder.checkpoint}: cannot be read (Weights only load")
    assert not (tmp_path / "intruded").exists()


@pytest.mark.parametrize("version", [1, 3])
def test_a_checkpoint_of_another_version_is_refused(folder: RunFolder, version: int) -> None:
    content = torch.load(folder.checkpoint, weights_only=True)
    torch.save({**content, "version": version}, folder.checkpoint)
    assert refusal(folder) == (
        f"{folder.checkpoint}: has version {version}, this ddpg_ros reads 2. "
        "Resume with the ddpg_ros that wrote it."
    )


def test_a_checkpoint_of_another_contract_is_refused(folder: RunFolder) -> None:
    stronger = generic_contract("point", [-2.0], [2.0], [-1.0], [2.0], period=0.2)
    assert refusal(folder, stronger) == (
        f"{folder.checkpoint}: was trained with another contract than world 'point' has now: "
        "commands[0].elements[0].high is 2.0 instead of 1.0. "
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
