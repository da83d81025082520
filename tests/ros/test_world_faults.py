"""Faults of the world node, switched while it runs, as a subscriber sees them over real DDS."""

from __future__ import annotations

import itertools
import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from graph import Graph, NodeProcess
from rcl_interfaces.srv import SetParameters
from rclpy.parameter import Parameter
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import JointState

from ddpg_ros.ros.messages import seconds


class Robot:
    """A swinging pendulum, and what can be heard of it."""

    def __init__(self, graph: Graph, start: Callable[..., NodeProcess], **parameters: Any) -> None:
        self._graph = graph
        self.states: list[JointState] = graph.listen(JointState, "joint_states")
        self.clocks: list[Clock] = graph.listen(Clock, "/clock")
        self.node = start("world", wait_for_command=False, **parameters)

    def set(self, **faults: Any) -> str:
        """Set faults while the world runs; the reason if it refuses."""
        values = [Parameter(f"faults.{k}", value=v).to_parameter_msg() for k, v in faults.items()]
        request = SetParameters.Request(parameters=values)
        response = self._graph.call(SetParameters, "ddpg_world/set_parameters", request)
        return "".join(result.reason for result in response.results)

    def hear(
        self, what: str, so: Callable[[list[JointState]], Any] = bool, count: int = 20
    ) -> list[JointState]:
        """The next ``count`` joint states in a row of which ``so`` holds.

        Those heard first may have been under way since before a fault was set.
        """
        self.states.clear()
        self.clocks.clear()
        self._graph.wait_for(
            lambda: len(self.states) >= count and so(self.states[-count:]), what, 15.0
        )
        return self.states[-count:]

    def silence(self, heard: list[Any]) -> None:
        """Wait until nothing has been heard for half a second."""
        since, count = time.monotonic(), len(heard)

        def silent() -> bool:
            nonlocal since, count
            if len(heard) > count:
                since, count = time.monotonic(), len(heard)
            return time.monotonic() > since + 0.5

        self._graph.wait_for(silent, "silence")

    def wait_for(self, condition: Callable[[], Any], what: str) -> None:
        self._graph.wait_for(condition, what)

    @property
    def clock(self) -> float:
        """The latest simulated time [s]."""
        return seconds(self.clocks[-1].clock) or 0.0 if self.clocks else -math.inf


@pytest.fixture
def robot(graph: Graph, start: Callable[..., NodeProcess]) -> Robot:
    robot = Robot(graph, start)
    robot.hear("a healthy robot", lambda states: rise(states) and swings(states))
    return robot


def stamp(state: JointState) -> float:
    """When a joint state was measured [s]."""
    return seconds(state.header.stamp) or 0.0


def rise(states: list[JointState]) -> bool:
    """Whether each stamp is later than the one before."""
    return all(stamp(a) < stamp(b) for a, b in itertools.pairwise(states))


def swings(states: list[JointState]) -> bool:
    """Whether each position is another, and plausible."""
    positions = {state.position[0] for state in states if state.name == ["hinge"]}
    return len(positions) == len(states) and all(abs(position) < 100 for position in positions)


def test_messages_are_dropped_until_told_otherwise(robot: Robot) -> None:
    assert robot.set(drop=1.0) == ""
    robot.silence(robot.states)
    robot.clocks.clear()
    robot.wait_for(lambda: robot.clocks, "the clock, which goes on")
    robot.wait_for(lambda: "faults: drop 1.0" in robot.node.output, "a warning")
    assert robot.set(drop=0.0) == ""
    robot.hear("joint states again", rise)
    robot.wait_for(lambda: "faults: none" in robot.node.output, "the end of the faults")


def test_messages_are_delayed(robot: Robot) -> None:
    def late_by(low: float, high: float) -> Callable[[list[JointState]], bool]:
        return lambda states: low < robot.clock - stamp(states[-1]) < high

    robot.hear("fresh messages", late_by(-0.1, 0.2))
    robot.set(delay=1.0)
    robot.hear("late messages", late_by(0.8, 1.2))
    robot.set(delay=0.0)
    robot.hear("fresh messages again", late_by(-0.1, 0.2))


def test_jitter_lets_messages_overtake(robot: Robot) -> None:
    robot.set(delay_jitter=0.2)
    robot.hear("a message that overtook another", lambda states: not rise(states))


def test_messages_come_twice(robot: Robot) -> None:
    robot.set(duplicate=1.0)
    robot.hear(
        "pairs", lambda states: [stamp(s) for s in states[::2]] == [stamp(s) for s in states[1::2]]
    )


def test_messages_come_in_another_order(robot: Robot) -> None:
    robot.set(reorder=1.0)
    robot.hear(
        "later ones before earlier ones",
        lambda states: all(
            stamp(a) > stamp(b) for a, b in zip(states[::2], states[1::2], strict=True)
        ),
    )


def test_values_freeze_while_stamps_go_on(robot: Robot) -> None:
    robot.set(freeze=True)
    robot.hear(
        "one value", lambda states: rise(states) and len({s.position[0] for s in states}) == 1
    )
    robot.set(freeze=False)
    robot.hear("a thaw", swings)


