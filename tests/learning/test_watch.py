"""A run says what looks wrong with it: to whoever watches, in TensorBoard and in its folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from point_world import StopAfter, quick, trainer
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.metrics import read_metrics
from ddpg_ros.learning.reporting import Progress, Reporter
from ddpg_ros.learning.run_folder import RunFolder
from ddpg_ros.learning.telemetry import Telemetry
from ddpg_ros.learning.training import TrainingResult

SICK: dict[str, dict[str, Any]] = {
    "diverging": {"tau": 1.0, "critic_lr": 0.5, "gamma": 0.8, "hidden_sizes": (32, 32)},
    "saturated": {"actor_lr": 1.0, "updates_per_step": 2},
    "stalled": {"actor_lr": 0.0, "critic_lr": 0.0},
    "no-exploration": {"noise": "none"},
}
"""What makes a training on the point ill, by the sign that it should show."""


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
