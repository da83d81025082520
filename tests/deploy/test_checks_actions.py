"""Checks of what the policy wants, and of when it was asked."""

from __future__ import annotations

import math

import numpy as np
import pytest
from arm_policy import CONTRACT

from ddpg_ros.deploy.checks import Tick
from ddpg_ros.deploy.checks.actions import MissedDeadline, NonFiniteAction, Saturation

NOTHING = np.zeros(CONTRACT.observation_size, np.float32)
PERIOD = CONTRACT.period
HALFWAY = [0.0, 1.0]


def wanting(action: list[float], interval: float = PERIOD) -> Tick:
    return Tick(0.0, interval, NOTHING, np.array(action, np.float32))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("element", [0, 1])
def test_an_action_that_is_no_number_is_found(value: float, element: int) -> None:
    action = [0.0, 0.0]
    action[element] = value
    assert NonFiniteAction().finds(wanting(action))
    assert not NonFiniteAction().finds(wanting([1e30, -1e30]))


def test_saturation_is_found_when_it_stays() -> None:
    check = Saturation(CONTRACT, 4 * PERIOD, PERIOD)
    found = [check.finds(wanting([2.0, 1.0])) for _ in range(6)]
    assert found == [False] * 4 + [True] * 2
    assert check.detail() == "shoulder has been at an end of its range for 0.12 s"
    assert check.counts.tolist() == [6, 0]


@pytest.mark.parametrize(
    ("action", "counted"),
    [
        ([1.97, 1.0], [0, 0]),
        ([1.99, 1.0], [1, 0]),
        ([-1.99, -0.99], [1, 1]),
        ([99.0, -math.inf], [1, 1]),
        ([math.nan, 1.0], [0, 0]),
    ],
)
def test_an_end_is_the_last_hundredth_of_half_the_range(
    action: list[float], counted: list[int]
) -> None:
    check = Saturation(CONTRACT, 1.0, PERIOD)
    assert not check.finds(wanting(action))
    assert check.counts.tolist() == counted


def test_an_element_that_leaves_the_end_begins_anew() -> None:
    check = Saturation(CONTRACT, 2 * PERIOD, PERIOD)
    actions = [[2.0, 1.0], [2.0, 1.0], HALFWAY, [2.0, 1.0], [2.0, 3.0], [0.0, 3.0], [0.0, 3.0]]
    assert [check.finds(wanting(action)) for action in actions] == [False] * 6 + [True]
    assert check.detail().startswith("elbow has been")
    assert check.counts.tolist() == [4, 3]


def test_from_one_end_to_the_other_is_saturation_too() -> None:
    check = Saturation(CONTRACT, 2 * PERIOD, PERIOD)
    assert [check.finds(wanting([sign * 2.0, 1.0])) for sign in (1, -1, 1)] == [False, False, True]


def test_a_reset_forgets_how_long_but_not_how_often() -> None:
    check = Saturation(CONTRACT, 2 * PERIOD, PERIOD)
    for _ in range(2):
        check.finds(wanting([2.0, 1.0]))
    check.reset()
    assert not check.finds(wanting([2.0, 1.0]))
    assert check.counts.tolist() == [3, 0]


def test_a_tick_half_a_period_late_missed_its_deadline() -> None:
    check = MissedDeadline(PERIOD)
    exactly = 7.03 - 7.0  # as times of a simulation are, a little more by rounding
    assert exactly > 1.5 * PERIOD
    for interval in (PERIOD, exactly, 0.0, -5.0, math.nan):
        assert not check.finds(wanting(HALFWAY, interval))
    assert check.finds(wanting(HALFWAY, 1.51 * PERIOD))
    assert check.detail() == "30.2 ms since the tick before, at most 30.0 ms"
    assert check.finds(wanting(HALFWAY, 1e9))
