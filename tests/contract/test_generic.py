"""Any plant with Box spaces has a contract."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from ddpg_ros.contract import Assembler, Contract, generic_contract, readings
from ddpg_ros.errors import ContractError


def test_two_boxes_become_a_contract_of_two_arrays() -> None:
    contract = generic_contract("Pendulum-v1", [-1, -1, -8], [1, 1, 8], [-2], [2], period=0.05)
    assert contract.topics == {"ddpg_world/observation": "std_msgs/Float64MultiArray"}
    assert contract.observation_names == ("observation.0", "observation.1", "observation.2")
    assert contract.action_names == ("0",)
    np.testing.assert_array_equal(contract.observation_low, np.float32([-1, -1, -8]))
    np.testing.assert_array_equal(contract.observation_high, np.float32([1, 1, 8]))
    assert (contract.action_values("low"), contract.action_values("high")) == ([-2], [2])
    assert contract.commands[0].topic == "ddpg_world/action"


def test_observation_limits_may_be_infinite() -> None:
    contract = generic_contract("plant", [-math.inf], [math.inf], [-1], [1], 0.1)
    assert Contract.from_json(contract.to_json()) == contract


def test_the_safe_action_is_zero_or_the_nearest_to_it() -> None:
    contract = generic_contract("plant", [0], [1], [-1, 2, -5], [1, 3, -4], 0.1)
    np.testing.assert_array_equal(contract.action_values("safe"), [0.0, 2.0, -4.0])


@pytest.mark.parametrize(("period", "max_age"), [(0.01, 0.5), (0.1, 0.5), (1.0, 5.0)])
def test_a_slow_plant_may_be_read_later(period: float, max_age: float) -> None:
    assert generic_contract("plant", [0], [1], [0], [1], period).sources[0].max_age == max_age


@pytest.mark.parametrize("bad", [math.inf, math.nan])
def test_infinite_action_limits_are_refused_with_the_remedy(bad: float) -> None:
    text = (
        "contract 'plant': the action space has infinite limits. Give it finite ones, for example "
        "with gymnasium.wrappers.RescaleAction."
    )
    with pytest.raises(ContractError, match=re.escape(text)):
        generic_contract("plant", [0], [1], [-1], [bad], 0.1)


def test_the_observation_is_what_the_plant_sent() -> None:
    assembler = Assembler(generic_contract("plant", [-9, -9], [9, 9], [-1], [1], 0.1))
    assembler.receive("ddpg_world/observation", readings.float64_multi_array([0.5, 2.0]), 0.0)
    np.testing.assert_array_equal(assembler.assemble(0.1), np.float32([0.5, 2.0]))
