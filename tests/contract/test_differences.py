"""Two contracts that are not the same: a person reads where they part."""

from __future__ import annotations

from dataclasses import replace

from ddpg_ros.contract import Contract, differences, generic_contract


def point(high: float = 1.0, elements: int = 1) -> Contract:
    low, ends = [-1.0] * elements, [high] * elements
    return generic_contract("point", [-2.0], [2.0], low, ends, period=0.2)


def test_equal_contracts_differ_in_nothing() -> None:
    assert differences(point(), point()) == ""


def test_each_value_that_differs_is_named_by_its_place() -> None:
    other = replace(point(high=2.0), period=0.1)
    assert differences(point(), other) == (
        "period is 0.1 instead of 0.2; commands[0].elements[0].high is 2.0 instead of 1.0"
    )


def test_lists_of_other_lengths_are_counted() -> None:
    told = differences(point(), point(elements=3))
    assert "commands[0].elements is 3 entries instead of 1 entry" in told


def test_of_many_differences_the_first_are_told() -> None:
    other = replace(point(high=2.0, elements=3), name="p" * 100, period=0.1)
    told = differences(point(elements=3), other)
    assert told.count("instead of") == 4
    assert told.endswith("; and 1 more")
    assert "p" * 59 in told
    assert "p" * 60 not in told
