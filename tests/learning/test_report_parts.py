"""What a report is made of: intervals, paces, ticks, curves, histograms, numbers, tables."""

from __future__ import annotations

import math
from dataclasses import astuple
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from ddpg_ros.contract import generic_contract
from ddpg_ros.learning.metrics import Metrics
from ddpg_ros.learning.report import histograms
from ddpg_ros.learning.report.curves import curves
from ddpg_ros.learning.report.films import Pace, film
from ddpg_ros.learning.report.flights import Flight, GivenUp, fly
from ddpg_ros.learning.report.intervals import bootstrap, wilson
from ddpg_ros.learning.report.numbers import duration, number, percent
from ddpg_ros.learning.report.svg import SMALL, Plot, span, ticks
from ddpg_ros.worlds import make_world
from ddpg_ros.worlds.pendulum import PendulumWorld


@pytest.mark.parametrize(
    ("count", "total", "ends"),
    [
        (0, 10, (0.0, 0.2775)),
        (5, 10, (0.2366, 0.7634)),
        (10, 10, (0.7225, 1.0)),
        (81, 263, (0.2553, 0.3662)),
    ],
)
def test_wilsons_interval_is_as_published(
    count: int, total: int, ends: tuple[float, float]
) -> None:
    assert wilson(count, total) == pytest.approx(ends, abs=1e-4)


def test_the_bootstrap_agrees_with_the_normal_interval_where_that_holds() -> None:
    values = np.random.default_rng(1).normal(5.0, 2.0, 400).tolist()
    low, high = bootstrap(values)
    half = 1.96 * np.std(values, ddof=1) / math.sqrt(400)
    assert (low, high) == pytest.approx((np.mean(values) - half, np.mean(values) + half), abs=0.03)
    assert bootstrap(values) == (low, high)
    assert bootstrap([3.0]) == (3.0, 3.0)


@pytest.mark.parametrize(
    ("length", "period", "pace"),
    [
        (160, 0.05, Pace(2, 0.1, 1, 8.0)),
        (800, 0.01, Pace(10, 0.1, 1, 8.0)),
        (200, 0.1, Pace(3, 0.1, 3, 20.0)),
        (1000, 0.05, Pace(2, 0.1, 1, 8.0)),
        (3, 5.0, Pace(1, 2.5, 2, 15.0)),
    ],
)
def test_a_film_is_short_and_says_how_it_was_paced(length: int, period: float, pace: Pace) -> None:
    assert astuple(Pace.of(length, period)) == pytest.approx(astuple(pace))


def test_a_film_of_the_worst_picture_is_still_small() -> None:
    rng = np.random.default_rng(0)

    class Noise(PendulumWorld):
        """A pendulum in a snowstorm."""

        def draw(self, snapshot: np.ndarray) -> np.ndarray:
            return rng.integers(0, 256, (240, 320, 3), np.uint8)

    with Noise() as world:
        made, _ = film(lambda _: np.zeros(1), world, 0, 160, lambda: False)
    assert (made.width, made.height) == (320, 240)
    assert 3 * len(made.moving) < 4e6  # a page has three


def test_a_flight_is_given_up_when_asked() -> None:
    with make_world("pendulum") as world, pytest.raises(GivenUp):
        fly(lambda _: np.zeros(1), world, 0, lambda: True)


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0, 8000, 5, [0, 2000, 4000, 6000, 8000]),
        (-0.3, 1.1, 3, [0, 0.5, 1]),
        (-1, 1, 2, [-1, 0, 1]),
        (143.2, 145.9, 3, [144, 145]),
        (1e6, 1e6 + 3, 3, [1e6, 1e6 + 1, 1e6 + 2, 1e6 + 3]),
    ],
)
def test_ticks_are_round_and_within(
    low: float, high: float, most: int, expected: list[float]
) -> None:
    assert ticks(low, high, most) == pytest.approx(expected)


