"""A run says what looks wrong with it: to whoever watches, in TensorBoard and in its folder."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from point_world import StopAfter, quick, trainer
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.health import Health
from ddpg_ros.learning.metrics import read_metrics
from ddpg_ros.learning.presets import load_preset
from ddpg_ros.learning.reporting import Progress, Reporter
from ddpg_ros.learning.run_folder import RunFolder
from ddpg_ros.learning.telemetry import Telemetry
from ddpg_ros.learning.training import TrainingResult
from ddpg_ros.worlds import make_world

SICK: dict[str, dict[str, Any]] = {
    "saturated": {"actor_lr": 1.0, "updates_per_step": 2},
    "stalled": {"actor_lr": 0.0, "critic_lr": 0.0},
    "no-exploration": {"noise": "none"},
}
"""What makes a training on the point ill, by the sign that it should show."""


DIVERGING = DdpgConfig(
    total_steps=700,
    warmup_steps=300,
    batch_size=128,
    hidden_sizes=(64, 64),
    gamma=0.98,
    tau=1.0,
    critic_lr=0.03,
    actor_lr=0.01,
    log_interval=50,
    evaluation_interval=10_000,
    evaluation_episodes=1,
)
"""No targets and rates thirty times too high."""


RECORDED = {
    "healthy0": ({"seed": 0}, []),
    "healthy1": ({"seed": 1}, []),
    "healthy2": ({"seed": 2}, []),
    "diverging": (
        {"total_steps": 5000, "tau": 1.0, "critic_lr": 0.03, "actor_lr": 0.01},
        ["diverging", "saturated", "stalled"],
    ),
    "saturated": ({"total_steps": 5000, "actor_lr": 0.1}, ["saturated", "stalled"]),
    "stalled": (
        {"total_steps": 5000, "actor_lr": 0.0, "critic_lr": 0.0, "noise": "none"},
        ["no-exploration", "stalled"],
    ),
}
"""Whole trainings on the pendulum: what differs from its preset, and the signs they should show."""


def sick(sign: str) -> DdpgConfig:
    return quick(log_interval=20, evaluation_interval=60, **SICK[sign])


class Listener(Reporter):
    def __init__(self) -> None:
        self.warnings: list[str] = []
        self.progresses: list[Progress] = []

    def warning(self, text: str) -> None:
        self.warnings.append(text)

    def progress(self, progress: Progress) -> None:
        self.progresses.append(progress)


def signs(path: Path) -> list[str]:
    return [finding["sign"] for finding in RunFolder(path).load_findings()]


@pytest.mark.parametrize("sign", SICK)
def test_a_training_that_is_made_ill_says_so(sign: str, tmp_path: Path) -> None:
    listener = Listener()
    trainer(tmp_path, sick(sign), reporter=listener).run()
    assert sign in signs(tmp_path)
    told = [text for text in listener.warnings if f" steps, {sign}: " in text]
    assert len(told) == signs(tmp_path).count(sign)
    assert told[0].endswith(f" See docs/ddpg.md#{sign}.")
    tensorboard = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    shown = tensorboard.Tensors(f"health/{sign}/text_summary")[0]
    text = shown.tensor_proto.string_val[0].decode()
    assert f"{shown.step:,} steps, {text}" == told[0]
    (mark,) = [tag for tag in tensorboard.Tags()["scalars"] if f"LOOK_{sign}_" in tag]
    first = min(tensorboard.Tags()["scalars"])
    assert first.startswith("1_return/LOOK_")
    seen = tensorboard.Scalars(mark)[0]
    assert (seen.step, seen.value) == (shown.step, 1.0)


def test_a_pendulum_whose_values_run_away_says_so(tmp_path: Path) -> None:
    run = trainer(tmp_path, DIVERGING, world=lambda: make_world("pendulum"))
    run.run()
    assert "diverging" in signs(tmp_path)


@pytest.mark.parametrize("name", RECORDED)
def test_a_whole_training_shows_the_signs_it_should(name: str) -> None:
    changes, expected = RECORDED[name]
    health = Health(dataclasses.replace(load_preset("pendulum"), **changes))
    heard = []
    for row in read_metrics(Path(__file__).parent / "recorded" / f"{name}.csv"):
        values = {column: float(cell) for column, cell in row.items() if cell}
        heard += [finding.sign for finding in health.hear(int(row["step"]), values)]
    assert heard == expected


def test_a_training_that_is_well_says_nothing(finished: TrainingResult) -> None:
    assert finished.folder.health.read_text() == "[]\n"
    assert finished.folder.load_findings() == []


def test_a_resumed_run_finds_what_the_whole_one_finds_and_says_it_once(tmp_path: Path) -> None:
    config, whole, again = sick("stalled"), Listener(), Listener()
    trainer(tmp_path / "whole", config, reporter=whole).run()
    trainer(tmp_path / "parts", config, request=StopAfter(520), reporter=again).run()
    before = list(again.warnings)
    trainer(tmp_path / "parts", config, reporter=again).run()
    assert len(before) > 0
    assert again.warnings == whole.warnings
    found = [RunFolder(tmp_path / name).load_findings() for name in ("parts", "whole")]
    assert found[0] == found[1]


def test_what_looks_wrong_is_told_with_the_progress() -> None:
    progress = Telemetry().progress(1, 2, 0, noise_std=0.25, ill="stalled")
    assert (progress.noise_std, progress.ill) == (0.25, "stalled")


def test_hyperparameters_are_shown_as_a_table(finished: TrainingResult) -> None:
    events = EventAccumulator(str(finished.folder.tensorboard)).Reload()
    text = events.Tensors("hyperparameters/text_summary")[0].tensor_proto.string_val[0].decode()
    assert "| batch_size | **16** | 256 |" in text
    assert "| gamma | 0.99 | 0.99 |" in text


def test_the_largest_reward_of_a_row_is_that_of_its_steps(finished: TrainingResult) -> None:
    rows = [row for row in read_metrics(finished.folder.metrics) if row["noise_std"]]
    sizes = [float(row["largest_reward"]) for row in rows]
    assert all(0.0 < size <= 1.4**2 for size in sizes)
    assert len(set(sizes)) > 1
