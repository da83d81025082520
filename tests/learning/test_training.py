"""A whole training, from an empty folder to a policy file, and what it says when it cannot."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from point_world import QUICK, PointWorld, StopAfter, checkpoint, quick

from ddpg_ros.deploy import OnnxPolicy
from ddpg_ros.errors import ConfigError, WorldError
from ddpg_ros.learning.evaluation import evaluate
from ddpg_ros.learning.job import Job
from ddpg_ros.learning.provenance import describe_origin
from ddpg_ros.learning.reporting import Reporter
from ddpg_ros.learning.run_folder import RunFolder
from ddpg_ros.learning.seeds import evaluation_seeds
from ddpg_ros.learning.stop_request import StopRequest
from ddpg_ros.learning.training import TrainingResult, resume_training, start_training
from ddpg_ros.worlds import WORLDS, PeriodEnd


class Listener(Reporter):
    """Keeps the messages."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def message(self, text: str) -> None:
        self.messages.append(text)


def resumed(folder: RunFolder, request: StopRequest | None = None) -> TrainingResult:
    return resume_training(str(folder.path), Reporter(), request or StopRequest())


def test_it_leaves_everything_a_run_is(finished: TrainingResult) -> None:
    folder = finished.folder
    for path in (folder.config, folder.checkpoint, folder.metrics, folder.learning_curve):
        assert path.is_file()
    for path in (folder.evaluation, folder.episodes, folder.report, folder.report_data):
        assert path.is_file()
    assert any(folder.tensorboard.iterdir())
    assert folder.load_job() == (Job("point"), QUICK)
    assert 0 < finished.seconds < 60
    assert not folder.diverged_batch.exists()


def test_the_evaluation_is_of_the_best_policy_on_unseen_seeds(finished: TrainingResult) -> None:
    assert finished.evaluation is not None
    assert finished.evaluation.seeds == tuple(evaluation_seeds(QUICK.final_episodes))
    assert finished.folder.load_evaluation() == finished.evaluation.summary()
    policy = OnnxPolicy.load(finished.folder.policy)
    flown = evaluate(policy.act, PointWorld(), evaluation_seeds(QUICK.final_episodes))
    assert flown is not None
    assert flown.returns == pytest.approx(finished.evaluation.returns, rel=1e-4)


def test_the_policy_file_says_where_it_comes_from(finished: TrainingResult) -> None:
    provenance = OnnxPolicy.load(finished.folder.policy).metadata.provenance
    origin = describe_origin()
    when = provenance.pop("exported_at")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", when)
    origin.pop("exported_at")
    assert provenance == {
        "world": "point",
        "contract_file": "",
        "randomisation": {},
        "run": "point",
        "steps": checkpoint(finished.folder.path)["selection"]["best"]["step"],
        "seed": QUICK.seed,
        "config": QUICK.to_dict(),
        "evaluation": json.loads(finished.folder.evaluation.read_text()),
        **origin,
    }


def test_a_finished_run_that_is_resumed_says_the_same_again(
    copied: RunFolder, finished: TrainingResult
) -> None:
    copied.policy.unlink()
    again = resumed(copied)
    assert again.evaluation is not None
    assert finished.evaluation is not None
    assert again.evaluation.returns == finished.evaluation.returns
    assert OnnxPolicy.load(copied.policy).metadata.provenance["run"] == "run"


def test_a_run_stopped_in_its_last_evaluation_is_not_finished(copied: RunFolder) -> None:
    copied.policy.unlink()
    assert resumed(copied, StopAfter(10)).evaluation is None
    assert not copied.policy.exists()


def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path) -> None:
    job, path, listener = Job("point"), str(tmp_path / "run"), Listener()
    stopped = start_training(job, QUICK, path, listener, StopAfter(100))
    assert stopped.evaluation is None
    assert resume_training(path, listener, StopRequest()).evaluation is not None
    first, *introduced, at, last = listener.messages
    again = introduced.index(first)
    assert first == f"run folder: {path}"
    assert introduced[:again] == introduced[again + 1 :] != []
    assert at == "resuming at step 99"
    assert last.startswith("best policy, unseen seeds: return ")


def test_it_says_at_first_what_it_trains_with_what_and_where_to_watch(tmp_path: Path) -> None:
    path, listener = str(tmp_path / "run"), Listener()
    start_training(Job("point"), quick(gamma=0.9), path, listener, StopAfter(1))
    _, world, hyperparameters, watch = listener.messages
    assert world == "point: reads 1 elements, drives 1, every 0.2 s"
    assert hyperparameters.startswith("hyperparameters: total_steps 420, warmup_steps 60, ")
    assert "gamma 0.9," in hyperparameters
    assert "tau" not in hyperparameters
    assert watch == f"watch it: tensorboard --logdir {path}/tensorboard"


def test_a_run_that_learned_nothing_ends_by_saying_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Unrewarded(PointWorld):
        """The point, whatever it does."""

        def _advance(self, command: Any) -> PeriodEnd:
            return dataclasses.replace(super()._advance(command), reward=0.0)

    monkeypatch.setitem(WORLDS, "unrewarded", Unrewarded)
    warnings: list[str] = []
    reporter = Reporter()
    monkeypatch.setattr(reporter, "warning", warnings.append)
    job, path = Job("unrewarded"), str(tmp_path / "run")
    result = start_training(job, QUICK, path, reporter, StopRequest())
    found, unlearned, signs = warnings
    assert " steps, no-reward: Every reward in " in found
    assert unlearned.startswith(
        f"Every reward in {QUICK.total_steps:,} steps was 0. Look at the reward function first. "
    )
    assert unlearned.endswith(" See docs/ddpg.md#when-it-does-not-learn.")
    assert signs == f"looked wrong while it trained: no-reward; see {result.folder.health}"


def test_an_unknown_world_leaves_no_folder(tmp_path: Path) -> None:
    path = tmp_path / "run"
    with pytest.raises(WorldError, match=r"^world 'nowhere': "):
        start_training(Job("nowhere"), QUICK, str(path), Reporter(), StopRequest())
    assert not path.exists()


def test_a_device_that_is_not_there_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    path, config = tmp_path / "run", dataclasses.replace(QUICK, device="cuda")
    with pytest.raises(ConfigError, match="finds no CUDA device here"):
        start_training(Job("point"), config, str(path), Reporter(), StopRequest())
    assert not path.exists()


def test_a_folder_with_a_run_is_not_trained_over(copied: RunFolder) -> None:
    with pytest.raises(ConfigError, match="holds a run already"):
        start_training(Job("point"), QUICK, str(copied.path), Reporter(), StopRequest())
