"""The interquartile mean and its bootstrap interval have the values known for them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ddpg_ros.learning.study.statistics import bootstrap_interval, interquartile_mean
from ddpg_ros.learning.study.summary import Estimate


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)[:, None]


@pytest.mark.parametrize(
    ("scores", "mean"),
    [
        ((1, 2, 3, 4, 5, 6, 7, 8), 4.5),
        ((0, 1, 2, 3, 4, 5, 6, 7, 8, 1000), 4.5),  # of ten two are left out at each end
        ((5, -1e9, 1, 3), 2.0),
        ((1, 2, 6), 3.0),  # a quarter of three is nobody
        ((7,), 7.0),
    ],
)
def test_the_middle_half_is_what_counts(scores: tuple[float, ...], mean: float) -> None:
    assert interquartile_mean(column(*scores)) == pytest.approx(mean)


def test_every_column_has_its_own_mean_whatever_the_order_of_seeds() -> None:
    scores = np.array([[9.0, 0.0], [1.0, 8.0], [2.0, 1.0], [3.0, 3.0]])
    np.testing.assert_allclose(interquartile_mean(scores), [2.5, 2.0])
    np.testing.assert_allclose(interquartile_mean(scores[::-1]), [2.5, 2.0])


def test_seeds_that_agree_leave_no_doubt() -> None:
    low, high = bootstrap_interval(column(4, 4, 4, 4, 4))
    assert (low[0], high[0]) == (4.0, 4.0)


def test_one_seed_has_a_number_and_no_interval() -> None:
    estimate = Estimate.of(np.array([[7.0], [math.nan]]))
    assert estimate.value.tolist() == [7.0]
    assert np.isnan([estimate.low, estimate.high]).all()


def test_two_seeds_may_be_either_of_them() -> None:
    low, high = bootstrap_interval(column(0, 1))  # 0, 1/2 and 1 with chances 1/4, 1/2 and 1/4
    assert (low[0], high[0]) == (0.0, 1.0)


def test_many_normal_seeds_have_the_interval_of_a_trimmed_mean() -> None:
    seeds = 400
    scores = np.random.default_rng(1).normal(3.0, 2.0, (seeds, 1))
    low, high = bootstrap_interval(scores)
    # A quarter trimmed at each end: variance 1.195 sigma^2 / n (Tukey & McLaughlin 1963).
    half = 1.96 * 2.0 * math.sqrt(1.195 / seeds)
    assert (high[0] - low[0]) / 2 == pytest.approx(half, rel=0.15)
    middle = interquartile_mean(scores)[0]
    assert low[0] < middle < high[0]


def test_the_interval_is_the_same_each_time() -> None:
    scores = np.random.default_rng(2).normal(size=(10, 3))
    for one, other in zip(bootstrap_interval(scores), bootstrap_interval(scores), strict=True):
        np.testing.assert_array_equal(one, other)
