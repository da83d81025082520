"""What the guard finds in flight: far readings, a second publisher, a trip, and the way back."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from diagnostic_msgs.msg import DiagnosticStatus
from graph import Graph, NodeProcess
from hinge import DRIVING, SAFE, Hinge, hinge_contract
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from sensor_msgs.msg import JointState
from std_srvs.srv import SetBool, Trigger
from steady_policy import write_policy

from ddpg_ros.deploy import OnnxPolicy

PERIOD = hinge_contract().period
Start = Callable[..., NodeProcess]


@pytest.fixture
def hinge(graph: Graph) -> Hinge:
    return Hinge(graph)


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A policy whose training saw the hinge between -0.5 and 0.5 rad."""
    angles = np.linspace(-0.5, 0.5, 101)
    seen = np.stack([np.cos(angles), np.sin(angles), np.linspace(-1.0, 1.0, 101)], axis=1)
    path = tmp_path_factory.mktemp("narrow") / "policy.onnx"
    return write_policy(path, hinge_contract(), seen=seen.astype(np.float32))


@pytest.fixture(scope="module")
def servo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A policy that commands the hinge to positions."""
    path = tmp_path_factory.mktemp("servo") / "policy.onnx"
    return write_policy(path, hinge_contract(unit="rad"))


def reset(graph: Graph) -> None:
    assert graph.call(Trigger, "ddpg_controller/reset", Trigger.Request()).success


def test_a_joint_beyond_its_trip_stops_it_until_it_is_reset(
    hinge: Hinge, graph: Graph, start: Start, policy: Path
) -> None:
    node = start(
        "controller",
        policy=policy,
        trip_elements="['joint_states.position.hinge']",
        trip_low="[-1.0]",
        trip_high="[1.0]",
    )
    hinge.wait_until_driven()
    hinge.position = 1.5
    hinge.wait_until_safe()
    sentence = "position (joint_states.position.hinge is 1.5, allowed are -1 to 1)"
    assert hinge.diagnosis(sentence).level == DiagnosticStatus.ERROR
    hinge.position = 0.1
    graph.serve(0.5)
    assert hinge.last == SAFE
    hinge.diagnosis(sentence)
    reset(graph)
    hinge.wait_until_driven()
    hinge.position = -1.5
    hinge.wait_until_safe()
    reset(graph)
    graph.serve(0.5)
    assert hinge.last == SAFE  # it is still there
    assert f"fallback: {sentence}" in node.output


def test_an_element_that_was_not_read_trips_nothing_but_is_refused(
    start: Start, policy: Path
) -> None:
    node = start(
        "controller",
        policy=policy,
        trip_elements="['joint_states.position.elbow']",
        trip_low="[-1.0]",
        trip_high="[1.0]",
    )
    assert node.wait() == 2
    assert "this policy does not read joint_states.position.elbow. It reads" in node.output


def test_what_training_never_saw_is_told_by_element_and_flown(
    hinge: Hinge, graph: Graph, start: Start, narrow: Path
) -> None:
    start("controller", policy=narrow)
    hinge.wait_until_driven()
    graph.wait_for(lambda: hinge.diagnosis("the policy drives").level == DiagnosticStatus.OK, "OK")
    hinge.position = 1.5
    graph.serve(1.2)
    status = hinge.diagnosis("out_of_range on ")
    assert status.level == DiagnosticStatus.WARN
    values = {pair.key: pair.value for pair in status.values}
    assert int(values["out_of_range.angle.cos(hinge)"]) > 10
    assert int(values["out_of_range.angle.sin(hinge)"]) > 10
    assert "out_of_range.speed.hinge" not in values
    hinge.commands.clear()
    hinge.wait_until_driven()


def test_told_so_it_stops_at_what_training_never_saw(
    hinge: Hinge, start: Start, narrow: Path
) -> None:
    start("controller", policy=narrow, out_of_range="stop")
    hinge.wait_until_driven()
    hinge.position = 1.5
    hinge.wait_until_safe()
    text = "out_of_range (angle.cos(hinge) is 0.07074, training saw 0.8776 to 1"
    assert hinge.diagnosis(text).level == DiagnosticStatus.ERROR
    hinge.position = 0.1
    hinge.wait_until_driven()


def test_told_so_it_drives_with_less_authority(hinge: Hinge, start: Start, narrow: Path) -> None:
    start("controller", policy=narrow, out_of_range="degrade", degraded_share=0.5)
    hinge.wait_until_driven()
    hinge.position = 1.5
    hinge.commands.clear()
    hinge.wait_until_driven(DRIVING / 2)
    hinge.diagnosis("the policy drives with less authority (angle.cos(hinge)")


def test_two_publishers_of_a_joint_stop_it_until_there_is_one(
    hinge: Hinge, graph: Graph, start: Start, policy: Path
) -> None:
    start("controller", policy=policy)
    hinge.wait_until_driven()
    rival = graph.node.create_publisher(JointState, "joint_states", 10)
    hinge.commands.clear()
    graph.wait_for(lambda: hinge.last == SAFE, "the safe command")
    status = hinge.diagnosis(
        "second_publisher (joint_states by /test and /test: more than one publisher)"
    )
    assert status.level == DiagnosticStatus.ERROR
    graph.node.destroy_publisher(rival)
    hinge.wait_until_driven()


def test_after_a_silence_it_waits_and_takes_over_little_by_little(
    hinge: Hinge, graph: Graph, start: Start, policy: Path
) -> None:
    node = start("controller", policy=policy, recovery_time=0.5, ramp_in_time=1.0)
    hinge.wait_until_driven()
    hinge.position = None
    hinge.wait_until_safe()
    hinge.commands.clear()
    hinge.position = 0.1
    hinge.wait_until_driven(DRIVING - 0.02)
    graph.serve(0.3)
    times, commands = np.array(hinge.commands).T
    moves = times[np.flatnonzero(commands > SAFE)[0]]
    assert 0.4 < moves - times[0] < 1.0
    arrived = times[np.flatnonzero(commands > DRIVING - 0.06)[0]]
    assert 0.6 < arrived - moves < 1.3
    assert np.diff(commands).max() < 0.1
    assert np.diff(commands).min() > -0.02
    assert "fallback: stale" in node.output
    assert "fallback: recovering" in node.output


@pytest.mark.parametrize("position", [0.9, -0.7])
def test_positions_start_where_the_joint_is(
    hinge: Hinge, graph: Graph, start: Start, servo: Path, position: float
) -> None:
    hinge.position = None
    start("controller", policy=servo, ramp_in_time=2.0)
    hinge.diagnosis("missing")
    assert hinge.commands == []
    hinge.position = position
    graph.wait_for(lambda: hinge.commands, "a command")
    assert hinge.commands[0][1] == pytest.approx(position, abs=0.1)
    hinge.wait_until_driven()


def test_a_stop_before_the_position_is_known_sends_nothing(
    hinge: Hinge, graph: Graph, start: Start, servo: Path
) -> None:
    hinge.position = None
    node = start("controller", policy=servo)
    hinge.diagnosis("missing")
    graph.call(Trigger, "ddpg_controller/estop", Trigger.Request())
    hinge.diagnosis("emergency_stop")
    request = ChangeState.Request(transition=Transition(id=Transition.TRANSITION_DEACTIVATE))
    assert graph.call(ChangeState, "ddpg_controller/change_state", request).success
    hinge.diagnosis("inactive")
    assert hinge.commands == []
    assert node.running()


def test_enabled_after_a_dry_run_it_starts_where_the_joint_was_moved_to(
    hinge: Hinge, graph: Graph, start: Start, servo: Path
) -> None:
    start("controller", policy=servo, enable=False, ramp_in_time=2.0)
    hinge.diagnosis("disabled")
    hinge.position = 0.9
    graph.serve(0.5)
    assert hinge.commands == []
    graph.call(SetBool, "ddpg_controller/enable", SetBool.Request(data=True))
    graph.wait_for(lambda: hinge.commands, "a command")
    assert hinge.commands[0][1] == pytest.approx(0.9, abs=0.1)


def test_told_so_positions_start_at_the_safe_one(
    hinge: Hinge, graph: Graph, start: Start, servo: Path
) -> None:
    hinge.position = None
    start("controller", policy=servo, start_from="safe")
    graph.wait_for(lambda: hinge.commands, "a command")
    assert {command for _, command in hinge.commands} == {SAFE}


def test_diagnostics_tell_times_counts_and_the_policy(
    hinge: Hinge, graph: Graph, start: Start, policy: Path
) -> None:
    start("controller", policy=policy)
    hinge.wait_until_driven()
    hinge.position = None
    hinge.wait_until_safe()
    hinge.position = 0.1
    hinge.wait_until_driven()
    graph.serve(2.0)
    values = hinge.values("the policy drives")
    words = ("policy", "policy_digest", "enabled", "latched")
    number = {key: float(value) for key, value in values.items() if key not in words}
    assert (values["enabled"], values["latched"]) == ("true", "")
    assert values["policy"] == "pendulum"
    assert values["policy_digest"] == OnnxPolicy.load(policy).digest == hinge.digest()
    assert number["rate_hz"] == pytest.approx(1 / PERIOD, rel=0.2)
    for name in ("jitter", "latency", "busy"):
        low, high, most = (number[f"{name}_{which}_ms"] for which in ("p50", "p99", "max"))
        assert 0.0 <= low <= high <= most < 1000 * PERIOD
    assert 0.0 < number["busy_p50_ms"] <= number["latency_p50_ms"] + 0.1  # by another clock
    assert 0.0 <= number["age.joint_states"] < 0.2
    assert number["ticks"] > 40
    assert number["fallback.stale"] >= 1
    assert number["fallback.recovering"] >= 1
    assert number["errors"] == number["clock_stalls"] == 0
    assert number["saturated.hinge"] == number["clipped.hinge"] == 0
    assert "missed_deadlines" in number


def test_a_fallback_between_two_diagnoses_is_told_by_the_next(
    hinge: Hinge, graph: Graph, start: Start, policy: Path
) -> None:
    start("controller", policy=policy, recovery_time=0.05)
    hinge.wait_until_driven()
    while hinge.diagnosis().message != "the policy drives":
        pass
    hinge.position = math.nan
    hinge.wait_until_safe()
    hinge.position = 0.1
    told = hinge.diagnosis()
    assert told.message == "the policy drives; fallback meanwhile: non_finite"
    assert told.level == DiagnosticStatus.WARN
    assert hinge.diagnosis().message == "the policy drives"
