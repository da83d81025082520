"""A training that is killed loses only the time since a checkpoint; one that is stopped says so."""

from __future__ import annotations

import dataclasses
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from point_world import leaves

from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.job import Job
from ddpg_ros.learning.reporting import Reporter
from ddpg_ros.learning.run_folder import RunFolder
from ddpg_ros.learning.stop_request import StopRequest
from ddpg_ros.learning.training import start_training

TRAIN = (sys.executable, "-m", "ddpg_ros.cli", "train")
CONFIG = DdpgConfig(
    total_steps=1500,
    warmup_steps=100,
    hidden_sizes=(16, 16),
    batch_size=32,
    noise="ornstein_uhlenbeck",
    evaluation_interval=400,
    evaluation_episodes=1,
    final_episodes=1,
    checkpoint_seconds=0.1,
)
DEADLINE = 60.0


def killed_after_a_checkpoint(arguments: list[str], checkpoint: Path, delay: float) -> int:
    """Train, wait for the next checkpoint and ``delay`` [s] more, kill; the exit code."""
    before = checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0
    process = subprocess.Popen([*TRAIN, *arguments], stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + DEADLINE
    while not checkpoint.exists() or checkpoint.stat().st_mtime_ns == before:
        assert process.poll() is None, "the training ended before it could be killed"
        assert time.monotonic() < deadline, "no checkpoint came"
        time.sleep(0.002)
    time.sleep(delay)
    process.kill()
    return process.wait(DEADLINE)


def test_a_run_killed_three_times_ends_as_one_that_was_not(tmp_path: Path) -> None:
    whole, parts = RunFolder(tmp_path / "whole"), RunFolder(tmp_path / "parts")
    unhurried = dataclasses.replace(CONFIG, checkpoint_seconds=1e6)
    finished = start_training(
        Job("pendulum"), unhurried, str(whole.path), Reporter(), StopRequest()
    )
    assert finished.evaluation is not None

    resume, kept = ["--resume", str(parts.path)], []
    config_file = tmp_path / "config.yaml"
    config_file.write_text(json.dumps(CONFIG.to_dict()))
    first = ["pendulum", "--run", str(parts.path), "--config", str(config_file)]
    for number, delay in enumerate(np.random.default_rng(0).uniform(0.0, 0.05, size=3)):
        code = killed_after_a_checkpoint(resume if number else first, parts.checkpoint, delay)
        assert code == -signal.SIGKILL
        kept.append(torch.load(parts.checkpoint, weights_only=True)["step"])
    assert kept == sorted(set(kept))
    assert kept[-1] < CONFIG.total_steps
    subprocess.run([*TRAIN, *resume], check=True, stdout=subprocess.DEVNULL, timeout=DEADLINE)

    one, other = (dict(leaves(torch.load(f.checkpoint, weights_only=True))) for f in (whole, parts))
    assert one["/step"] == CONFIG.total_steps
    assert [path for path in one if one[path] != other.get(path)] == []
    assert one.keys() == other.keys()
    assert parts.load_evaluation() == whole.load_evaluation()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_training_that_is_stopped_says_how_to_go_on_and_does_not_call_it_success(
    tmp_path: Path, number: signal.Signals
) -> None:
    command = [*TRAIN, "pendulum", "--run", str(tmp_path / "run")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert any(" steps " in line for line in process.stdout)
        process.send_signal(number)
        *_, last = process.stdout.read().splitlines()
        assert process.wait(DEADLINE) == 130
    assert last.endswith(f"go on: ddpg-ros train --resume {tmp_path / 'run'}")
    assert RunFolder(tmp_path / "run").checkpoint.exists()
