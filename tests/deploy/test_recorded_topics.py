"""Which topics a recording holds, and how the messages of a tick say that they are."""

from __future__ import annotations

import pytest
from leg_policy import CONTRACT

from ddpg_ros.deploy.recorded_topics import tick_label, tick_of, topics_of


def test_all_that_a_controller_reads_drives_and_says_is_recorded_once() -> None:
    assert topics_of(CONTRACT, "pilot") == [
        "goal_pose",
        "joint_states",
        "imu",
        "scan",
        "commands",
        "pilot/observation",
        "pilot/action",
        "pilot/policy_info",
        "/diagnostics",
        "/clock",
    ]


@pytest.mark.parametrize("tick", [1, 17, 10**12])
def test_a_label_names_its_tick(tick: int) -> None:
    assert tick_of(tick_label(tick)) == tick


@pytest.mark.parametrize("label", ["", "tick", "tick ", "tick x", "17", "tick 17 "])
def test_another_label_names_none(label: str) -> None:
    assert tick_of(label) is None
