"""Which sensors owe a reading, by their own pace."""

from __future__ import annotations

import math

import pytest

from ddpg_ros.ros.arrivals import Arrivals


def heard(*stamps: float) -> Arrivals:
    arrivals = Arrivals()
    for stamp in stamps:
        arrivals.hear(stamp, stamp)
    return arrivals


@pytest.mark.parametrize(
    ("stamps", "moment", "owes"),
    [
        ((), 1.0, False),  # its pace is not known yet
        ((1.0,), 1.1, False),
        ((1.0, 1.1), 1.1, False),
        ((1.0, 1.1), 1.19, False),
        ((1.0, 1.1), 1.2, True),
        ((1.0, 1.1, 1.1, 1.1), 1.2, True),  # said again
        ((1.0, 1.1, 1.3), 1.4, False),  # one was lost
        ((5.0, 5.1, 0.1), 0.2, False),  # time was set back
        ((5.0, 5.1, 0.1, 0.2), 0.3, True),
    ],
)
def test_a_reading_is_owed_when_the_next_is_due(
    stamps: tuple[float, ...], moment: float, owes: bool
) -> None:
    assert heard(*stamps).owes(moment) == owes


def test_a_reading_is_new_if_it_was_measured_after_the_moment() -> None:
    assert not heard().has_since(0.0)
    assert not heard(1.0, 1.1).has_since(1.1)
    assert heard(1.0, 1.1).has_since(1.05)


def test_without_a_stamp_what_comes_after_the_command_is_new() -> None:
    arrivals = Arrivals()
    for now in (1.0, 1.1):
        arrivals.hear(None, now)
    assert arrivals.has_since(1.1)
    arrivals.expect()
    assert not arrivals.has_since(1.1)
    assert arrivals.owes(1.3)
    arrivals.hear(None, 1.1)  # /clock comes after the readings of its moment
    assert not arrivals.owes(1.3)
    assert arrivals.has_since(1.1)
    assert arrivals.last == 1.1 > -math.inf
