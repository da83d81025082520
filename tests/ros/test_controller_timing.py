"""When a controller ticks, and what happens when it cannot."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flying import drive, flying
from geometry_msgs.msg import PoseStamped
from graph import Graph, NodeProcess
from hinge import SAFE, Hinge, hinge_contract
from rclpy.time import Time
from rosgraph_msgs.msg import Clock
from steady_policy import write_policy

from ddpg_ros.contract import Identity, ObservationTerm, Source
from ddpg_ros.contract.readings import POSE_STAMPED

PERIOD = 0.1
"""Long against what a message takes on a busy machine [s]."""

Start = Callable[..., NodeProcess]


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A policy at 10 Hz."""
    path = tmp_path_factory.mktemp("slow") / "policy.onnx"
    return write_policy(path, hinge_contract(period=PERIOD, max_age=0.4))


def waits(hinge: Hinge) -> np.ndarray:
    """How long before each command the newest report was sent [s]."""
    sent = np.array(hinge.sent)
    times = np.array([time for time, _ in hinge.commands])
    times = times[times > sent[0]]
    return times - sent[np.searchsorted(sent, times) - 1]


def test_a_tick_follows_a_message_at_once(graph: Graph, start: Start, slow: Path) -> None:
    hinge = Hinge(graph, rate=10.0)
    start("controller", policy=slow)
    hinge.wait_until_driven()
    graph.serve(2.0)
    hinge.commands.clear()
    graph.serve(3.0)
    assert 27 <= len(hinge.commands) <= 33
    assert np.median(waits(hinge)) < PERIOD / 10
    values = hinge.values("the policy drives")
    assert float(values["latency_p50_ms"]) < 1000 * PERIOD / 10


def test_told_so_it_ticks_by_the_clock_alone(graph: Graph, start: Start, slow: Path) -> None:
    hinge = Hinge(graph, rate=13.0)
    start("controller", policy=slow, pace_on="timer")
    hinge.wait_until_driven()
    hinge.commands.clear()
    graph.serve(3.0)
    assert 27 <= len(hinge.commands) <= 33
    assert waits(hinge).max() > PERIOD / 4
    intervals = np.diff([time for time, _ in hinge.commands])
    assert np.median(np.abs(intervals - PERIOD)) < PERIOD / 20


@pytest.mark.parametrize("rate", [7.0, 31.0])
def test_a_sensor_of_another_rate_does_not_change_the_controllers(
    graph: Graph, start: Start, slow: Path, rate: float
) -> None:
    hinge = Hinge(graph, rate)
    start("controller", policy=slow, pace_on="joint_states")
    hinge.wait_until_driven()
    hinge.commands.clear()
    graph.serve(3.0)
    assert 27 <= len(hinge.commands) <= 33


@pytest.mark.parametrize(
    ("parameters", "sentences"),
    [
        (
            {"pace_on": "odom"},
            ["pace_on is 'odom', which this policy does not read", "auto, timer, joint_states"],
        ),
        (
            {"rate": 20.0},
            ["rate is 20 Hz, and this policy learned at 10 Hz", "allow_other_rate:=true"],
        ),
        ({"start_from": "here"}, ["start_from: expected one of measured, safe, got 'here'"]),
        ({"max_tilt": 0.5}, ["max_tilt is set, and this policy reads no orientation"]),
    ],
)
def test_what_the_policy_cannot_do_is_refused_in_a_sentence(
    start: Start, slow: Path, parameters: dict[str, Any], sentences: list[str]
) -> None:
    node = start("controller", policy=slow, **parameters)
    assert node.wait() == 2
    for sentence in sentences:
        assert sentence in node.output
    assert "Traceback" not in node.output


def test_another_rate_is_flown_where_it_is_allowed(graph: Graph, start: Start, slow: Path) -> None:
    hinge = Hinge(graph)
    start("controller", policy=slow, rate=40.0, allow_other_rate=True)
    hinge.wait_until_driven()
    hinge.commands.clear()
    graph.serve(2.0)
    assert 70 <= len(hinge.commands) <= 85
    assert hinge.values("the policy drives")["nominal_rate_hz"] == "40.00"


