"""What people tell a controller in flight: another policy, a stop, a dry run."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from graph import Graph, NodeProcess
from hinge import DRIVING, SAFE, Hinge, hinge_contract
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from std_msgs.msg import Float64MultiArray
from std_srvs.srv import SetBool, Trigger
from steady_policy import write_policy

from ddpg_ros.deploy import OnnxPolicy

PERIOD = hinge_contract().period
OTHER_DRIVING = math.tanh(-1.0)
Start = Callable[..., NodeProcess]


@pytest.fixture
def hinge(graph: Graph) -> Hinge:
    return Hinge(graph)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_policy(tmp_path / "policy.onnx", hinge_contract())


def reload(graph: Graph) -> Trigger.Response:
    return graph.call(Trigger, "ddpg_controller/reload", Trigger.Request())


def enable(graph: Graph, on: bool) -> SetBool.Response:
    return graph.call(SetBool, "ddpg_controller/enable", SetBool.Request(data=on))


def replace_file(path: Path, content: bytes) -> None:
    """As a careful person does: the file is never half written."""
    new = path.with_suffix(".new")
    new.write_bytes(content)
    os.replace(new, path)


def test_another_policy_takes_over_without_a_gap(
    hinge: Hinge, graph: Graph, start: Start, path: Path, tmp_path: Path
) -> None:
    start("controller", policy=path)
    hinge.wait_until_driven()
    assert hinge.digest() == OnnxPolicy.load(path).digest
    other = write_policy(tmp_path / "other.onnx", hinge_contract(), bias=-1.0)
    replace_file(path, other.read_bytes())
    hinge.commands.clear()
    digest = OnnxPolicy.load(path).digest
    answer = reload(graph)
    assert answer.success
    assert answer.message == f"policy {digest[:12]} proved itself and takes over"
    hinge.wait_until_driven(OTHER_DRIVING)
    graph.serve(0.5)
    times = np.array([time for time, _ in hinge.commands])
    assert np.diff(times).max() < 2 * PERIOD
    commands = [command for _, command in hinge.commands]
    assert min(commands) > OTHER_DRIVING - 0.05
    assert max(commands) < DRIVING + 0.05
    graph.wait_for(lambda: hinge.digest() == digest, "the new policy's info")
    assert hinge.values("the policy drives")["policy_digest"] == digest


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda path: replace_file(path, path.read_bytes()[:-1] + b"?"), "damaged"),
        (lambda path: replace_file(path, b""), "policy file"),
        (lambda path: path.unlink(), "cannot be read (No such file or directory)"),
        (
            lambda path: write_policy(path, hinge_contract(period=0.04), bias=-1.0),
            "differs from the one that is flown",
        ),
    ],
    ids=["damaged", "empty", "vanished", "another contract"],
)
def test_a_policy_that_may_not_fly_is_refused_and_the_first_flies_on(
    hinge: Hinge,
    graph: Graph,
    start: Start,
    path: Path,
    spoil: Callable[[Path], None],
    sentence: str,
) -> None:
    node = start("controller", policy=path)
    hinge.wait_until_driven()
    digest = hinge.digest()
    spoil(path)
    hinge.commands.clear()
    answer = reload(graph)
    assert not answer.success
    assert sentence in answer.message
    assert answer.message.endswith(
        "The policy before stays; the parameter policy names the refused one."
    )
    graph.serve(0.5)
    times = np.array([time for time, _ in hinge.commands])
    assert np.diff(times).max() < 2 * PERIOD
    assert all(abs(command - DRIVING) < 0.05 for _, command in hinge.commands)
    assert hinge.values("the policy drives")["policy_digest"] == digest
    assert node.running()
    assert f"~/reload: {answer.message}" in node.output


def test_an_emergency_stop_by_service_holds_until_it_is_reset(
    hinge: Hinge, graph: Graph, start: Start, path: Path
) -> None:
    node = start("controller", policy=path)
    hinge.wait_until_driven()
    answer = graph.call(Trigger, "ddpg_controller/estop", Trigger.Request())
    assert (answer.success, answer.message) == (True, "stopped until ~/reset")
    graph.wait_for(lambda: hinge.last == SAFE, "the safe command")
    hinge.commands.clear()
    assert reload(graph).success
    enable(graph, True)
    graph.serve(0.5)
    assert {command for _, command in hinge.commands} == {SAFE}
    hinge.diagnosis("emergency_stop")
    enable(graph, False)
    hinge.diagnosis("fallback: emergency_stop; nothing is sent")
    enable(graph, True)
    assert "fallback: emergency_stop" in node.output
    assert "~/enable: enabled: the policy may drive after ~/reset, which emergency_stop " in (
        node.output
    )
    assert graph.call(Trigger, "ddpg_controller/reset", Trigger.Request()).success
    hinge.wait_until_driven()


def test_disabled_in_flight_it_ends_with_the_safe_command_and_sends_no_more(
    hinge: Hinge, graph: Graph, start: Start, path: Path
) -> None:
    """Also where nothing but the switch keeps the policy from driving between two commands."""
    start("controller", policy=path, recovery_time=0.0, ramp_in_time=0.0)
    actions = graph.listen(Float64MultiArray, "ddpg_controller/action")
    hinge.wait_until_driven()
    for _ in range(3):
        assert enable(graph, False).message == "dry run: nothing is sent"
        graph.serve(0.3)
        assert hinge.last == SAFE
        hinge.commands.clear()
        actions.clear()
        graph.wait_for(lambda: len(actions) > 5, "actions")
        assert hinge.commands == []
        assert abs(actions[-1].data[0] - DRIVING) < 0.05
        hinge.diagnosis("disabled")
        assert enable(graph, True).message == "enabled: the policy may drive"
        hinge.wait_until_driven()


def test_an_emergency_stop_waits_for_no_other_switch(
    hinge: Hinge, graph: Graph, start: Start, tmp_path: Path
) -> None:
    """The command takes a second to the safe one, and the switch that asks for it as long."""
    contract = hinge_contract(slew_limit=0.4)
    start("controller", policy=write_policy(tmp_path / "slow.onnx", contract), stop_time=5.0)
    hinge.wait_until_driven()
    client = graph.node.create_client(SetBool, "ddpg_controller/enable")
    graph.wait_for(client.service_is_ready, "the switch")
    disabled = client.call_async(SetBool.Request(data=False))
    graph.wait_for(lambda: hinge.last < 0.9 * DRIVING, "the way to the safe command")
    assert graph.call(Trigger, "ddpg_controller/estop", Trigger.Request()).success
    assert not disabled.done()
    graph.wait_for(lambda: hinge.last == SAFE, "the safe command")
    assert graph.wait_for(disabled.result, "the switch's answer").success


def test_switches_while_inactive_move_nothing_and_hold_afterwards(
    hinge: Hinge, graph: Graph, start: Start, path: Path
) -> None:
    start("controller", policy=path)
    hinge.wait_until_driven()

    def change(transition: int) -> bool:
        request = ChangeState.Request(transition=Transition(id=transition))
        return graph.call(ChangeState, "ddpg_controller/change_state", request).success

    assert change(Transition.TRANSITION_DEACTIVATE)
    graph.serve(0.3)
    assert hinge.last == SAFE
    hinge.commands.clear()
    enable(graph, False)
    enable(graph, True)
    graph.call(Trigger, "ddpg_controller/reset", Trigger.Request())
    assert reload(graph).success
    graph.call(Trigger, "ddpg_controller/estop", Trigger.Request())
    graph.serve(0.3)
    assert hinge.commands == []
    assert change(Transition.TRANSITION_ACTIVATE)
    hinge.diagnosis("emergency_stop")
    assert {command for _, command in hinge.commands} == {SAFE}
