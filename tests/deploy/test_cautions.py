"""What a person is told before a policy flies."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from arm_policy import CONTRACT, METADATA, SOUND

from ddpg_ros.contract import Source
from ddpg_ros.contract.readings import JOINT_STATE
from ddpg_ros.deploy import ControlCore, OnnxPolicy
from ddpg_ros.deploy.cautions import cautions
from ddpg_ros.guard_settings import GuardSettings

PERIOD = CONTRACT.period


def core(
    unit: str = "rad", slew_limit: float = 1.0, prefix: str = "", start_from: str = "measured"
) -> ControlCore:
    """One whose policy commands ``unit`` and reads joints whose names ``prefix`` may change."""
    drives = CONTRACT.commands[0]
    elements = tuple(replace(e, unit=unit, slew_limit=slew_limit) for e in drives.elements)
    observation = tuple(
        replace(term, sources=tuple(named(prefix, source) for source in term.sources))
        for term in CONTRACT.observation
    )
    commands = (replace(drives, elements=elements),)
    contract = replace(CONTRACT, observation=observation, commands=commands)
    texts = replace(METADATA, contract=contract).to_texts()
    policy = OnnxPolicy(replace(SOUND, texts=texts).sealed())
    return ControlCore(policy, GuardSettings(start_from=start_from))


def named(prefix: str, source: Source) -> Source:
    if source.message != JOINT_STATE:
        return source
    return replace(source, elements=tuple(prefix + name for name in source.elements))


@pytest.mark.parametrize(
    "usual", [core(), core("rad/s", math.inf, "left_"), core(prefix="left_", start_from="safe")]
)
def test_nothing_is_said_of_what_is_as_it_should_be(usual: ControlCore) -> None:
    assert list(cautions(usual, PERIOD)) == []


def test_another_rate_is_told() -> None:
    text = "ticks come at 25 Hz, as allow_other_rate lets them; the policy learned at 50 Hz"
    assert list(cautions(core(), 2 * PERIOD)) == [text]


def test_positions_that_may_jump_are_told() -> None:
    assert list(cautions(core(slew_limit=math.inf), PERIOD)) == [
        "position commands of shoulder, elbow may jump, at an emergency stop too: the contract "
        "gives them no slew_limit"
    ]


def test_positions_that_nobody_reads_are_told() -> None:
    assert list(cautions(core(prefix="left_"), PERIOD)) == [
        "position commands of shoulder, elbow start at their safe values, 0.5 rad, 0 rad, wherever "
        "these joints are: the policy reads no joint_states positions of these names"
    ]
