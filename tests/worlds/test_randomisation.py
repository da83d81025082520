"""Ranges: what they may be, how they are written, how they are drawn from."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

from ddpg_ros.errors import ConfigError
from ddpg_ros.worlds.randomisation import Draw, Randomisation


def refusal(**values: Any) -> str:
    with pytest.raises(ConfigError) as refused:
        Randomisation.from_dict(values)
    return str(refused.value)


def test_unless_told_otherwise_nothing_is_changed() -> None:
    assert Randomisation().changed() == {}
    assert Randomisation.from_dict({"mass": 1.0, "sensor_noise": [0, 0]}).changed() == {}
    assert str(Randomisation()) == "nothing"


def test_what_is_changed_builds_an_equal_randomisation() -> None:
    ranges = Randomisation(mass=(0.7, 1.3), drop=(0.0, 0.1), sensor_bias=(-2.0, 1.0))
    assert ranges.changed() == {
        "mass": [0.7, 1.3],
        "sensor_bias": [-2.0, 1.0],
        "drop": [0.0, 0.1],
    }
    assert Randomisation.from_dict(ranges.changed()) == ranges
    assert str(ranges) == "mass 0.7 to 1.3, sensor_bias -2 to 1, drop 0 to 0.1"


def test_one_value_is_a_range_of_its_own() -> None:
    assert Randomisation.from_dict({"mass": 1.3}).mass == (1.3, 1.3)
    assert Randomisation.from_dict({"mass": [2]}).mass == (2.0, 2.0)


def test_ranges_that_are_not_given_come_from_the_base() -> None:
    base = Randomisation(mass=(0.7, 1.3), friction=(0.5, 2.0))
    assert Randomisation.from_dict({"mass": [0.9, 1.1]}, base) == Randomisation(
        mass=(0.9, 1.1), friction=(0.5, 2.0)
    )


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"mass": "heavy"}, "mass: expected a number or [low, high], got 'heavy'."),
        ({"mass": True}, "mass: expected a number or [low, high], got True."),
        ({"mass": None}, "mass: expected a number or [low, high], got None."),
        ({"mass": []}, "mass: expected a number or [low, high], got []."),
        ({"mass": [1, 2, 3]}, "mass: expected a number or [low, high], got [1, 2, 3]."),
        ({"mass": [1, "2"]}, "mass: expected a number or [low, high], got [1, '2']."),
        ({"mass": math.nan}, "mass: expected a number or [low, high], got nan."),
        (
            {"mass": [1.3, 0.7]},
            "mass: expected low and high in [0.01, 100], the lower first, got 1.3 and 0.7.",
        ),
        (
            {"mass": 0},
            "mass: expected a value in [0.01, 100], got 0.",
        ),
        (
            {"drop": [0, 1.5]},
            "drop: expected low and high in [0, 1], the lower first, got 0 and 1.5.",
        ),
        (
            {"push_rate": 1},
            "push_rate is given without push, so every push would be one of 0 m/s. Give push: "
            "[LOW, HIGH] in m/s.",
        ),
        (
            {"push": [0, 1]},
            "push is given without push_rate, so there would be no push. Give push_rate: "
            "[LOW, HIGH] in pushes per second.",
        ),
    ],
)
def test_what_is_no_range_is_refused_in_a_sentence(values: dict[str, Any], text: str) -> None:
    assert refusal(**values) == text


def test_an_unknown_name_is_told_with_the_known_ones() -> None:
    text = refusal(masses=1.1)
    known = ", ".join(field.name for field in dataclasses.fields(Randomisation))
    assert text == f"no range is called 'masses'. Did you mean mass? Known: {known}."


def test_ranges_can_be_written_as_texts() -> None:
    ranges = Randomisation.from_texts(["mass=0.7,1.3", "drop=0.1"], Randomisation(friction=(1, 2)))
    assert ranges == Randomisation(mass=(0.7, 1.3), drop=(0.1, 0.1), friction=(1, 2))


@pytest.mark.parametrize("text", ["mass", "mass=", "mass=a,b", "mass=1,2,3", "=", ""])
def test_a_text_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ConfigError) as refused:
        Randomisation.from_texts([text])
    assert str(refused.value) == f"expected NAME=LOW,HIGH such as mass=0.7,1.3, got '{text}'."


def test_factors_lie_anywhere_in_their_range_and_each_part_has_its_own() -> None:
    draw = Draw(Randomisation(mass=(0.5, 2.0)), np.random.default_rng(0))
    factors = draw.factors("mass", 2000)
    counts, _ = np.histogram(factors, bins=5, range=(0.5, 2.0))
    assert counts.sum() == 2000
    assert counts.min() > 300
    assert draw.factor("friction") == 1.0
    assert draw.asked == {"mass", "friction"}