def test_a_span_is_never_empty() -> None:
    for values in ([0.0], [5.0, 5.0], [1e9], [-3.0, 4.0]):
        low, high = span(values)
        assert low < min(values) <= max(values) < high
        assert ticks(low, high, 5)


@pytest.mark.parametrize(("steps", "told"), [(1000, 3), (200_000, 2), (10_000_000, 2)])
def test_ticks_of_a_small_plot_do_not_touch(steps: int, told: int) -> None:
    plot = Plot("Q", (0, steps), (0, 1), "training steps", "Q", SMALL)
    texts = ElementTree.fromstring(plot.markup()).iter("text")
    below = [t for t in texts if t.get("class") == "tick" and t.get("y") == "164.0"]
    assert len(below) == told
    assert below[0].text == "0"
    assert (below[-1].text or "").replace(",", "") == str(steps)


def test_a_plot_escapes_what_is_written_on_it() -> None:
    plot = Plot('a "<name>"', (0, 1), (0, 1), "<x> & y", "</svg>")
    plot.line([0, 1], [0, 1], "strong")
    root = ElementTree.fromstring(plot.markup())
    assert root.get("aria-label") == root.findtext("title") == 'a "<name>"'
    assert {text.text for text in root.iter("text")} >= {"<x> & y", "</svg>"}
    assert [line.get("class") for line in root.iter("polyline")] == ["strong"]


def test_long_metrics_are_thinned_to_means(tmp_path: Path) -> None:
    metrics = Metrics(tmp_path / "m.csv", tmp_path / "tb", 0)
    for step in range(1000):
        values = {"episode_return": float(step), "q": math.nan if step < 500 else 2.0}
        metrics.write(step, values)
    metrics.write(1000, {"evaluation_return": 7.0, "evaluation_confidence": 0.5})
    metrics.close()
    found = curves(tmp_path / "m.csv")
    assert len(found["training"]["step"]) == 300
    assert found["training"]["step"] == pytest.approx(found["training"]["value"])
    assert found["training"]["value"][0] == np.mean([0, 1, 2, 3])
    assert set(found["signs"]["q"]["value"]) == {2.0}
    assert found["signs"]["critic_loss"] == {"step": [], "value": []}
    assert found["evaluation"] == {"step": [1000], "mean": [7.0], "confidence_95": [0.5]}


def test_commands_are_counted_between_their_limits() -> None:
    contract = generic_contract("two", [-1], [1], [-1, 0], [1, 10], period=0.1)
    chosen = np.array([[-1.0, 5.0], [1.0, 5.0], [0.0, 10.0], [0.999, 0.0]])
    flight = Flight(0, np.zeros((5, 1), np.float32), chosen, np.zeros(4), True, "")
    one, other = histograms.commands(contract, [flight])
    assert (one["low"], one["high"], other["low"], other["high"]) == (-1, 1, 0, 10)
    assert (one["saturated"], other["saturated"]) == (0.75, 0.5)
    assert one["share"][0] == 0.25
    assert one["share"][-1] == 0.5
    assert other["mean"] == 5.0


def test_equal_returns_are_one_bar() -> None:
    found = histograms.returns([3.0, 3.0])
    assert found["low"] < 3 < found["high"]
    assert max(found["share"]) == 1.0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (math.inf, "–"),
        (0.0, "0"),
        (-0.25, "−0.25"),
        (144.4567, "144.5"),
        (1_000_000, "1,000,000"),
        (0.0003, "0.0003"),
        (-1e-8, "−1.0e−08"),
    ],
)
def test_a_number_is_set_as_print_sets_it(value: float | None, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("share", "text"), [(1.0, "100 %"), (0.5, "50 %"), (0.995, "99.5 %"), (0.004, "0.4 %")]
)
def test_a_share_is_never_rounded_to_all_or_nothing(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(48.2, "48.2 s"), (600, "10 minutes"), (29880, "8.3 hours")]
)
def test_a_time_is_told_in_the_unit_that_suits_it(seconds: float, text: str) -> None:
    assert duration(seconds) == text
