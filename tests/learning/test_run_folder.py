"""A run's folder holds one run, and refuses what it cannot trust."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from point_world import quick

from ddpg_ros.errors import CheckpointError, ConfigError
from ddpg_ros.learning.evaluation import Evaluation
from ddpg_ros.learning.flown_episodes import FlownEpisode
from ddpg_ros.learning.job import Job
from ddpg_ros.learning.run_folder import RunFolder


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


def test_an_empty_folder_may_be_there_already(tmp_path: Path) -> None:
    assert RunFolder.create(tmp_path, "point").path == tmp_path


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"^run folder .*/file/run: cannot be made \("):
        RunFolder.create(tmp_path / "file/run", "point")


def test_the_job_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    job, config = Job("my:Walker-v0"), quick(hidden_sizes=(3,), seed=9)
    assert RunFolder(tmp_path).save_job(job, config) == job
    assert RunFolder(tmp_path).load_job() == (job, config)


def test_the_users_contract_file_is_copied_into_the_run(tmp_path: Path) -> None:
    (tmp_path / "walker.yaml").write_text("name: walker")
    folder = RunFolder.create(tmp_path / "run", "Walker-v0")
    job = folder.save_job(Job("Walker-v0", str(tmp_path / "walker.yaml")), quick())
    assert job == Job("Walker-v0", str(tmp_path / "run/contract.yaml"))
    assert folder.load_job() == (job, quick())
    assert Path(job.contract_file).read_text() == "name: walker"


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError) as refused:
        RunFolder(tmp_path).load_job()
    assert str(refused.value) == (
        f"{tmp_path}: no training run is kept here. Name the folder that 'ddpg-ros train' printed, "
        "which holds a config.json."
    )


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"world": "point"}'])
def test_a_folder_with_another_config_is_refused(content: str, tmp_path: Path) -> None:
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
    with pytest.raises(CheckpointError, match=r"evaluation\.csv: the episodes of the evaluation"):
        folder.load_episodes()
    starts = (np.zeros(1), np.ones(1))
    outcomes = ('it said "no", twice\n', "")
    evaluation = Evaluation((7, 2**31), (0.1, -1 / 3), (4, 5), outcomes, (0.1, 0.0), starts)
    folder.save_evaluation(evaluation)
    assert folder.load_evaluation() == evaluation.summary()
    assert folder.load_episodes() == [
        FlownEpisode(7, 0.1, 4, outcomes[0]),
        FlownEpisode(2**31, -1 / 3, 5, ""),
    ]
