"""What a person is told before a policy flies."""

from __future__ import annotations

import math
from dataclasses import replace

from arm_policy import CONTRACT

from ddpg_ros.contract import Contract
from ddpg_ros.deploy.cautions import cautions


def with_actions(unit: str, slew_limit: float) -> Contract:
    drives = CONTRACT.commands[0]
    elements = tuple(replace(e, unit=unit, slew_limit=slew_limit) for e in drives.elements)
    return replace(CONTRACT, commands=(replace(drives, elements=elements),))


def test_nothing_is_said_of_a_policy_that_flies_as_it_learned() -> None:
    for contract in (CONTRACT, with_actions("rad", 1.0), with_actions("rad/s", math.inf)):
        assert list(cautions(contract, contract.period)) == []


def test_another_rate_is_told() -> None:
    text = "ticks come at 25 Hz, as allow_other_rate lets them; the policy learned at 50 Hz"
    assert list(cautions(CONTRACT, 0.04)) == [text]


def test_positions_that_may_jump_are_told() -> None:
    contract = with_actions("rad", math.inf)
    assert list(cautions(contract, contract.period)) == [
        "position commands of shoulder, elbow may jump, at an emergency stop too: the contract "
        "gives them no slew_limit"
    ]
