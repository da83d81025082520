"""Ticks keep the rate, and come right behind the sensor's messages where its rate allows."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddpg_ros.deploy.pacer import Pacer

PERIOD = 0.01
PERIODS = 4000


def fly(messages: Iterable[float], end: float = PERIODS * PERIOD) -> tuple[np.ndarray, np.ndarray]:
    """Times of the ticks [s], and which of them followed a message at once."""
    pacer, ticks, followed = Pacer(PERIOD), [], []
    arrivals = [*sorted(time for time in messages if 0.0 <= time < end), math.inf]
    arrival = iter(arrivals)
    next_message, now = next(arrival), 0.0
    while True:
        deadline = max(now, pacer.deadline)
        now = min(deadline, next_message)
        if now >= end:
            return np.array(ticks), np.array(followed)
        by_message = now == next_message
        if by_message:
            next_message = next(arrival)
        if not by_message or pacer.hear(now):
            pacer.tick(now)
            ticks.append(now)
            followed.append(by_message)


def sensor(ratio: float, jitter: float = 0.0, phase: float = 0.5, count: int = 0) -> list[float]:
    """A message every ``ratio`` periods, give or take ``jitter`` of that."""
    rng = random.Random(1)
    count = count or round(PERIODS / ratio)
    return [PERIOD * (phase + ratio * (k + rng.uniform(-jitter, jitter))) for k in range(count)]


def ages(ticks: np.ndarray, messages: list[float]) -> np.ndarray:
    """How old the newest message was at each tick [periods]."""
    heard = np.sort(messages)
    return (ticks - heard[np.searchsorted(heard, ticks, side="right") - 1]) / PERIOD


@pytest.mark.parametrize("jitter", [0.0, 0.1, 0.3, 0.5])
@pytest.mark.parametrize(
    "ratio",
    [0.05, 0.3, 0.5, 0.55, 0.7, 0.9, 0.98, 0.999, 1.0, 1.001, 1.02, 1.1, 1.2, 1.5, 2.0, 7.3],
)
def test_the_rate_is_kept_whatever_the_sensors_is(ratio: float, jitter: float) -> None:
    ticks, _ = fly(sensor(ratio, jitter))
    assert len(ticks) == pytest.approx(PERIODS, rel=0.01)
    intervals = np.diff(ticks) / PERIOD
    assert intervals.min() > 0.49
    assert intervals.max() < 1.51


@pytest.mark.parametrize("phase", np.linspace(0.0, 0.95, 20))
@pytest.mark.parametrize("ratio", [0.1, 0.5, 0.995, 1.0, 1.005])
def test_after_a_few_periods_every_tick_follows_a_message(ratio: float, phase: float) -> None:
    messages = sensor(ratio, 0.05, phase)
    ticks, followed = fly(messages)
    assert followed[5:].mean() > 0.99
    assert ages(ticks[5:], messages).mean() < 0.01


def test_a_sensor_of_another_rate_is_not_run_after() -> None:
    messages = sensor(0.95)
    ticks, followed = fly(messages)
    assert 0.2 < followed.mean() < 0.6
    assert ages(ticks[5:], messages).max() < 1.0


def test_without_a_sensor_the_clock_alone_ticks() -> None:
    ticks, followed = fly([])
    assert not followed.any()
    np.testing.assert_allclose(ticks, PERIOD * np.arange(PERIODS), atol=1e-9)


def test_a_sensor_that_comes_back_is_followed_again() -> None:
    away = range(1000, 2000)
    messages = [t for k, t in enumerate(sensor(1.0)) if k not in away]
    ticks, followed = fly(messages)
    assert followed[5:1000].all()
    assert not followed[1005:1995].any()
    assert followed[2100:].all()
    assert len(ticks) == pytest.approx(PERIODS, abs=2)
    assert (np.diff(ticks) < 1.5 * PERIOD).all()


def test_a_sensor_that_comes_back_elsewhere_in_the_period_is_caught_up_with() -> None:
    messages = [t + 0.5 * PERIOD * (t > 1000 * PERIOD) for t in sensor(1.0)]
    _, followed = fly(messages)
    assert not followed[1002:1020].all()
    assert followed[1100:].all()


def test_one_message_brings_about_one_tick() -> None:
    pacer = Pacer(PERIOD)
    pacer.tick(0.0)
    assert pacer.hear(PERIOD)
    pacer.tick(PERIOD)
    assert not pacer.hear(PERIOD)
    assert not pacer.hear(1.001 * PERIOD)
    assert pacer.deadline > 1.9 * PERIOD


def test_ticks_that_were_missed_are_not_made_up_for() -> None:
    pacer = Pacer(PERIOD)
    pacer.tick(0.0)
    pacer.tick(7.0)
    assert pacer.deadline == pytest.approx(7.0 + PERIOD)


def test_the_first_tick_comes_at_once() -> None:
    assert Pacer(PERIOD).deadline == -math.inf
    assert Pacer(PERIOD).hear(0.0)


@given(st.lists(st.floats(0.0, 3.0), min_size=20, max_size=200), st.integers(1, 20))
def test_whatever_the_arrivals_ticks_are_neither_doubled_nor_left_out(
    gaps: list[float], repeats: int
) -> None:
    messages = [PERIOD * t for t in itertools.accumulate(gaps * repeats)]
    ticks, _ = fly(messages, end=300 * PERIOD)
    intervals = np.diff(ticks) / PERIOD
    assert intervals.min() > 0.49
    assert intervals.max() < 1.51
    assert len(ticks) == pytest.approx(300, rel=0.015)