def test_values_are_no_numbers_and_then_garbage(robot: Robot) -> None:
    robot.set(nan=1.0)
    robot.hear("no numbers", lambda states: all(math.isnan(s.position[0]) for s in states))
    robot.set(nan=0.0, corrupt=1.0)
    robot.hear("garbage", lambda states: sum(abs(s.velocity[0]) > 1e3 for s in states) > 10)
    robot.set(corrupt=0.0)
    robot.hear("a healthy robot", swings)


def test_a_joint_is_lost(robot: Robot) -> None:
    robot.set(lose_joint="hinge")
    robot.hear(
        "nobody", lambda states: not any((*s.name, *s.position, *s.velocity) for s in states)
    )
    robot.set(lose_joint="")
    robot.hear("a healthy robot", swings)


def test_the_clock_stalls_while_the_sensors_run_ahead_of_it(robot: Robot) -> None:
    robot.set(stall_clock=True)
    robot.silence(robot.clocks)
    stalled_at = robot.clock
    ahead = robot.hear("sensors", rise)
    assert stamp(ahead[-1]) > stalled_at + 0.3
    assert robot.clocks == []
    robot.set(stall_clock=False)
    robot.wait_for(lambda: robot.clock > stamp(ahead[-1]), "the clock to catch up")


def test_time_jumps_once_each_time_it_is_told_to(robot: Robot) -> None:
    before = stamp(robot.states[-1])
    for jumped in (1000.0, 2000.0):
        robot.set(jump_time=1000.0)
        states = robot.hear(
            "a jump", lambda states, by=jumped: rise(states) and stamp(states[0]) > before + by
        )
        assert stamp(states[-1]) < before + jumped + 60.0
        robot.wait_for(lambda by=jumped: robot.clock > before + by, "the clock to jump")
    robot.set(jump_time=-1e6)
    robot.hear("the beginning of time", lambda states: rise(states) and stamp(states[-1]) < 10.0)
    robot.wait_for(lambda: 0.0 <= robot.clock < 10.0, "the clock to jump")


def test_a_pause_stops_sensors_and_clock(robot: Robot) -> None:
    robot.set(pause=True)
    robot.silence(robot.states)
    robot.silence(robot.clocks)
    paused_at = robot.clock
    robot.set(pause=False)
    states = robot.hear("the end of the pause", count=1)
    assert 0.0 < stamp(states[0]) - paused_at < 0.3


def test_a_bad_value_is_refused_with_its_reason_and_changes_nothing(robot: Robot) -> None:
    for faults, reason in (
        ({"drop": 1.5}, "Parameter faults.drop out of range Min: 0.0, Max: 1.0, value: 1.5"),
        ({"drop": math.nan}, "Parameter faults.drop out of range"),
        ({"delay": 1}, "Wrong parameter type"),
        ({"topics": "imu"}, "the world has no sensor topic imu. It has: joint_states."),
        ({"lose_joint": "knee"}, "the world has no joint knee. It has: hinge."),
    ):
        assert reason in robot.set(**faults)
    robot.hear("a healthy robot", lambda states: rise(states) and swings(states), count=100)
    assert "faults:" not in robot.node.output


def test_what_is_no_fault_stays_read_only(graph: Graph, robot: Robot) -> None:
    value = Parameter("seed", value=3).to_parameter_msg()
    request = SetParameters.Request(parameters=[value])
    response = graph.call(SetParameters, "ddpg_world/set_parameters", request)
    assert "read-only" in response.results[0].reason


def test_faults_may_be_there_from_the_start(
    graph: Graph, start: Callable[..., NodeProcess], tmp_path: Path
) -> None:
    file = tmp_path / "world.yaml"
    file.write_text("/**/ddpg_world:\n  ros__parameters:\n    faults:\n      nan: 1.0\n")
    robot = Robot(
        graph, lambda verb, **p: start(verb, "--ros-args", "--params-file", str(file), **p)
    )
    states = robot.hear("joint states")
    assert all(math.isnan(state.position[0]) for state in states)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"faults.lose_joint": "knee"}, "the world has no joint knee. It has: hinge."),
        ({"faults.drop": 2.0}, "faults.drop"),
        ({"faults.dorp": 0.5}, "no parameter is called faults.dorp"),
    ],
)
def test_a_wrong_fault_at_the_start_is_told_in_a_sentence(
    start: Callable[..., NodeProcess], parameters: dict[str, object], sentence: str
) -> None:
    node = start("world", **parameters)
    assert node.wait() == 2
    assert sentence in node.output
    assert "Traceback" not in node.output


def test_faults_leave_the_physics_alone(start: Callable[..., NodeProcess], tmp_path: Path) -> None:
    episodes = []
    for number, faults in enumerate(({}, {"faults.drop": 0.5, "faults.nan": 0.5})):
        results = tmp_path / f"{number}.json"
        fast = {"episodes": 1, "real_time_factor": 20.0, "wait_for_command": False}
        node = start("world", results_file=results, **fast, **faults)
        assert node.wait() == 0
        episodes.append(json.loads(results.read_text()))
    assert episodes[0] == episodes[1]
    assert episodes[0][0]["steps"] == 160
