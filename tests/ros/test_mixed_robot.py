"""A robot with a base that is told speeds and a joint that is told positions."""

from __future__ import annotations

import math
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from geometry_msgs.msg import TwistStamped
from graph import Graph, NodeProcess
from hinge import Hinge, hinge_contract
from std_srvs.srv import SetBool
from steady_policy import write_policy

from ddpg_ros.contract import ActionElement, Command
from ddpg_ros.contract.readings import TWIST_STAMPED

SLEW = 0.5
TOP = 1.0
"""Of the base [m/s]."""
STEP = SLEW * hinge_contract().period


class Mobile(Hinge):
    """A hinge on a base, and what the base is told."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph)
        self.twists = graph.listen(TwistStamped, "cmd_vel")

    @property
    def speed(self) -> float:
        return self.twists[-1].twist.linear.x if self.twists else math.nan

    def wait_until_both_move(self) -> None:
        wanted = 0.9 * math.tanh(0.5)
        self.graph.wait_for(lambda: min(self.last, self.speed) > wanted, "both to be driven")


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    contract = hinge_contract(unit="rad", slew_limit=SLEW)
    base = ActionElement("linear.x", "m/s", -TOP, TOP, safe=0.0, slew_limit=SLEW)
    commands = (*contract.commands, Command("cmd_vel", TWIST_STAMPED, (base,)))
    path = tmp_path_factory.mktemp("mobile") / "policy.onnx"
    return write_policy(path, replace(contract, commands=commands))


def assert_only_the_base_jumped(mobile: Mobile) -> None:
    positions = np.array([command for _, command in mobile.commands])
    assert np.abs(np.diff(positions)).max() <= STEP * (1 + 1e-6)
    assert mobile.last > 0.2
    assert mobile.speed == 0.0


def test_at_the_end_the_base_stands_and_the_joint_is_where_it_may_be_by_then(
    graph: Graph, start: Callable[..., NodeProcess], policy: Path
) -> None:
    mobile = Mobile(graph)
    node = start("controller", policy=policy, stop_time=0.2)
    mobile.wait_until_both_move()
    node.signal(signal.SIGINT)
    graph.wait_for(lambda: not node.running(), "the end")
    assert node.wait() == 0
    graph.serve(0.2)
    assert_only_the_base_jumped(mobile)
    last = node.output.splitlines()[-1]
    assert "ended on the way to the safe command, which positions may not jump to: hinge" in last
    assert "linear.x" not in last


def test_in_a_dry_run_the_base_stands(
    graph: Graph, start: Callable[..., NodeProcess], policy: Path
) -> None:
    mobile = Mobile(graph)
    start("controller", policy=policy, stop_time=0.2)
    mobile.wait_until_both_move()
    graph.call(SetBool, "ddpg_controller/enable", SetBool.Request(data=False))
    graph.serve(0.3)
    assert_only_the_base_jumped(mobile)
