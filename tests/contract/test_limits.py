"""A command is always finite, within its limits and within its slew limit of the one before."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddpg_ros.contract import ActionElement, Command, CommandLimiter, Contract, generic_contract
from ddpg_ros.contract.readings import FLOAT64_MULTI_ARRAY

PERIOD = 0.05
MODERATE = st.floats(-1e6, 1e6)
ANYTHING = st.one_of(st.floats(), st.floats(-10, 10))


def plant(elements: tuple[ActionElement, ...]) -> Contract:
    template = generic_contract("plant", [-1], [1], [-1], [1], PERIOD)
    command = Command("commands", FLOAT64_MULTI_ARRAY, elements)
    return Contract("plant", PERIOD, template.observation, (command,))


@st.composite
def action_elements(draw: st.DrawFn) -> tuple[ActionElement, ...]:
    def one(index: int) -> ActionElement:
        low, high = sorted(draw(st.tuples(MODERATE, MODERATE).filter(lambda p: p[0] != p[1])))
        safe = draw(st.floats(low, high))
        slew = draw(st.one_of(st.just(math.inf), st.floats(1e-3, 1e6)))
        return ActionElement(str(index), "", low, high, safe, slew)

    return tuple(one(index) for index in range(draw(st.integers(1, 4))))


def one_element(**changes: float) -> CommandLimiter:
    values = {"low": -1.0, "high": 1.0, "safe": 0.25, "slew_limit": 2.0, **changes}
    return CommandLimiter(plant((ActionElement("hip", "N m", **values),)))


@given(action_elements(), st.data())
def test_whatever_is_wanted_the_command_is_finite_and_allowed(
    elements: tuple[ActionElement, ...], data: st.DataObject
) -> None:
    limiter = CommandLimiter(plant(elements))
    low, high = np.array([(e.low, e.high) for e in elements]).T
    step = np.array([e.slew_limit for e in elements]) * PERIOD
    for _ in range(5):
        before = limiter.command.copy()
        wanted = np.array([data.draw(ANYTHING) for _ in elements])
        command = limiter.apply(wanted)
        assert np.isfinite(command).all()
        assert (low <= command).all()
        assert (command <= high).all()
        assert (np.abs(command - before) <= step * (1 + 1e-9) + 1e-9).all()
        nearest = np.clip(wanted, np.maximum(low, before - step), np.minimum(high, before + step))
        number = ~np.isnan(wanted)
        np.testing.assert_array_equal(command[number], nearest[number])
        changed = ~(np.abs(command - wanted) <= 1e-6 * (high - low))
        np.testing.assert_array_equal(limiter.clipped, changed)


def test_it_starts_from_the_safe_command() -> None:
    limiter = one_element()
    assert limiter.command == [0.25]
    assert limiter.apply(np.array([1.0])) == pytest.approx([0.35])


def test_a_command_within_all_limits_passes_unchanged() -> None:
    limiter = one_element()
    assert limiter.apply(np.array([0.3])) == [0.3]
    assert not limiter.clipped.any()


def test_a_nan_wants_the_safe_value_and_leaves_no_trace() -> None:
    limiter = one_element()
    limiter.start_from(np.array([1.0]))
    assert limiter.apply(np.array([math.nan])) == pytest.approx([0.9])
    assert limiter.clipped.all()
    assert limiter.apply(np.array([0.85])) == [0.85]
    assert not limiter.clipped.any()


def test_a_nan_counts_as_changed_even_when_the_safe_value_is_reached() -> None:
    limiter = one_element()
    assert limiter.apply(np.array([math.nan])) == [0.25]
    assert limiter.clipped.all()


def test_it_can_start_from_any_command_within_the_limits() -> None:
    limiter = one_element()
    limiter.start_from(np.array([-9.0]))
    assert limiter.apply(np.array([1.0])) == pytest.approx([-0.9])


def test_the_command_may_be_handed_back_as_the_wanted_one() -> None:
    limiter = one_element()
    limiter.command[:] = 3.0
    assert limiter.apply(limiter.command) == [1.0]
    assert limiter.clipped.all()


def test_reset_returns_to_the_safe_command() -> None:
    limiter = one_element()
    limiter.apply(np.array([9.0]))
    limiter.reset()
    assert limiter.command == [0.25]
    assert not limiter.clipped.any()


def test_the_same_array_is_reused() -> None:
    limiter = one_element()
    assert limiter.apply(np.array([0.0])) is limiter.command
    assert limiter.apply(np.array([1.0])) is limiter.command


def test_a_command_soon_after_the_one_before_may_change_by_less() -> None:
    limiter = one_element()
    limiter.start_from(np.array([0.0]))
    assert limiter.apply(np.array([1.0]), periods=0.25) == pytest.approx([0.025])
