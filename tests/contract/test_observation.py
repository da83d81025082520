"""A term of the observation: its elements, its limits, and what it may be computed from."""

from __future__ import annotations

import math
import re

import pytest

from ddpg_ros.contract import CosSin, MinPool, ObservationTerm, Source
from ddpg_ros.contract.readings import JOINT_STATE, LASER_SCAN
from ddpg_ros.errors import ContractError

ANGLES = Source("joint_states", JOINT_STATE, "position", ("hip", "knee"))
SCAN = Source("scan", LASER_SCAN, "ranges")


def test_a_term_has_the_elements_of_its_feature() -> None:
    term = ObservationTerm("angles", (ANGLES,), CosSin())
    assert term.element_names == ("cos(hip)", "cos(knee)", "sin(hip)", "sin(knee)")
    assert term.size == 4


def test_one_limit_stands_for_all_elements() -> None:
    term = ObservationTerm("angles", (ANGLES,), low=-3, high=(1.0, 2.0))
    assert (term.lows, term.highs) == ((-3.0, -3.0), (1.0, 2.0))


def test_limits_are_infinite_unless_given() -> None:
    term = ObservationTerm("angles", (ANGLES,))
    assert (term.lows, term.highs) == ((-math.inf,) * 2, (math.inf,) * 2)


@pytest.mark.parametrize("side", ["low", "high"])
def test_a_wrong_number_of_limits_is_counted(side: str) -> None:
    text = f"observation term 'angles': {side} has 3 values for 2 elements (hip, knee)."
    with pytest.raises(ContractError, match=re.escape(text)):
        ObservationTerm("angles", (ANGLES,), **{side: (1.0, 2.0, 3.0)})


@pytest.mark.parametrize("high", [0.0, -1.0, math.nan])
def test_limits_in_the_wrong_order_name_the_element(high: float) -> None:
    text = f"observation term 'angles': expected low < high for knee, got [0.0, {high}]."
    with pytest.raises(ContractError, match=re.escape(text)):
        ObservationTerm("angles", (ANGLES,), low=0.0, high=(1.0, high))


@pytest.mark.parametrize("count", [0, 17])
def test_a_term_has_a_few_sources(count: int) -> None:
    text = f"observation term 'angles': expected 1 to 16 sources, got {count}."
    with pytest.raises(ContractError, match=re.escape(text)):
        ObservationTerm("angles", (ANGLES,) * count)


def test_a_feature_that_cannot_be_computed_is_named_with_its_term() -> None:
    text = "observation term 'scan': feature identity: a scan is read with min_pool."
    with pytest.raises(ContractError, match=re.escape(text)):
        ObservationTerm("scan", (SCAN,))
    assert ObservationTerm("scan", (SCAN,), MinPool(4, 9.0)).size == 4


def test_a_term_must_have_a_name() -> None:
    with pytest.raises(ContractError, match=re.escape("observation term: a name is 1 to 200")):
        ObservationTerm("joint angles", (ANGLES,))
