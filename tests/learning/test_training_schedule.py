"""When a training updates, evaluates, saves and ends."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from point_world import PowerLoss, PowerLossError, checkpoint, quick, trainer

from ddpg_ros.learning import loop
from ddpg_ros.learning.evaluation import Evaluation
from ddpg_ros.learning.loop import StopRequest
from ddpg_ros.learning.reporting import Progress, Reporter
from ddpg_ros.learning.run_folder import RunFolder
from ddpg_ros.learning.seeds import selection_seeds


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
    state = checkpoint(path)["ddpg"]["critic_optimiser"]["state"]
    return int(state[0]["step"]) if state else 0


@pytest.mark.parametrize(
    ("steps", "options", "expected"),
    [
        (61, {}, 1),
        (100, {"updates_per_step": 3}, 120),
        (120, {"num_envs": 3}, 60),
        (120, {"num_envs": 3, "updates_per_step": 2}, 120),
        (100, {"batch_size": 80, "buffer_size": 80}, 21),
    ],
)
def test_there_are_as_many_updates_as_steps_after_the_warm_up(
    steps: int, options: dict[str, int], expected: int, tmp_path: Path
) -> None:
    trainer(tmp_path, quick(total_steps=steps, evaluation_interval=1000, **options)).run()
    assert updates(tmp_path) == expected


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
    monkeypatch.setattr(loop, "_PROGRESS_SECONDS", 0.0)
    diary = Diary()
    trainer(tmp_path, quick(total_steps=90, num_envs=3), reporter=diary).run()
    assert [told.step for told in diary.heard] == list(range(3, 91, 3))
    assert {told.total_steps for told in diary.heard} == {90}
    assert diary.heard[-1].episodes >= 3
    assert diary.heard[-1].steps_per_second > 0
    assert [math.isnan(told.q) for told in diary.heard] == [True] * 20 + [False] * 10
