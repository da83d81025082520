"""The loop: act, step, remember, learn, report, each at its time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from point_world import PointWorld, checkpoint, quick, trainer

from ddpg_ros.errors import ConfigError
from ddpg_ros.learning.evaluation import Evaluation, evaluate
from ddpg_ros.learning.loop import StopRequest
from ddpg_ros.learning.reporting import Progress, Reporter
from ddpg_ros.learning.seeds import evaluation_seeds, selection_seeds


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


def test_the_point_is_brought_to_zero_within_1500_steps(tmp_path: Path) -> None:
    config = quick(
        total_steps=1500,
        warmup_steps=200,
        hidden_sizes=(32, 32),
        batch_size=64,
        gamma=0.9,
        tau=0.02,
        noise_std=0.3,
        noise_std_final=0.3,
        evaluation_interval=1500,
    )
    world, seeds = PointWorld(), evaluation_seeds(50)
    run = trainer(tmp_path, config)
    before = evaluate(run.policy, world, seeds)
    assert run.run()
    learned = evaluate(run.policy, world, seeds)
    optimal = evaluate(lambda x: np.clip(-x / 0.2, -1, 1), world, seeds)
    assert before is not None
    assert learned is not None
    assert optimal is not None
    assert before.mean < -3.0
    assert learned.mean > optimal.mean - 0.15


@pytest.mark.parametrize(
    ("steps", "options", "expected"),
    [
        (60, {}, 0),
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


def test_the_warm_up_acts_uniformly_and_then_the_policy_acts(tmp_path: Path) -> None:
    config = quick(total_steps=260, warmup_steps=200, noise="none", actor_lr=0.0)
    trainer(tmp_path, config).run()
    actions = checkpoint(tmp_path)["replay"]["columns"]["actions"][:, 0]
    counts = torch.histc(actions[:200], bins=4, min=-1, max=1)
    assert (counts > 30).all()
    assert (actions[200:].abs() < 0.05).all()


def test_noise_is_added_to_the_policys_actions_and_stays_within_the_limits(tmp_path: Path) -> None:
    loud = {"noise_std": 2.0, "noise_std_final": 2.0, "actor_lr": 0.0}
    trainer(tmp_path, quick(warmup_steps=0, total_steps=200, **loud)).run()
    actions = checkpoint(tmp_path)["replay"]["columns"]["actions"]
    assert float(actions.abs().max()) == 1.0
    assert 0.4 < float((actions.abs() == 1.0).float().mean()) < 0.8


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
    assert run.best["mean"] == max(means)
    assert run.best["step"] == diary.evaluations[int(np.argmax(means))][0]
    assert diary.evaluations[0][1].seeds == tuple(selection_seeds(2))
    assert diary.closed


def test_the_end_is_not_evaluated_twice(tmp_path: Path) -> None:
    diary = Diary()
    run = trainer(tmp_path, quick(total_steps=240), reporter=diary)
    run.run()
    again = trainer(tmp_path, quick(total_steps=240), reporter=diary)
    assert again.run()
    assert [step for step, *_ in diary.evaluations] == [120, 240]


def test_a_checkpoint_is_written_when_asked_for(tmp_path: Path) -> None:
    request = StopRequest()
    request.checkpoint = True
    run = trainer(tmp_path, request=request)
    run.run()
    assert not request.checkpoint


def test_a_device_that_is_not_there_is_refused(tmp_path: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("there is one here")
    with pytest.raises(ConfigError, match=r"^device: torch finds no CUDA device here\."):
        trainer(tmp_path, quick(device="cuda"))
    trainer(tmp_path, quick(device="auto")).close()
