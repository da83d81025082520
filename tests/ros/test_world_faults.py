"""Faults of the world node, switched while it runs, as a subscriber sees them over real DDS."""

from __future__ import annotations

import json
import math
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

    def hear(self, count: int = 20) -> list[JointState]:
        """The next joint states."""
        self.states.clear()
        self.clocks.clear()
        self._graph.wait_for(lambda: len(self.states) >= count, f"{count} joint states")
        return self.states[:count]

    def stamps(self, count: int = 20) -> list[float]:
        """Times of the next joint states [s]."""
        return [seconds(state.header.stamp) or 0.0 for state in self.hear(count)]

    def wait_for(self, condition: Callable[[], Any], what: str) -> None:
        self._graph.wait_for(condition, what)

    def falls_silent(self) -> bool:
        self.states.clear()
        self.clocks.clear()
        self._graph.serve(0.5)
        return not self.states

    @property
    def clock(self) -> float:
        """The latest simulated time [s]."""
        return seconds(self.clocks[-1].clock) or 0.0


@pytest.fixture
def robot(graph: Graph, start: Callable[..., NodeProcess]) -> Robot:
    robot = Robot(graph, start)
    robot.hear()
    return robot


def rises(numbers: list[float]) -> bool:
    return all(a < b for a, b in zip(numbers, numbers[1:], strict=False))


def test_messages_are_dropped_until_told_otherwise(robot: Robot) -> None:
    assert robot.set(drop=1.0) == ""
    assert robot.falls_silent()
    assert robot.clocks
    robot.wait_for(lambda: "faults: drop 1.0" in robot.node.output, "a warning")
    assert robot.set(drop=0.0) == ""
    assert rises(robot.stamps())
    robot.wait_for(lambda: "faults: none" in robot.node.output, "the end of the faults")


def test_messages_are_delayed(robot: Robot) -> None:
    def lag() -> float:
        last = robot.stamps()[-1]
        robot.wait_for(lambda: robot.clocks, "the clock")
        return robot.clock - last

    assert abs(lag()) < 0.2
    robot.set(delay=1.0)
    assert 0.8 < lag() < 1.3
    robot.set(delay=0.0)
    robot.hear(100)
    assert abs(lag()) < 0.2


def test_jitter_lets_messages_overtake(robot: Robot) -> None:
    assert rises(robot.stamps())
    robot.set(delay_jitter=0.2)
    assert not rises(robot.stamps(60))


def test_messages_come_twice(robot: Robot) -> None:
    assert len(set(robot.stamps())) == 20
    robot.set(duplicate=1.0)
    stamps = robot.stamps()
    assert set(stamps[1:-1:2]) == set(stamps[2::2]) or stamps[::2] == stamps[1::2]


def test_messages_come_in_another_order(robot: Robot) -> None:
    robot.set(reorder=1.0)
    stamps = robot.stamps()
    assert not rises(stamps)
    assert len(set(stamps)) == 20


def test_values_freeze_while_stamps_go_on(robot: Robot) -> None:
    assert len({state.position[0] for state in robot.hear()}) > 1
    robot.set(freeze=True)
    frozen = robot.hear()
    assert len({state.position[0] for state in frozen}) == 1
    assert rises([seconds(state.header.stamp) or 0.0 for state in frozen])
    robot.set(freeze=False)
    thawed = robot.hear()
    assert len({state.position[0] for state in thawed}) > 1


def test_values_are_no_numbers_and_then_garbage(robot: Robot) -> None:
    robot.set(nan=1.0)
    assert all(math.isnan(state.position[0]) for state in robot.hear())
    robot.set(nan=0.0, corrupt=1.0)
    assert max(abs(state.velocity[0]) for state in robot.hear()) > 1e3
    robot.set(corrupt=0.0)
    assert max(abs(state.velocity[0]) for state in robot.hear()) < 1e3


def test_a_joint_is_lost(robot: Robot) -> None:
    robot.set(lose_joint="hinge")
    assert {(*state.name, *state.position) for state in robot.hear()} == {()}
    robot.set(lose_joint="")
    assert {tuple(state.name) for state in robot.hear()} == {("hinge",)}


def test_the_clock_stalls_while_the_sensors_run_ahead_of_it(robot: Robot) -> None:
    before = robot.clock
    robot.set(stall_clock=True)
    robot.hear()
    assert robot.stamps()[-1] > before
    assert robot.clocks == []
    robot.set(stall_clock=False)
    robot.hear()
    assert robot.clock > before


def test_time_jumps_once_each_time_it_is_told_to(robot: Robot) -> None:
    before = robot.stamps()[-1]
    for jumps in (1, 2):
        robot.set(jump_time=1000.0)
        stamps = robot.stamps()
        assert rises(stamps)
        assert 1000.0 * jumps < stamps[0] - before < 1000.0 * jumps + 30.0
        assert abs(robot.clock - stamps[-1]) < 0.2
    robot.set(jump_time=-1e6)
    stamps = robot.stamps()
    assert rises(stamps)
    assert 0.0 <= stamps[0] < 5.0


def test_a_pause_stops_sensors_and_clock(robot: Robot) -> None:
    before = robot.stamps()[-1]
    robot.set(pause=True)
    assert robot.falls_silent()
    assert robot.clocks == []
    robot.set(pause=False)
    assert 0.0 < robot.stamps()[0] - before < 0.5


@pytest.mark.parametrize(
    ("faults", "reason"),
    [
        ({"drop": 1.5}, "Parameter faults.drop out of range Min: 0.0, Max: 1.0, value: 1.5"),
        ({"drop": math.nan}, "out of range"),
        ({"delay": 1}, "Wrong parameter type"),
        ({"topics": "imu"}, "the world has no sensor topic imu. It has: joint_states."),
        ({"lose_joint": "knee"}, "the world has no joint knee. It has: hinge."),
    ],
)
def test_a_bad_value_is_refused_with_its_reason_and_changes_nothing(
    robot: Robot, faults: dict[str, Any], reason: str
) -> None:
    assert reason in robot.set(**faults)
    assert {tuple(state.name) for state in robot.hear()} == {("hinge",)}
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
    assert all(math.isnan(state.position[0]) for state in robot.hear())


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
