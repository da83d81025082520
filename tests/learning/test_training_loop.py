"""The loop: act, step, remember, learn, report, each at its time."""

from __future__ import annotations

import copy
import platform
from pathlib import Path

import numpy as np
import pytest
import torch
from point_world import PointWorld, checkpoint, leaves, quick, remembered, trainer

from ddpg_ros.errors import ConfigError
from ddpg_ros.learning.ddpg import Ddpg
from ddpg_ros.learning.evaluation import evaluate
from ddpg_ros.learning.replay import Batch
from ddpg_ros.learning.seeds import evaluation_seeds


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
    before = evaluate(run.selection.policy, world, seeds)
    assert run.run()
    learned = evaluate(run.selection.policy, world, seeds)
    optimal = evaluate(lambda x: np.clip(-x / 0.2, -1, 1), world, seeds)
    assert before is not None
    assert learned is not None
    assert optimal is not None
    assert before.mean < -3.0
    assert learned.mean > optimal.mean - 0.15


def test_the_warm_up_acts_uniformly_and_then_the_policy_acts(tmp_path: Path) -> None:
    config = quick(total_steps=260, warmup_steps=200, noise="none", actor_lr=0.0)
    trainer(tmp_path, config).run()
    actions = remembered(tmp_path).actions[:, 0]
    counts = torch.histc(actions[:200], bins=4, min=-1, max=1)
    assert (counts > 30).all()
    assert int(counts.sum()) == 200
    assert (actions[200:].abs() < 0.05).all()


def test_noise_is_added_to_the_policys_actions_and_stays_within_the_limits(tmp_path: Path) -> None:
    loud = {"noise_std": 2.0, "noise_std_final": 2.0, "actor_lr": 0.0}
    trainer(tmp_path, quick(warmup_steps=0, total_steps=200, **loud)).run()
    actions = remembered(tmp_path).actions
    assert float(actions.abs().max()) == 1.0
    assert 0.4 < float((actions.abs() == 1.0).float().mean()) < 0.8


def test_a_step_learns_from_what_was_remembered_before_it_and_acts_as_was_learned_before(
    tmp_path: Path,
) -> None:
    config = quick(total_steps=2, warmup_steps=0, batch_size=1, noise="none")
    run = trainer(tmp_path, config)
    twin = Ddpg(1, 1, config)
    twin.restore(copy.deepcopy(run.ddpg.state()))
    run.run()
    memory = remembered(tmp_path)
    first = Batch(*(column[:1] for column in memory))
    np.testing.assert_array_equal(twin.networks.act(first.observations.numpy()), first.actions)
    twin.networks.normaliser.see(first.observations.numpy())
    second = memory.observations[1:].numpy()
    np.testing.assert_array_equal(twin.networks.act(second), memory.actions[1:])
    twin.update(first)
    twin.networks.normaliser.see(second)
    assert dict(leaves(twin.state())) == dict(leaves(checkpoint(tmp_path)["ddpg"]))


def test_torch_computes_with_as_many_threads_as_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")  # where no process helps
    for threads in (2, 1):
        trainer(tmp_path, quick(threads=threads)).close()
        assert torch.get_num_threads() == threads


def test_a_device_that_is_not_there_is_refused(tmp_path: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("there is one here")
    with pytest.raises(ConfigError, match=r"^device: torch finds no CUDA device here\."):
        trainer(tmp_path, quick(device="cuda"))
    trainer(tmp_path, quick(device="auto")).close()
