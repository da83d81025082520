"""What seeds have in common, as CSV and as a figure that says what it was made from."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from point_world import QUICK

from ddpg_ros.learning.study.figure import describe, draw_study
from ddpg_ros.learning.study.outcome import MEASURED, Outcome, Row
from ddpg_ros.learning.study.study import Study, Variant
from ddpg_ros.learning.study.summary import VariantSummary
from ddpg_ros.learning.study.tables import (
    CURVE_COLUMNS,
    SUMMARY_COLUMNS,
    write_curves,
    write_summary,
)
from ddpg_ros.learning.study.training import Training

QUIET = dict.fromkeys(MEASURED, 0.25)


def outcome(*scores: float, error: str = "", largest_q: float = 1.0) -> Outcome:
    rows = (Row(100 * (i + 1), score, QUIET) for i, score in enumerate(scores))
    return Outcome(tuple(rows), largest_q, 2.0, error, 1.0, "c0ffee" * 6)


FOUND = {
    "good": [outcome(*(float(s) for s in range(seed, seed + 8))) for seed in range(4)],
    "bad": [
        outcome(1, 2, 3, 4, 5, 6, 7, 8),
        outcome(1, 2, 3, 4, 5, 6, 7, 10, largest_q=2.5),
        outcome(4, error="not finite"),
        outcome(error="not finite"),
    ],
}
STUDY = Study(
    "tiny", "Which?", "point", "", "", tuple(Variant(name, QUICK) for name in FOUND), seeds=4
)
SUMMARIES = [VariantSummary(name, outcomes) for name, outcomes in FOUND.items()]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_scores_are_of_the_last_quarter_of_all_and_of_the_best() -> None:
    good = SUMMARIES[0]
    np.testing.assert_array_equal(good.steps, range(100, 900, 100))
    np.testing.assert_allclose(good.curve.value, np.arange(8) + 1.5)
    assert good.final.value[0] == pytest.approx(6.5 + 1.5)
    assert good.overall.value[0] == pytest.approx(3.5 + 1.5)
    assert good.best.value[0] == pytest.approx(7 + 1.5)
    assert good.final.low[0] < good.final.value[0] < good.final.high[0]
    assert (good.diverged, good.stopped, good.q_over_bound) == (0, 0, 0.5)


def test_a_training_that_stopped_keeps_its_last_score_and_one_without_any_is_left_out() -> None:
    bad = SUMMARIES[1]
    assert len(bad.steps) == 8
    assert bad.curve.value[-1] == pytest.approx((8 + 10 + 4) / 3)
    assert bad.final.value[0] == pytest.approx((7.5 + 8.5 + 4) / 3)
    assert (bad.diverged, bad.stopped) == (3, 2)
    assert bad.at_end("saturation") == 0.25


def test_a_variant_of_which_nothing_came_has_no_score() -> None:
    nothing = VariantSummary("none", [outcome(error="not finite")] * 2)
    assert math.isnan(nothing.final.value[0])
    assert (nothing.diverged, nothing.steps.tolist()) == (2, [0])


def test_the_summary_has_a_row_for_each_variant_with_steps_seeds_and_commit(
    tmp_path: Path,
) -> None:
    write_summary(tmp_path / "tiny.csv", STUDY, SUMMARIES)
    good, bad = rows(tmp_path / "tiny.csv")
    assert tuple(good) == SUMMARY_COLUMNS
    known = {"study": "tiny", "world": "point", "variant": "good", "steps": "420", "seeds": "4"}
    assert {name: good[name] for name in known} == known
    assert (good["final_worst"], good["final_best"]) == ("6.5", "9.5")
    assert (bad["final_worst"], bad["final_best"]) == ("4", "8.5")
    assert (good["final"], good["commit"], good["diverged"]) == ("8", "c0ffee" * 6, "0")
    assert (bad["diverged"], bad["stopped"], bad["saturation"]) == ("3", "2", "0.25")


def test_the_curves_have_a_row_for_each_evaluation_of_each_training(tmp_path: Path) -> None:
    trained = [
        (Training(name, "point", "", dataclasses.replace(QUICK, seed=seed)), found)
        for name, outcomes in FOUND.items()
        for seed, found in enumerate(outcomes)
    ]
    write_curves(tmp_path / "curves.csv", STUDY, trained)
    written = rows(tmp_path / "curves.csv")
    assert tuple(written[0]) == CURVE_COLUMNS
    assert len(written) == 4 * 8 + 2 * 8 + 1
    last = written[-1]
    assert (last["variant"], last["seed"], last["step"], last["return"]) == ("bad", "2", "100", "4")
    assert (last["stopped"], last["diverged"], last["q"]) == ("1", "1", "0.25")


@pytest.mark.parametrize("varies", ["", "tau"])
def test_the_figure_says_what_it_shows_and_which_table_it_was_made_with(
    varies: str, tmp_path: Path
) -> None:
    table, picture = tmp_path / "tiny.csv", tmp_path / "tiny.png"
    write_summary(table, STUDY, SUMMARIES)
    nothing = VariantSummary("none", [outcome(error="not finite")] * 4)
    study = dataclasses.replace(STUDY, varies=varies)
    draw_study(picture, study, [*SUMMARIES, nothing], table)
    with Image.open(picture) as image:
        said = image.text  # type: ignore[attr-defined]
        assert image.size[0] > 800
    assert said["Source"] == hashlib.sha256(table.read_bytes()).hexdigest()
    assert said["Description"] == (
        "point, 420 steps, 4 seeds: interquartile mean, bootstrap 95 % interval, a look, not "
        "evidence; commit c0ffeec0"
    )


@pytest.mark.parametrize(
    ("seeds", "said"),
    [
        (1, "1 seed: no interval, a look, not evidence;"),
        (2, "2 seeds: interquartile mean, bootstrap 95 % interval, a look, not evidence;"),
        (5, "5 seeds: interquartile mean, bootstrap 95 % interval;"),
    ],
)
def test_few_seeds_are_called_a_look(seeds: int, said: str) -> None:
    told = describe(dataclasses.replace(STUDY, seeds=seeds), SUMMARIES)
    assert told == f"point, 420 steps, {said} commit c0ffeec0"
