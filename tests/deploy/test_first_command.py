"""The first command of an arm that is commanded to positions: where it is, whenever that is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from arm_policy import AT_ONCE, CONTRACT, METADATA, SOUND, say

from ddpg_ros.deploy import ControlCore, OnnxPolicy

STEP = 10.0 * CONTRACT.period
SHOULDER, ELBOW = -0.2, 2.5


@pytest.fixture
def core() -> ControlCore:
    drives = CONTRACT.commands[0]
    elements = tuple(replace(e, unit="rad", slew_limit=10.0) for e in drives.elements)
    contract = replace(CONTRACT, commands=(replace(drives, elements=elements),))
    texts = replace(METADATA, contract=contract).to_texts()
    return ControlCore(OnnxPolicy(replace(SOUND, texts=texts).sealed()), AT_ONCE)


def is_near(command: np.ndarray, elbow: float = ELBOW) -> bool:
    """Whether a command is at most one step away from where the joints are."""
    return bool((np.abs(command - [SHOULDER, elbow]) <= STEP + 1e-9).all())


def fly(core: ControlCore, *ticks: int, elbow: float = ELBOW) -> list[bool]:
    """Ticks by their numbers, each with a reading; whether each command was sent."""
    sent = []
    for tick in ticks:
        core.receive("joint_states", say(position=elbow), now=0.02 * tick)
        sent.append(core.tick(now=0.02 * tick).sends)
    return sent


def test_it_is_where_the_joints_are(core: ControlCore) -> None:
    assert fly(core, 0) == [True]
    assert is_near(core.guard.command)


def test_nothing_is_sent_before_the_joints_are_known(core: ControlCore) -> None:
    assert not core.tick(now=0.0).sends
    core.interrupt("stopped")
    assert not core.may_send
    fly(core, 1)
    assert core.may_send


def test_after_a_dry_run_it_is_where_the_joints_are_then(core: ControlCore) -> None:
    core.guard.enabled = False
    assert fly(core, *range(50)) == [False] * 50
    core.guard.enabled = True
    assert not core.may_send
    assert fly(core, 50) == [True]
    assert is_near(core.guard.command)


def test_after_a_pause_it_is_where_the_joints_were_moved_to(core: ControlCore) -> None:
    fly(core, 0, 1, 2)
    core.guard.enabled = False
    fly(core, 3)
    core.guard.enabled = True
    fly(core, 4, elbow=-0.9)
    assert is_near(core.guard.command, elbow=-0.9)
