"""A world in lockstep: time passes at commands alone."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from builtin_interfaces.msg import Time
from graph import Graph, NodeProcess
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64MultiArray, String
from std_srvs.srv import Trigger

PERIOD = 0.05
SILENCE = 0.1
"""After which a world says its time again [s]."""


def seconds(stamp: Time) -> float:
    return stamp.sec + 1e-9 * stamp.nanosec


def test_time_passes_one_control_period_at_each_command_and_stands_still_between(
    graph: Graph, start: Callable[..., NodeProcess]
) -> None:
    clocks = graph.listen(Clock, "/clock")
    states = graph.listen(JointState, "joint_states")
    commands = graph.node.create_publisher(Float64MultiArray, "commands", 10)
    start("world", lockstep=True)
    graph.wait_for(lambda: clocks and states and commands.get_subscription_count(), "the world")
    begun = seconds(clocks[-1].clock)
    heard = len(clocks)
    graph.wait_for(lambda: len(clocks) > heard + 3, "the same time again")
    assert seconds(clocks[-1].clock) == begun
    for number in range(1, 4):
        commands.publish(Float64MultiArray(data=[0.3]))
        due = begun + number * PERIOD
        graph.wait_for(lambda due=due: seconds(clocks[-1].clock) > due - 1e-6, "a period")
        graph.wait_for(lambda due=due: seconds(states[-1].header.stamp) > due - 1e-6, "a reading")
        graph.serve(0.3)
        assert abs(seconds(clocks[-1].clock) - due) < 1e-6
        assert states[-1].effort[0] == 0.3


def test_nothing_is_said_again_while_commands_come(
    graph: Graph, start: Callable[..., NodeProcess]
) -> None:
    clocks = graph.listen(Clock, "/clock")
    commands = graph.node.create_publisher(Float64MultiArray, "commands", 10)
    start("world", lockstep=True)
    graph.wait_for(lambda: clocks and commands.get_subscription_count(), "the world")
    del clocks[:-1]
    sent = [time.monotonic()]
    while sent[-1] < sent[0] + 3.0:
        due = seconds(clocks[-1].clock) + PERIOD
        commands.publish(Float64MultiArray(data=[0.3]))
        sent.append(time.monotonic())
        graph.wait_for(lambda due=due: seconds(clocks[-1].clock) > due - 1e-6, "a period")
    repeated = len(clocks) - len({seconds(clock.clock) for clock in clocks})
    pauses = [pause for pause in np.diff(sent) if pause > SILENCE / 2]  # of a busy machine
    assert repeated <= 1 + sum(1 + pause / SILENCE for pause in pauses), pauses


def test_an_episode_goes_on_beyond_the_worlds_time_limit_and_is_told_once(
    graph: Graph, start: Callable[..., NodeProcess]
) -> None:
    clocks = graph.listen(Clock, "/clock")
    states = graph.listen(JointState, "joint_states")
    told = graph.listen(String, "ddpg_world/episode")
    commands = graph.node.create_publisher(Float64MultiArray, "commands", 10)
    start("world", lockstep=True)
    graph.wait_for(lambda: clocks and states and commands.get_subscription_count(), "the world")
    graph.wait_for(lambda: graph.node.count_publishers("ddpg_world/episode"), "its episodes")

    def step(times: int) -> None:
        for _ in range(times):
            now = seconds(clocks[-1].clock)
            commands.publish(Float64MultiArray(data=[1.0]))
            graph.wait_for(lambda now=now: seconds(clocks[-1].clock) > now + PERIOD / 2, "a period")

    step(161)
    graph.wait_for(lambda: told, "the episode's end")
    before = states[-1].position[0]
    step(20)
    graph.serve(0.3)
    assert states[-1].position[0] != before
    assert len(told) == 1
    assert graph.call(Trigger, "ddpg_world/reset", Trigger.Request()).message == (
        "episode with seed 1 begins"
    )