def test_blocked_callbacks_do_not_keep_the_ticks_from_coming(graph: Graph, policy: Path) -> None:
    """Nothing of the node is served; its readings grow stale, and its thread says so."""
    hinge = Hinge(graph)
    with flying(policy, ramp_in_time=0.0) as (node, spin):
        drive(hinge, spin)
        hinge.commands.clear()
        graph.serve(1.0)
        assert 17 <= len(hinge.commands) <= 24
        assert hinge.last == SAFE
        assert node._loop is not None
        assert node._loop.record.reason == "stale"
        drive(hinge, spin)


def test_a_tick_that_hangs_does_not_keep_the_watchdog_from_its_word(
    graph: Graph, policy: Path
) -> None:
    hinge = Hinge(graph)
    with flying(policy, ramp_in_time=0.0) as (node, spin):
        drive(hinge, spin)
        loop = node._loop
        assert loop is not None
        with loop._turn:  # as a tick does that never ends
            hinge.commands.clear()
            graph.serve(1.0)
            assert hinge.last == SAFE
            assert loop.record.reason == "clock_stalled"
            assert loop.record.stalls == 1
        drive(hinge, spin)


def test_a_policy_that_hangs_ends_in_the_safe_command_and_goes_on(
    graph: Graph, policy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hinge, go_on = Hinge(graph), threading.Event()
    with flying(policy, ramp_in_time=0.0, pace_on="timer") as (node, spin):
        drive(hinge, spin)
        loop = node._loop
        assert loop is not None
        with monkeypatch.context() as patch:
            patch.setattr(loop.core.policy, "act", lambda observation: go_on.wait(30.0))
            graph.wait_for(lambda: hinge.last == SAFE, "the safe command")
            assert loop.record.reason == "clock_stalled"
        go_on.set()
        drive(hinge, spin)


def test_a_policy_that_fails_ends_in_the_safe_command_and_goes_on(
    graph: Graph, policy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hinge = Hinge(graph)
    with flying(policy, ramp_in_time=0.0) as (node, spin):
        drive(hinge, spin)
        loop = node._loop
        assert loop is not None
        with monkeypatch.context() as patch:
            patch.setattr(loop.core.policy, "act", lambda observation: 1 / 0)
            graph.wait_for(lambda: spin(0.01) or hinge.last == SAFE, "the safe command")
            assert (loop.record.reason, loop.record.detail) == (
                "error",
                "ZeroDivisionError('division by zero')",
            )
            failed = loop.record.reasons["error"]
        drive(hinge, spin)
        told = {"errors": str(failed), "fallback.error": str(failed)}
        graph.wait_for(
            lambda: spin(0.01) or told.items() <= hinge.told().items(), "a diagnosis that counts it"
        )


def test_no_tick_waits_for_the_diagnostics(graph: Graph, policy: Path) -> None:
    hinge, begun, go_on = Hinge(graph), threading.Event(), threading.Event()
    with flying(policy, ramp_in_time=0.0) as (node, spin):

        def hang(now: float) -> None:
            begun.set()
            go_on.wait(30.0)

        node._report._look_at_sensors = hang  # type: ignore[method-assign]
        assert begun.wait(30.0)
        drive(hinge, spin)
        hinge.commands.clear()
        graph.wait_for(lambda: spin(0.01) or len(hinge.commands) > 20, "commands")
        assert hinge.last > 0.4
        go_on.set()


def test_a_ticker_that_fails_leaves_the_watchdog_and_comes_back(graph: Graph, policy: Path) -> None:
    hinge = Hinge(graph)
    with flying(policy, ramp_in_time=0.0, pace_on="timer") as (node, spin):
        drive(hinge, spin)
        loop = node._loop
        assert loop is not None
        now, loop._now = loop._now, None  # type: ignore[method-assign, assignment]
        hinge.commands.clear()
        graph.serve(1.0)
        assert hinge.last == SAFE
        assert loop.record.reason == "clock_stalled"
        loop._now = now  # type: ignore[method-assign]
        drive(hinge, spin)


def test_a_paused_simulation_ends_in_the_safe_command_and_goes_on(
    graph: Graph, start: Start, policy: Path
) -> None:
    hinge, ticks, running = Hinge(graph), [0], [True]

    def clock() -> Clock | None:
        if not running[0]:
            return None
        ticks[0] += 1
        message = Clock()
        message.clock.sec, message.clock.nanosec = divmod(ticks[0] * 10**7, 10**9)
        return message

    graph.publish_at(50, Clock, "/clock", clock)  # at half of real time
    start("controller", policy=policy, use_sim_time=True, watchdog_timeout=0.5)
    hinge.wait_until_driven()
    assert float(hinge.values("the policy drives")["jitter_p50_ms"]) < 5.0
    running[0], paused = False, time.monotonic()
    graph.wait_for(lambda: hinge.last == SAFE, "the safe command")
    assert hinge.commands[-1][0] - paused < 0.5 + 3 * PERIOD
    hinge.diagnosis("clock_stalled (no tick for ")
    running[0] = True
    hinge.wait_until_driven()
    ticks[0] = 1  # the simulation is reset: time begins anew
    hinge.commands.clear()
    graph.serve(0.5)
    hinge.wait_until_driven()


def test_a_goal_that_is_sent_once_is_kept_until_simulated_time_begins(
    graph: Graph, start: Start, tmp_path: Path
) -> None:
    hinge, contract = Hinge(graph), hinge_contract()
    where = Source("goal_pose", POSE_STAMPED, "pose.position", max_age=math.inf)
    observation = (*contract.observation, ObservationTerm("goal", (where,), Identity(), "m"))
    policy = write_policy(tmp_path / "goal.onnx", replace(contract, observation=observation))
    start("controller", policy=policy, use_sim_time=True)
    goal = graph.node.create_publisher(PoseStamped, "goal_pose", 10)
    graph.wait_for(goal.get_subscription_count, "somebody who takes goals")
    goal.publish(PoseStamped())
    graph.serve(0.5)
    began = time.monotonic()

    def clock() -> Clock:
        nanoseconds = int(1e9 * (time.monotonic() - began))
        return Clock(clock=Time(nanoseconds=nanoseconds).to_msg())

    graph.publish_at(100, Clock, "/clock", clock)
    hinge.wait_until_driven()


def test_what_the_system_refuses_is_told_and_flown_without(
    graph: Graph, start: Start, policy: Path
) -> None:
    hinge = Hinge(graph)
    node = start("controller", policy=policy, realtime_priority=50, cpu_affinity=[4000])
    hinge.wait_until_driven()
    assert "cpu_affinity [4000]: the system refuses (" in node.output
    assert f"This machine has the processors {sorted(os.sched_getaffinity(0))}." in node.output
    told = "realtime_priority 50: the system refuses (" in node.output
    policies = {os.sched_getscheduler(int(task)) for task in os.listdir(f"/proc/{node.pid}/task")}
    assert told != (os.SCHED_FIFO in policies)


def test_it_runs_on_the_processors_it_is_given_with_its_memory_locked(
    graph: Graph, start: Start, policy: Path
) -> None:
    hinge, processor = Hinge(graph), min(os.sched_getaffinity(0))
    node = start("controller", policy=policy, cpu_affinity=[processor], lock_memory=True)
    hinge.wait_until_driven()
    assert os.sched_getaffinity(node.pid) == {processor}
    status = Path(f"/proc/{node.pid}/status").read_text()
    locked = next(int(line.split()[1]) for line in status.splitlines() if "VmLck" in line)
    told = "lock_memory: the system refuses (" in node.output
    assert told != (locked > 0)
