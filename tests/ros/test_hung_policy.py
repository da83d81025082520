"""A policy that does not answer: the robot is brought to the safe command all the same."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flying import drive, flying
from graph import Graph, NodeProcess
from hinge import DRIVING, SAFE, Hinge, hinge_contract
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from std_srvs.srv import SetBool, Trigger
from steady_policy import write_policy

from ddpg_ros.ros.control_loop import ControlLoop

SLEW = 0.5
"""[N m/s]."""
WAY = DRIVING / SLEW
"""How long it takes to the safe command [s]."""

SCRIPT = str(Path(__file__).with_name("hanging_controller.py"))


@pytest.fixture(scope="module")
def gentle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A policy whose command may not jump."""
    path = tmp_path_factory.mktemp("gentle") / "policy.onnx"
    return write_policy(path, hinge_contract(slew_limit=SLEW))


def way_down(hinge: Hinge) -> float:
    """How long the commands took from the policy's to the safe one [s]."""
    times, values = map(np.array, zip(*hinge.commands, strict=True))
    assert (np.abs(np.diff(values)) <= SLEW * hinge_contract().period + 1e-9).all()
    left = times[values > DRIVING - 0.01][-1]
    return float(times[(values == SAFE) & (times > left)][0] - left)


@contextmanager
def driven(
    hinge: Hinge, policy: Path, **parameters: Any
) -> Iterator[tuple[ControlLoop, Callable[..., None]]]:
    """The loop of a controller in this process whose policy drives, and what serves the latter."""
    with flying(policy, ramp_in_time=0.0, **parameters) as (node, spin):
        hinge.graph.wait_for(
            lambda: spin(0.01) or hinge.last > DRIVING - 0.01, "the policy's command"
        )
        assert node._loop is not None
        yield node._loop, spin


@pytest.mark.parametrize("pace", ["timer", "auto"])
def test_the_safe_command_is_reached_as_fast_as_the_slew_limit_lets(
    graph: Graph, gentle: Path, monkeypatch: pytest.MonkeyPatch, pace: str
) -> None:
    hinge, go_on = Hinge(graph), threading.Event()
    with driven(hinge, gentle, pace_on=pace) as (loop, spin):
        del hinge.commands[:-1]
        with monkeypatch.context() as patch:
            patch.setattr(loop.core.policy, "act", lambda observation: go_on.wait(30.0))
            server = threading.Thread(target=spin, args=(5.0,))
            server.start()
            graph.wait_for(lambda: hinge.last == SAFE, "the safe command")
            assert loop.record.reason == "clock_stalled"
        go_on.set()
        server.join()
        took = way_down(hinge)
        assert 0.9 * WAY < took < 1.5 * WAY + 0.4  # the watchdog waits for a quarter of a second
        hinge.commands.clear()
        graph.wait_for(lambda: spin(0.01) or hinge.last > 0.1, "the policy's command")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("pace", ["timer", "auto"])
def test_an_emergency_stop_is_answered_and_a_signal_ends_it(
    graph: Graph,
    start: Callable[..., NodeProcess],
    policy: Path,
    tmp_path: Path,
    pace: str,
    number: signal.Signals,
) -> None:
    hinge = Hinge(graph)
    node = start(SCRIPT, policy=policy, ramp_in_time=0.0, pace_on=pace)
    hinge.wait_until_driven()
    (tmp_path / "hang").touch()
    graph.wait_for((tmp_path / "hangs").exists, "the hang")  # no other stall of a busy machine
    hinge.wait_until_safe()
    assert graph.call(Trigger, "ddpg_controller/estop", Trigger.Request()).success
    assert hinge.values()["latched"] == "emergency_stop"
    hinge.commands.clear()
    node.signal(number)
    begun = time.monotonic()
    graph.wait_for(lambda: not node.running(), "its end")
    assert time.monotonic() - begun < 10.0
    assert hinge.last == SAFE
    assert node.wait() == (1 if pace == "auto" else 0)
    assert ("ended from aside: a callback hangs" in node.output) == (pace == "auto")


def test_a_signal_while_it_is_being_disabled_ends_it_too(
    graph: Graph, start: Callable[..., NodeProcess], gentle: Path, tmp_path: Path
) -> None:
    hinge = Hinge(graph)
    node = start(SCRIPT, policy=gentle, ramp_in_time=0.0, stop_time=2 * WAY)
    graph.wait_for(lambda: hinge.last > DRIVING - 0.01, "the policy's command")
    client = graph.node.create_client(SetBool, "ddpg_controller/enable")
    graph.wait_for(client.service_is_ready, "~/enable")
    (tmp_path / "hang").touch()
    graph.wait_for((tmp_path / "hangs").exists, "the hang")  # no other stall of a busy machine
    graph.wait_for(lambda: hinge.last < DRIVING - 0.02, "the watchdog's commands")
    client.call_async(SetBool.Request(data=False))
    graph.serve(0.1)
    node.signal(signal.SIGINT)
    graph.wait_for(lambda: not node.running(), "its end")
    assert hinge.last == SAFE
    assert node.wait() == 1


@pytest.mark.parametrize("autostart", [True, False])
def test_one_that_hangs_before_it_drives_is_ended_by_a_third_signal(
    graph: Graph, start: Callable[..., NodeProcess], policy: Path, tmp_path: Path, autostart: bool
) -> None:
    (tmp_path / "hang").touch()
    node = start(SCRIPT, policy=policy, autostart=autostart)
    client = graph.node.create_client(ChangeState, "ddpg_controller/change_state")
    configure = ChangeState.Request(transition=Transition(id=Transition.TRANSITION_CONFIGURE))

    def hangs() -> bool:
        client.call_async(configure)
        graph.serve(0.5)
        return (tmp_path / "hangs").exists()

    graph.wait_for(hangs, "a policy that is not loaded")
    for _ in range(2):
        node.signal(signal.SIGINT)
        graph.serve(0.5)
    assert node.running()
    node.signal(signal.SIGTERM)
    graph.wait_for(lambda: not node.running(), "its end")
    assert node.wait() == 1
    assert "ended from aside: a callback hangs" in node.output


def test_whoever_enables_it_while_it_ends_does_not_drive(
    graph: Graph, gentle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hinge = Hinge(graph)
    with driven(hinge, gentle) as (loop, _):
        received = loop._output.wait_until_received

        def meanwhile() -> bool:
            loop.disable("disabled", 0.0)
            loop.enable()
            time.sleep(5 * hinge_contract().period)
            return received()

        monkeypatch.setattr(loop._output, "wait_until_received", meanwhile)
        loop.end("stopped", 2 * WAY)
        graph.serve(0.2)
        assert hinge.last == SAFE


def test_what_fails_after_a_command_was_sent_takes_no_second_step(
    graph: Graph, gentle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hinge = Hinge(graph)
    with driven(hinge, gentle) as (loop, spin):
        del hinge.commands[:-1]
        with monkeypatch.context() as patch:
            patch.setattr(loop._insight, "publish", lambda decision: 1 / 0)
            graph.wait_for(lambda: spin(0.01) or hinge.last == SAFE, "the safe command")
            assert loop.record.reason == "error"
        assert way_down(hinge) > 0.9 * WAY
        drive_again(hinge, spin)


def drive_again(hinge: Hinge, spin: Callable[..., None]) -> None:
    hinge.commands.clear()
    drive(hinge, spin)
