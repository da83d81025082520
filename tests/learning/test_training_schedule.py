"""When a training updates, evaluates, saves and ends."""

from __future__ import annotations

import contextlib
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from point_world import PowerLoss, PowerLossError, StopAfter, checkpoint, quick, trainer

from ddpg_ros.errors import ConfigError
from ddpg_ros.learning import run_log
from ddpg_ros.learning.evaluation import Evaluation
from ddpg_ros.learning.metrics import read_metrics
from ddpg_ros.learning.reporting import Progress, Reporter
from ddpg_ros.learning.run_folder import RunFolder
from ddpg_ros.learning.seeds import selection_seeds
from ddpg_ros.learning.stop_request import StopRequest


class Diary(Reporter):
    """Writes down what it hears."""

    def __init__(self) -> None:
        self.evaluations: list[tuple[int, Evaluation, bool]] = []
        self.heard: list[Progress] = []
        self.closed = False

    def evaluated(self, step: int, evaluation: Evaluation, best: bool) -> None:
        self.evaluations.append((step, evaluation, best))

    def progress(self, progress: Progress) -> None:
        self.heard.append(progress)

    def close(self) -> None:
        self.closed = True


def updates(path: Path) -> int:
    return int(checkpoint(path)["ddpg"]["critic_optimiser"]["count"])


@pytest.mark.parametrize(
    ("steps", "options", "expected"),
    [
        (61, {}, 1),
        (100, {"updates_per_step": 3}, 120),
        (120, {"num_envs": 3}, 60),
        (120, {"num_envs": 3, "updates_per_step": 2}, 120),
        (100, {"updates_per_step": 0.25}, 10),
        (120, {"num_envs": 3, "updates_per_step": 0.5}, 30),
        (100, {"batch_size": 80, "buffer_size": 80}, 20),
    ],
)
def test_there_are_as_many_updates_as_steps_after_the_warm_up(
    steps: int, options: dict[str, Any], expected: int, tmp_path: Path
) -> None:
    trainer(tmp_path, quick(total_steps=steps, evaluation_interval=1000, **options)).run()
    assert updates(tmp_path) == expected


@pytest.mark.parametrize("steps", [61, 64])
@pytest.mark.parametrize("updates_per_step", [0.1, 0.5, 1])
@pytest.mark.parametrize("num_envs", [1, 3, 7, 100])
def test_a_run_that_would_learn_nothing_is_refused(
    num_envs: int, updates_per_step: float, steps: int, tmp_path: Path
) -> None:
    options = {"num_envs": num_envs, "updates_per_step": updates_per_step}
    with contextlib.suppress(ConfigError):
        trainer(tmp_path, quick(total_steps=steps, **options)).run()
        assert updates(tmp_path) > 0


def test_with_a_delay_the_actor_learns_less_often_than_the_critic(tmp_path: Path) -> None:
    trainer(tmp_path, quick(total_steps=100, policy_delay=3)).run()
    ddpg = checkpoint(tmp_path)["ddpg"]
    counts = [int(ddpg[f"{name}_optimiser"]["count"]) for name in ("critic", "actor")]
    assert counts == [40, 14]


def measured(path: Path) -> list[dict[str, str]]:
    """What was found at each step whose update was measured."""
    rows = read_metrics(path / "metrics.csv")
    loud = [row for row in rows if row["critic_loss"]]
    return [{k: v for k, v in row.items() if k != "steps_per_second"} for row in loud]


def test_every_tenth_update_is_measured_as_if_the_run_had_never_stopped(tmp_path: Path) -> None:
    config = quick(total_steps=100, log_interval=1)
    trainer(tmp_path / "whole", config).run()
    assert [row["step"] for row in measured(tmp_path / "whole")] == ["61", "71", "81", "91"]
    for looks in (66, 20, 1000):
        trainer(tmp_path / "parts", config, request=StopAfter(looks)).run()
    assert measured(tmp_path / "parts") == measured(tmp_path / "whole")


def test_episodes_end_a_run_before_its_steps_do(tmp_path: Path) -> None:
    run = trainer(tmp_path, quick(episodes=4))
    assert run.run()
    assert run.episodes == 4
    assert run.step < 4 * 20 + 1


def test_it_evaluates_at_every_interval_and_at_the_end_and_keeps_the_best(tmp_path: Path) -> None:
    diary = Diary()
    run = trainer(tmp_path, reporter=diary)
    run.run()
    assert [step for step, *_ in diary.evaluations] == [120, 240, 360, 420]
    means = [evaluation.mean for _, evaluation, _ in diary.evaluations]
    records = [mean == max(means[: i + 1]) for i, mean in enumerate(means)]
    assert [best for *_, best in diary.evaluations] == records
    assert run.selection.best["mean"] == max(means)
    assert run.selection.best["step"] == diary.evaluations[int(np.argmax(means))][0]
    assert diary.evaluations[0][1].seeds == tuple(selection_seeds(2))
    assert diary.closed


def test_the_end_is_not_evaluated_twice(tmp_path: Path) -> None:
    diary = Diary()
    run = trainer(tmp_path, quick(total_steps=240), reporter=diary)
    run.run()
    again = trainer(tmp_path, quick(total_steps=240), reporter=diary)
    assert again.run()
    assert [step for step, *_ in diary.evaluations] == [120, 240]


@pytest.mark.parametrize("asked", [True, False])
def test_a_checkpoint_is_written_when_asked_for(asked: bool, tmp_path: Path) -> None:
    request = PowerLoss(100)
    request.checkpoint = asked
    with pytest.raises(PowerLossError):
        trainer(tmp_path, request=request).run()
    assert RunFolder(tmp_path).checkpoint.exists() == asked
    assert not request.checkpoint


def test_a_run_that_was_asked_to_stop_ends_at_the_next_step(tmp_path: Path) -> None:
    request = StopRequest()
    request.ask()
    assert not trainer(tmp_path, request=request).run()
    assert checkpoint(tmp_path)["step"] == 0


def test_progress_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_log, "_PROGRESS_SECONDS", 0.0)
    diary = Diary()
    trainer(tmp_path, quick(total_steps=90, num_envs=3), reporter=diary).run()
    assert [told.step for told in diary.heard] == list(range(3, 91, 3))
    assert {told.total_steps for told in diary.heard} == {90}
    assert diary.heard[-1].episodes >= 3
    assert diary.heard[-1].steps_per_second > 0
    assert [math.isnan(told.q) for told in diary.heard] == [True] * 20 + [False] * 10
