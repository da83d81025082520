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


def drawn(path: Path, *rows: dict[str, float]) -> np.ndarray:
    metrics = Metrics(path / "m.csv", path / "tb", 0)
    for step, row in enumerate(rows):
        metrics.write(step, row)
    metrics.close()
    draw_learning_curve(path / "m.csv", path / "curve.png", "DDPG on point")
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


def test_a_training_leaves_one(finished: TrainingResult) -> None:
    with Image.open(finished.folder.learning_curve) as image:
        assert image.format == "PNG"
        assert blue(np.asarray(image.convert("RGB")).astype(int)) > 100
