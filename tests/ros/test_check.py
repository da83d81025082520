"""The live check, over real DDS, with a real policy file: what it says of a robot that speaks."""

from __future__ import annotations

import math
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from graph import Graph, NodeProcess
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import JointState
from std_msgs.msg import String
from steady_policy import write_policy

from ddpg_ros.contract import ActionElement, Command, Contract, ObservationTerm, Source
from ddpg_ros.contract.readings import FLOAT64_MULTI_ARRAY, JOINT_STATE
from ddpg_ros.ros.messages import to_stamp

JOINTS = ("hip", "knee")
CENTRE, SWING = np.array([0.8, -1.5]), np.array([0.5, 0.4])

Start = Callable[..., NodeProcess]


def term(name: str, field: str, unit: str) -> ObservationTerm:
    source = Source("joint_states", JOINT_STATE, field, JOINTS, max_age=0.5)
    return ObservationTerm(name, (source,), unit=unit)


CONTRACT = Contract(
    name="leg",
    period=0.05,
    observation=(term("angle", "position", "rad"), term("speed", "velocity", "rad/s")),
    commands=(Command("commands", FLOAT64_MULTI_ARRAY, (ActionElement("hip", "N m", -1.0, 1.0),)),),
)


def state(t: float, size: float = 0.9) -> tuple[np.ndarray, np.ndarray]:
    """Angles [rad] and speeds [rad/s] of hip and knee, which swing around different centres."""
    return CENTRE + size * SWING * math.sin(4 * t), size * SWING * 4 * math.cos(4 * t)


class Leg:
    """A leg that publishes its joint states at 50 Hz, spoilt as a test wants."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.names = list(JOINTS)
        self.change: Callable[[np.ndarray], np.ndarray] = lambda values: values
        self.clock: Callable[[], float] = time.time

    def speak(self, topic: str = "joint_states", rate: float = 50.0) -> None:
        self.graph.publish_at(rate, JointState, topic, self._message)

    def _message(self) -> JointState:
        now = self.clock()
        angles, speeds = (self.change(values).tolist() for values in state(now))
        message = JointState(name=self.names, position=angles, velocity=speeds)
        message.header.stamp = to_stamp(int(now * 1e9))
        return message


@pytest.fixture
def leg(graph: Graph) -> Leg:
    return Leg(graph)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A policy whose training saw the leg swing."""
    seen = [np.concatenate(state(t, size=1.0)) for t in np.linspace(0, 20, 500)]
    path = tmp_path_factory.mktemp("trained") / "policy.onnx"
    return write_policy(path, CONTRACT, seen=np.array(seen, np.float32))


@pytest.fixture
def check(graph: Graph, start: Start, trained: Path) -> Callable[..., tuple[int, str]]:
    """Check the robot; the exit code and what was printed."""

    def run(*ros_args: str, seconds: float = 2.0, **parameters: bool) -> tuple[int, str]:
        arguments = [str(trained), "--seconds", str(seconds)]
        arguments += ["--ros-args", *ros_args] if ros_args else []
        process = start("check", *arguments, **parameters)
        graph.wait_for(lambda: not process.running(), "the end of the check")
        return process.wait(), process.output

    return run


def verdicts(page: str) -> dict[str, str]:
    """The last word of each row of the tables, by its first."""
    rows = (line.split() for line in page.partition("looks wrong")[0].splitlines())
    return {row[0]: row[-1] for row in rows if len(row) > 4}


ALL_WELL = dict.fromkeys(("angle.hip", "angle.knee", "speed.hip", "speed.knee"), "ok")


def test_a_robot_as_trained_passes(leg: Leg, check: Callable) -> None:
    leg.speak()
    code, page = check()
    assert (code, page.splitlines()[-1]) == (0, "nothing looks wrong"), page
    assert verdicts(page).items() >= {**ALL_WELL, "joint_states": "ok"}.items()


def test_swapped_joints_are_found(leg: Leg, check: Callable) -> None:
    leg.names.reverse()
    leg.speak()
    code, page = check()
    assert code == 1, page
    assert verdicts(page).items() >= {"angle.hip": "order", "angle.knee": "order"}.items()
    assert "angle.hip: order: swapped with angle.knee" in page


def test_a_wrong_sign_is_found(leg: Leg, check: Callable) -> None:
    leg.change = lambda values: values * [1, -1]
    leg.speak()
    code, page = check()
    assert code == 1, page
    assert verdicts(page).items() >= {**ALL_WELL, "angle.knee": "sign"}.items()
    assert "angle.knee: sign: negated" in page


