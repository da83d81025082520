"""The world node, over real DDS: sensors, clock, commands, episodes."""

from __future__ import annotations

import json
import math
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from graph import Graph, NodeProcess
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64MultiArray, String
from std_srvs.srv import Trigger


def seconds(message: Clock) -> float:
    return message.clock.sec + 1e-9 * message.clock.nanosec


def test_it_publishes_sensors_and_a_clock_at_a_factor_of_real_time(
    graph: Graph, start: Callable[..., NodeProcess]
) -> None:
    clocks = graph.listen(Clock, "/clock")
    states = graph.listen(JointState, "joint_states")
    start("world", real_time_factor=3.0)
    graph.wait_for(lambda: clocks and states, "sensors and clock")
    clocks.clear()
    graph.serve(2.0)
    elapsed = seconds(clocks[-1]) - seconds(clocks[0])
    assert 3.0 < elapsed < 6.5
    assert states[-1].name == ["hinge"]
    assert states[-1].header.stamp.sec + 1 >= clocks[-1].clock.sec


def test_it_holds_the_robot_until_the_first_command_and_then_obeys(
    graph: Graph, start: Callable[..., NodeProcess]
) -> None:
    states = graph.listen(JointState, "joint_states")
    start("world", real_time_factor=2.0)
    graph.wait_for(lambda: len(states) > 20, "joint states")
    assert len({state.position[0] for state in states}) == 1
    graph.publish_at(50, Float64MultiArray, "commands", lambda: Float64MultiArray(data=[5.0]))
    graph.wait_for(lambda: states[-1].effort[0] == 1.0, "the effort at its limit")


def test_a_randomised_robot_is_not_the_one_that_is_modelled(
    graph: Graph, start: Callable[..., NodeProcess], tmp_path: Path
) -> None:
    ranges = tmp_path / "ranges.yaml"
    ranges.write_text("motor_gain: 0.5\n")
    states = graph.listen(JointState, "joint_states")
    start("world", real_time_factor=2.0, randomise=str(ranges))
    graph.publish_at(50, Float64MultiArray, "commands", lambda: Float64MultiArray(data=[0.8]))
    graph.wait_for(
        lambda: states and states[-1].effort[0] == pytest.approx(0.4),
        "half of the commanded effort",
    )


def test_a_range_that_does_not_exist_is_a_sentence(
    start: Callable[..., NodeProcess], tmp_path: Path
) -> None:
    ranges = tmp_path / "ranges.yaml"
    ranges.write_text("gravity: [0.9, 1.1]\n")
    node = start("world", randomise=str(ranges))
    assert node.wait(20.0) == 2
    assert "gravity" in node.output
    assert str(ranges) in node.output
    assert "Traceback" not in node.output


def test_without_a_fresh_command_it_applies_the_safe_one(
    graph: Graph, start: Callable[..., NodeProcess]
) -> None:
    states = graph.listen(JointState, "joint_states")
    node = start("world", command_timeout=0.2)
    command: Float64MultiArray | None = Float64MultiArray(data=[0.7])
    graph.publish_at(50, Float64MultiArray, "commands", lambda: command)
    graph.wait_for(lambda: states and states[-1].effort[0] == 0.7, "the commanded effort")
    command = None
    graph.wait_for(lambda: states[-1].effort[0] == 0.0, "the safe effort", deadline=5.0)
    graph.wait_for(lambda: "no command for 0.2 s" in node.output, "a warning")


@pytest.mark.parametrize("data", [[], [0.1, 0.2], [math.nan], [math.inf]])
def test_a_command_that_does_not_fit_is_ignored_with_a_warning(
    graph: Graph, start: Callable[..., NodeProcess], data: list[float]
) -> None:
    states = graph.listen(JointState, "joint_states")
    node = start("world")
    message = Float64MultiArray(data=data)
    graph.publish_at(50, Float64MultiArray, "commands", lambda: message)
    graph.wait_for(lambda: "ignored a command" in node.output and states, "a warning")
    assert len({state.position[0] for state in states}) == 1


def test_it_reports_every_episode_and_ends_after_the_last(
    graph: Graph, start: Callable[..., NodeProcess], tmp_path: Path
) -> None:
    heard = graph.listen(String, "ddpg_world/episode")
    results, film = tmp_path / "episodes.json", tmp_path / "film.gif"
    node = start(
        "world",
        episodes=2,
        seed=7,
        real_time_factor=20.0,
        command_timeout=100.0,
        results_file=results,
        film_file=film,
        film_episodes=1,
    )
    graph.wait_for(lambda: graph.node.count_publishers("ddpg_world/episode"), "the world")
    graph.serve(0.5)
    idle = Float64MultiArray(data=[0.0])
    graph.publish_at(50, Float64MultiArray, "commands", lambda: idle)
    graph.wait_for(lambda: not node.running(), "the end of the world")
    assert node.wait() == 0
    episodes = json.loads(results.read_text())
    assert [episode["seed"] for episode in episodes] == [7, 8]
    assert [episode["steps"] for episode in episodes] == [160, 160]
    assert {episode["outcome"] for episode in episodes} == {"failure"}
    # 50 commands a second, of which each of 400 periods hears some or none
    assert all(0 < episode["commands"] < 80 for episode in episodes)
    assert json.loads(heard[0].data) == episodes[0]
    assert film.read_bytes().startswith(b"GIF8")


def test_a_reset_starts_the_next_episode(graph: Graph, start: Callable[..., NodeProcess]) -> None:
    states = graph.listen(JointState, "joint_states")
    start("world")
    graph.wait_for(lambda: states, "joint states")
    before = states[-1].position[0]
    assert graph.call(Trigger, "ddpg_world/reset", Trigger.Request()).success
    graph.wait_for(lambda: states[-1].position[0] != before, "another start")


def test_any_gymnasium_environment_is_a_world(
    graph: Graph, start: Callable[..., NodeProcess]
) -> None:
    observations = graph.listen(Float64MultiArray, "ddpg_world/observation")
    node = start("world", world="HalfCheetah-v5", wait_for_command=False)
    graph.wait_for(lambda: len(observations) > 3, "observations")
    assert len(observations[0].data) == 17
    node.signal(signal.SIGINT)
    assert node.wait() == 0
    assert "Traceback" not in node.output


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"world": "Nowhere-v0"}, "neither a world of ddpg_ros nor an environment of Gymnasium"),
        ({"real_time_factor": 0.0}, "real_time_factor"),
        ({"contract_file": "x.yaml"}, "brings its own contract"),
        (
            {"results_file": "/nowhere/x.json"},
            "parameter results_file is /nowhere/x.json, which cannot be written to",
        ),
        ({"film_file": "/tmp"}, "parameter film_file is /tmp, a folder. Name a file in it."),
    ],
)
def test_a_wrong_parameter_is_told_in_a_sentence(
    start: Callable[..., NodeProcess], parameters: dict[str, object], sentence: str
) -> None:
    node = start("world", **parameters)
    assert node.wait() == 2
    assert sentence in node.output
    assert "Traceback" not in node.output
