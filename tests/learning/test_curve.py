"""The learning curve is a picture of what the metrics say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ddpg_ros.learning.curve import draw_learning_curve
from ddpg_ros.learning.metrics import Metrics
from ddpg_ros.learning.training import TrainingResult

NOISY = {"episode_return": 1.0}
EVALUATED = {"evaluation_return": 2.0, "evaluation_confidence": 0.5}


def drawn(path: Path, *rows: dict[str, float], title: str = "DDPG on point") -> np.ndarray:
    metrics = Metrics(path / "m.csv", path / "tb", 0)
    for step, row in enumerate(rows):
        metrics.write(step, row)
    metrics.close()
    draw_learning_curve(path / "m.csv", path / "curve.png", title)
    assert (path / "curve.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    with Image.open(path / "curve.png") as image:
        return np.asarray(image.convert("RGB")).astype(int)


def blue(picture: np.ndarray) -> int:
    """Number of pixels in the colour of the evaluations, and of their lighter interval."""
    return int((picture[..., 2] - picture[..., 0] > 30).sum())


@pytest.mark.parametrize(
    ("rows", "shows_evaluations"),
    [
        ((), False),
        ((NOISY, NOISY), False),
        ((EVALUATED, EVALUATED), True),
        ((NOISY, EVALUATED, NOISY, EVALUATED), True),
    ],
)
def test_it_shows_what_there_is(
    rows: tuple[dict[str, float], ...], shows_evaluations: bool, tmp_path: Path
) -> None:
    picture = drawn(tmp_path, *rows)
    assert picture.shape == (480, 840, 3)
    assert (blue(picture) > 100) == shows_evaluations


def test_the_interval_lies_on_both_sides_of_the_mean(tmp_path: Path) -> None:
    picture = drawn(tmp_path, EVALUATED, EVALUATED)
    column = picture[:, picture.shape[1] // 2]
    shade = np.flatnonzero((column[:, 2] - column[:, 0] > 30) & (column[:, 0] > 150))
    line = np.flatnonzero((column[:, 2] - column[:, 0] > 30) & (column[:, 0] < 100))
    above, below = line.mean() - shade.min(), shade.max() - line.mean()
    assert above > 50
    assert above == pytest.approx(below, abs=4)


def test_its_title_is_on_it(tmp_path: Path) -> None:
    one, other = drawn(tmp_path / "a"), drawn(tmp_path / "b", title="DDPG on other")
    assert not np.array_equal(one, other)
    assert np.array_equal(one[100:], other[100:])


def test_a_training_leaves_one(finished: TrainingResult) -> None:
    with Image.open(finished.folder.learning_curve) as image:
        assert image.format == "PNG"
        assert blue(np.asarray(image.convert("RGB")).astype(int)) > 100