def test_degrees_are_found(leg: Leg, check: Callable) -> None:
    leg.change = np.degrees
    leg.speak()
    code, page = check()
    assert code == 1, page
    assert verdicts(page).items() >= dict.fromkeys(ALL_WELL, "unit").items()
    assert "angle.knee: unit: in degrees where rad is expected" in page


def test_a_renamed_joint_is_found(leg: Leg, check: Callable) -> None:
    leg.names = ["hip", "left_knee"]
    leg.speak()
    code, page = check()
    assert code == 1, page
    where = "joint_states.position, joint_states.velocity"
    assert f"{where}: malformed: has no knee (it has hip, left_knee)" in page
    assert "is knee called left_knee here?" in page


def test_a_slow_topic_is_found(leg: Leg, check: Callable) -> None:
    leg.speak(rate=5.0)
    code, page = check()
    assert code == 1, page
    assert "the policy wants a new one 20 times" in page


def test_a_topic_of_another_name_is_pointed_out_and_can_be_remapped(
    leg: Leg, check: Callable
) -> None:
    leg.speak("arm/joint_states")
    code, page = check(seconds=1.0)
    assert code == 1, page
    assert (
        "joint_states: nothing heard: nobody publishes /joint_states; sensor_msgs/JointState is "
        "published on /arm/joint_states: try -r joint_states:=/arm/joint_states"
    ) in page
    code, page = check("-r", "joint_states:=/arm/joint_states")
    assert code == 0, page
    assert "/arm/joint_states" in page


def test_a_remapping_that_leads_nowhere_is_pointed_back(leg: Leg, check: Callable) -> None:
    leg.speak()
    code, page = check("-r", "joint_states:=/wrong/joint_states", seconds=1.0)
    assert code == 1, page
    assert (
        "nobody publishes /wrong/joint_states; sensor_msgs/JointState is published on "
        "/joint_states: try -r joint_states:=/joint_states"
    ) in page


def test_two_robots_on_one_topic_are_found(leg: Leg, graph: Graph, check: Callable) -> None:
    leg.speak()
    leg.speak()
    code, page = check(seconds=1.0)
    assert code == 1, page
    assert "joint_states: second publisher: published by /test and /test, which speak" in page


def test_a_topic_of_another_type_is_pointed_out(graph: Graph, check: Callable) -> None:
    graph.publish_at(50, String, "joint_states", String)
    code, page = check(seconds=1.0)
    assert code == 1, page
    assert "published as std_msgs/String; the policy reads sensor_msgs/JointState" in page


def test_simulated_time_is_followed(graph: Graph, leg: Leg, check: Callable) -> None:
    began = time.monotonic()

    def simulated() -> float:
        return 1000.0 + time.monotonic() - began

    leg.clock = simulated
    graph.publish_at(200, Clock, "/clock", lambda: Clock(clock=to_stamp(int(simulated() * 1e9))))
    leg.speak()
    code, page = check(use_sim_time=True)
    assert code == 0, page
    code, page = check()
    assert code == 1, page
    assert "their stamps and this node's clock disagree (use_sim_time" in page


def test_simulated_time_that_nobody_publishes_is_an_error(leg: Leg, check: Callable) -> None:
    leg.speak()
    code, page = check(seconds=0.5, use_sim_time=True)
    assert (code, page) == (
        2,
        "ddpg-ros check: no tick in 0.5 s: use_sim_time is set, and nobody publishes /clock, or "
        "it runs too slowly.\n",
    )


def test_an_interrupted_check_says_nothing(leg: Leg, start: Start, trained: Path) -> None:
    leg.speak()
    name = f"check_{os.getpid()}"  # no check before it has left this name on the graph
    renamed = ("--ros-args", "-r", f"__node:={name}")
    process = start("check", str(trained), "--seconds", "60", *renamed)
    leg.graph.wait_for(lambda: name in leg.graph.node.get_node_names(), "the check on the graph")
    process.signal(signal.SIGINT)
    leg.graph.wait_for(lambda: not process.running(), "the end of the check")
    assert (process.wait(), process.output) == (130, "")


def test_a_parameter_that_means_nothing_is_an_error(check: Callable) -> None:
    code, page = check(speed=True)
    assert code == 2
    assert "ddpg-ros check: no parameter is called speed." in page
