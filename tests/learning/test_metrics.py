"""Metrics by step, on paper and for TensorBoard."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest
from point_world import QUICK, StopAfter, trainer
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.custom_scalar.layout_pb2 import Layout

from ddpg_ros.learning.metrics import COLUMNS, LAYOUT, Metrics, read_metrics, tag
from ddpg_ros.learning.training import TrainingResult


def steps(path: Path) -> list[int]:
    return [int(row["step"]) for row in read_metrics(path / "m.csv")]


def write(path: Path, first_step: int, *rows: int) -> None:
    metrics = Metrics(path / "m.csv", path / "tb", first_step)
    for step in rows:
        metrics.write(step, {"q": float(step)})
    metrics.close()


def test_a_row_has_a_cell_for_every_column_and_empty_ones_where_nothing_was_measured(
    tmp_path: Path,
) -> None:
    metrics = Metrics(tmp_path / "m.csv", tmp_path / "tb", 0)
    metrics.write(7, {"q": 1.25, "critic_loss": math.nan})
    (row,) = read_metrics(tmp_path / "m.csv")  # readable while the run goes on
    metrics.close()
    assert row == {**dict.fromkeys(COLUMNS, ""), "step": "7", "q": "1.25"}


def test_rows_after_the_checkpoint_are_dropped_on_resume(tmp_path: Path) -> None:
    write(tmp_path, 0, 10, 20, 30, 40)
    write(tmp_path, 20, 25, 30)
    assert steps(tmp_path) == [10, 20, 25, 30]
    with (tmp_path / "m.csv").open(newline="") as file:
        assert next(csv.reader(file)) == list(COLUMNS)


def test_tensorboard_shows_the_same(tmp_path: Path) -> None:
    write(tmp_path, 0, 10, 20, 21, 30)
    write(tmp_path, 20, 21, 40)
    events = EventAccumulator(str(tmp_path / "tb")).Reload()
    assert [(e.step, e.value) for e in events.Scalars(tag("q"))] == [
        (s, s) for s in (10, 20, 21, 40)
    ]


def test_tensorboard_shows_first_what_a_person_wants_to_see() -> None:
    tags = sorted(tag(column) for column in COLUMNS[1:])  # as TensorBoard sorts them
    assert [name.partition("/")[2] for name in tags[:4]] == [
        "episode_return",
        "evaluation_return",
        "q",
        "saturation",
    ]
    assert {name.partition("/")[2] for name in tags} == set(COLUMNS[1:])


def test_tensorboard_draws_together_what_belongs_together(tmp_path: Path) -> None:
    write(tmp_path, 0, 10)
    events = EventAccumulator(str(tmp_path / "tb")).Reload()
    (plugin,) = [n for n in events.summary_metadata if "custom_scalars" in n]
    layout = Layout.FromString(events.Tensors(plugin)[0].tensor_proto.string_val[0])
    (category,) = layout.category
    assert {category.title: {c.title: list(c.multiline.tag) for c in category.chart}} == {
        title: {name: tags for name, (_, tags) in charts.items()}
        for title, charts in LAYOUT.items()
    }
    known = {tag(column) for column in COLUMNS}
    assert {one for c in category.chart for one in c.multiline.tag} <= known


def test_there_are_no_metrics_where_there_is_no_file(tmp_path: Path) -> None:
    assert read_metrics(tmp_path / "m.csv") == []


def test_a_run_writes_a_row_every_interval_and_one_for_each_evaluation(
    finished: TrainingResult,
) -> None:
    rows = read_metrics(finished.folder.metrics)
    measured = [int(row["step"]) for row in rows if row["noise_std"]]
    evaluated = [int(row["step"]) for row in rows if row["evaluation_return"]]
    assert measured == list(range(50, QUICK.total_steps + 1, 50))
    assert evaluated == [120, 240, 360, 420]
    first, later = rows[0], rows[1]
    assert first["critic_loss"] == ""
    for column in ("critic_loss", "actor_loss", "q", "saturation", "noise_std", "episode_return"):
        assert math.isfinite(float(later[column]))
    assert float(rows[1]["noise_std"]) == pytest.approx(0.1)


def test_every_column_is_filled_by_some_row(finished: TrainingResult) -> None:
    rows = read_metrics(finished.folder.metrics)
    filled = {column for row in rows for column, value in row.items() if value}
    unsure = {"steps_per_second"}  # a short run may end before its speed is known
    assert filled | unsure == set(COLUMNS)


def test_a_resumed_run_writes_on_where_its_checkpoint_was(tmp_path: Path) -> None:
    trainer(tmp_path, request=StopAfter(110)).run()
    with (tmp_path / "metrics.csv").open("a") as file:
        file.write("115,,,,,,,,,,,,\r\n")
    trainer(tmp_path).run()
    rows = [int(row["step"]) for row in read_metrics(tmp_path / "metrics.csv")]
    assert rows == [50, 100, 120, 150, 200, 240, 250, 300, 350, 360, 400, 420]
