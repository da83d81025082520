"""The controller node, over real DDS: drives, falls back, recovers, has the last word."""

from __future__ import annotations

import json
import math
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from graph import Graph, NodeProcess
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rcl_interfaces.srv import SetParameters
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import JointState
from std_msgs.msg import Bool, Float64MultiArray, String
from std_srvs.srv import SetBool, Trigger

DRIVING = math.tanh(0.5)
SAFE = 0.0
_STALE = "disabled: nothing is sent (joint_states.position is 0.2"


class Robot:
    """A hinge that reports its state at 100 Hz and keeps what it was commanded."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.message: JointState | None = JointState(
            name=["elbow", "hinge"], position=[math.nan, 0.1], velocity=[math.nan, 0.2]
        )
        self.commands = graph.listen(Float64MultiArray, "commands")
        self.diagnostics = graph.listen(DiagnosticArray, "/diagnostics")
        graph.publish_at(100, JointState, "joint_states", lambda: self.message)

    @property
    def last(self) -> float:
        return self.commands[-1].data[0] if self.commands else math.nan

    def wait_until_driven(self) -> None:
        self.graph.wait_for(lambda: abs(self.last - DRIVING) < 0.05, "the policy's command")

    def wait_until_safe(self) -> None:
        self.commands.clear()
        self.graph.wait_for(lambda: self.last == SAFE, "the safe command")

    def wait_for_diagnosis(self, text: str) -> DiagnosticStatus:
        self.diagnostics.clear()
        return self.graph.wait_for(
            lambda: next((d.status[0] for d in self.diagnostics if text in d.status[0].message), 0),
            f"a diagnosis with '{text}'",
        )


@pytest.fixture
def robot(graph: Graph) -> Robot:
    return Robot(graph)


def test_it_drives_at_the_contracts_rate_and_says_so(
    robot: Robot, graph: Graph, start: Callable[..., NodeProcess], policy: Path
) -> None:
    observations = graph.listen(Float64MultiArray, "ddpg_controller/observation")
    actions = graph.listen(Float64MultiArray, "ddpg_controller/action")
    start("controller", policy=policy)
    robot.wait_until_driven()
    graph.wait_for(lambda: observations and actions, "observation and action")
    assert observations[-1].data[0] == pytest.approx(math.cos(0.1), abs=1e-6)
    assert observations[-1].data[2] == pytest.approx(0.2, abs=1e-6)
    well = lambda: robot.wait_for_diagnosis("the policy drives")  # noqa: E731
    graph.wait_for(lambda: well().level == DiagnosticStatus.OK, "OK")
    status = well()
    values = {pair.key: pair.value for pair in status.values}
    assert values["nominal_rate_hz"] == "20.00"
    robot.commands.clear()
    graph.serve(2.0)
    assert 30 <= len(robot.commands) <= 45


def test_a_late_subscriber_learns_which_policy_flies(
    robot: Robot, graph: Graph, start: Callable[..., NodeProcess], policy: Path
) -> None:
    start("controller", policy=policy)
    robot.wait_until_driven()
    latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
    heard = graph.listen(String, "ddpg_controller/policy_info", latched)
    graph.wait_for(lambda: heard, "the latched policy info")
    info = json.loads(heard[0].data)
    assert info["contract"]["name"] == "pendulum"
    assert len(info["digest"]) == 64


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (None, "stale"),
        (JointState(name=["elbow"], position=[0.1], velocity=[0.2]), "has no hinge"),
        (JointState(name=["hinge"], position=[math.nan], velocity=[0.2]), "not finite for hinge"),
        (JointState(name=["hinge", "hinge"], position=[0.0, 0.1]), "names hinge twice"),
        (JointState(name=["hinge"], position=[0.1]), "carries no velocity"),
    ],
)
def test_bad_input_gives_the_safe_command_and_good_input_the_policy_again(
    robot: Robot,
    start: Callable[..., NodeProcess],
    policy: Path,
    bad: JointState | None,
    reason: str,
) -> None:
    node = start("controller", policy=policy)
    robot.wait_until_driven()
    good, robot.message = robot.message, bad
    robot.wait_until_safe()
    assert robot.wait_for_diagnosis(reason).level == DiagnosticStatus.ERROR
    robot.graph.wait_for(lambda: reason in node.output, f"'{reason}' in the log")
    robot.message = good
    robot.wait_until_driven()


def test_an_emergency_stop_holds_until_it_is_reset(
    robot: Robot, graph: Graph, start: Callable[..., NodeProcess], policy: Path
) -> None:
    start("controller", policy=policy)
    robot.wait_until_driven()
    graph.publish_at(10, Bool, "ddpg_controller/estop", lambda: stop)
    stop: Bool | None = Bool(data=True)
    robot.wait_until_safe()
    stop = Bool(data=False)
    robot.commands.clear()
    graph.serve(1.0)
    assert {message.data[0] for message in robot.commands} == {SAFE}
    stop = None
    for transition in (Transition.TRANSITION_DEACTIVATE, Transition.TRANSITION_ACTIVATE):
        request = ChangeState.Request(transition=Transition(id=transition))
        assert graph.call(ChangeState, "ddpg_controller/change_state", request).success
    robot.commands.clear()
    graph.serve(0.5)
    assert {message.data[0] for message in robot.commands} == {SAFE}
    assert graph.call(Trigger, "ddpg_controller/reset", Trigger.Request()).success
    robot.wait_until_driven()


def test_an_emergency_stop_that_is_kept_is_heard_by_a_controller_that_starts_later(
    robot: Robot, graph: Graph, start: Callable[..., NodeProcess], policy: Path
) -> None:
    kept = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
    publisher = graph.node.create_publisher(Bool, "ddpg_controller/estop_latched", kept)
    publisher.publish(Bool(data=True))
    start("controller", policy=policy)
    robot.wait_for_diagnosis("emergency_stop")
    robot.commands.clear()
    graph.serve(0.5)
    assert {message.data[0] for message in robot.commands} == {SAFE}


def test_disabled_it_acts_dry(
    robot: Robot, graph: Graph, start: Callable[..., NodeProcess], policy: Path
) -> None:
    actions = graph.listen(Float64MultiArray, "ddpg_controller/action")
    start("controller", policy=policy, enable=False)
    graph.wait_for(lambda: len(actions) > 5, "actions")
    assert actions[-1].data[0] == pytest.approx(DRIVING, abs=0.05)
    assert robot.commands == []
    graph.call(SetBool, "ddpg_controller/enable", SetBool.Request(data=True))
    robot.wait_until_driven()
    graph.call(SetBool, "ddpg_controller/enable", SetBool.Request(data=False))
    graph.wait_for(lambda: robot.last == SAFE, "the safe command")


def test_a_second_publisher_of_commands_is_told(
    robot: Robot, graph: Graph, start: Callable[..., NodeProcess], policy: Path
) -> None:
    start("controller", policy=policy)
    robot.wait_until_driven()
    graph.publish_at(1, Float64MultiArray, "commands", lambda: None)

    def told() -> bool:
        pairs = robot.diagnostics[-1].status[0].values if robot.diagnostics else []
        return any(pair.key == "other_publishers" for pair in pairs)

    graph.wait_for(told, "a diagnosis of the second publisher")
    status = robot.wait_for_diagnosis("others command the robot too")
    assert status.level == DiagnosticStatus.WARN
    values = {pair.key: pair.value for pair in status.values}
    assert values["other_publishers"] == "/commands by /test"
    assert (values["enabled"], values["latched"]) == ("true", "")


def test_another_controller_of_the_same_name_is_told_as_such(
    robot: Robot, start: Callable[..., NodeProcess], policy: Path
) -> None:
    start("controller", policy=policy)
    robot.wait_until_driven()
    twin = Node("ddpg_controller")
    twin.create_publisher(Float64MultiArray, "commands", 1)
    status = robot.wait_for_diagnosis("others command the robot too")
    twin.destroy_node()
    values = {pair.key: pair.value for pair in status.values}
    assert values["other_publishers"] == "/commands by another /ddpg_controller"


def test_a_message_that_was_long_under_way_is_stale(
    robot: Robot, start: Callable[..., NodeProcess], policy: Path
) -> None:
    start("controller", policy=policy)
    robot.wait_until_driven()
    assert robot.message is not None
    robot.message.header.stamp.sec = 1
    robot.wait_until_safe()
    robot.wait_for_diagnosis("stale")


def test_a_dry_run_sends_nothing_to_its_very_end(
    robot: Robot, graph: Graph, start: Callable[..., NodeProcess], policy: Path
) -> None:
    actions = graph.listen(Float64MultiArray, "ddpg_controller/action")
    node = start("controller", policy=policy, enable=False)
    graph.wait_for(lambda: actions, "an action")
    robot.wait_for_diagnosis("disabled")
    robot.message = None
    graph.wait_for(lambda: _STALE in node.output, "a log of what would stop the policy")
    node.signal(signal.SIGINT)
    graph.wait_for(lambda: not node.running(), "the end of the process", deadline=3.0)
    graph.serve(0.5)
    assert robot.commands == []
    assert "ended while it sent nothing" in node.output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_with_the_safe_command(
    robot: Robot,
    graph: Graph,
    start: Callable[..., NodeProcess],
    policy: Path,
    number: signal.Signals,
) -> None:
    node = start("controller", policy=policy)
    robot.wait_until_driven()
    node.signal(number)
    graph.wait_for(lambda: not node.running(), "the end of the process", deadline=3.0)
    graph.serve(0.5)
    assert robot.last == SAFE
    assert node.wait() == 0
    assert "ended with the safe command" in node.output
    assert "Traceback" not in node.output


def test_it_follows_its_lifecycle_and_survives_wrong_requests(
    robot: Robot, graph: Graph, start: Callable[..., NodeProcess], policy: Path
) -> None:
    node = start("controller", policy=policy, autostart=False)

    def change(transition: int) -> bool:
        request = ChangeState.Request(transition=Transition(id=transition))
        return graph.call(ChangeState, "ddpg_controller/change_state", request).success

    assert change(Transition.TRANSITION_CONFIGURE)
    assert robot.commands == []
    assert change(Transition.TRANSITION_ACTIVATE)
    robot.wait_until_driven()
    assert change(Transition.TRANSITION_DEACTIVATE)
    graph.serve(0.5)
    assert robot.last == SAFE
    assert change(Transition.TRANSITION_CLEANUP)
    assert change(Transition.TRANSITION_CONFIGURE)
    assert change(Transition.TRANSITION_ACTIVATE)
    robot.wait_until_driven()
    client = graph.node.create_client(ChangeState, "ddpg_controller/change_state")
    wrong = Transition(id=Transition.TRANSITION_CONFIGURE)
    client.call_async(ChangeState.Request(transition=wrong))
    graph.serve(0.5)
    robot.commands.clear()
    robot.wait_until_driven()
    assert node.running()


def test_configured_anew_it_neither_enables_itself_nor_releases_an_emergency_stop(
    robot: Robot, graph: Graph, start: Callable[..., NodeProcess], policy: Path
) -> None:
    node = start("controller", policy=policy)
    robot.wait_until_driven()

    def change(*transitions: int) -> list[bool]:
        requests = [ChangeState.Request(transition=Transition(id=each)) for each in transitions]
        service = "ddpg_controller/change_state"
        return [graph.call(ChangeState, service, request).success for request in requests]

    graph.call(Trigger, "ddpg_controller/estop", Trigger.Request())
    answer = graph.call(SetBool, "ddpg_controller/enable", SetBool.Request(data=False))
    assert answer.success
    assert all(change(Transition.TRANSITION_DEACTIVATE, Transition.TRANSITION_CLEANUP))
    moved = policy.rename(policy.with_name("elsewhere.onnx"))
    assert change(Transition.TRANSITION_CONFIGURE) == [False]
    moved.rename(policy)
    refusal = f"policy file {policy}: cannot be read"
    graph.wait_for(lambda: refusal in node.output, refusal)
    assert change(Transition.TRANSITION_CONFIGURE) == [True]
    assert robot.wait_for_diagnosis("inactive").message == "inactive (emergency_stop until ~/reset)"
    graph.call(Trigger, "ddpg_controller/reset", Trigger.Request())
    assert change(Transition.TRANSITION_ACTIVATE) == [True]
    robot.commands.clear()
    robot.wait_for_diagnosis("disabled: nothing is sent")
    assert robot.commands == []


def test_its_clock_is_kept_while_it_is_configured(
    robot: Robot, graph: Graph, start: Callable[..., NodeProcess], policy: Path
) -> None:
    start("controller", policy=policy)
    robot.wait_until_driven()
    value = ParameterValue(type=ParameterType.PARAMETER_BOOL, bool_value=True)
    request = SetParameters.Request(parameters=[Parameter(name="use_sim_time", value=value)])
    (result,) = graph.call(SetParameters, "ddpg_controller/set_parameters", request).results
    assert not result.successful
    assert result.reason.startswith("use_sim_time is read at configuration")
    robot.commands.clear()
    robot.wait_until_driven()


def test_a_stalled_clock_gives_the_safe_command(
    robot: Robot, graph: Graph, start: Callable[..., NodeProcess], policy: Path
) -> None:
    from rosgraph_msgs.msg import Clock

    ticks, running = [0], [True]

    def clock() -> Any:
        ticks[0] += running[0]
        message = Clock()
        message.clock.sec, message.clock.nanosec = divmod(ticks[0] * 10**7, 10**9)
        return message if running[0] else None

    graph.publish_at(100, Clock, "/clock", clock)
    start("controller", policy=policy, use_sim_time=True)
    robot.wait_until_driven()
    running[0] = False
    robot.wait_until_safe()
    robot.wait_for_diagnosis("clock_stalled")
    running[0] = True
    robot.wait_until_driven()


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({}, "no policy file: set the parameter policy"),
        ({"policy": "/nowhere/policy.onnx"}, "cannot be read (No such file or directory)"),
        ({"policy": __file__}, "it carries no ddpg_ros digest"),
        ({"polcy": "policy.onnx"}, "no parameter is called polcy"),
        ({"policy": "p.onnx", "autostart": 3}, "autostart"),
        ({"policy": "p.onnx", "watchdog_timeout": -1.0}, "watchdog_timeout"),
    ],
)
def test_a_wrong_parameter_or_file_is_told_in_a_sentence(
    start: Callable[..., NodeProcess], parameters: dict[str, Any], sentence: str
) -> None:
    node = start("controller", **parameters)
    assert node.wait() == 2
    assert sentence in node.output
    assert "Traceback" not in node.output


def test_a_watchdog_with_less_patience_than_two_ticks_take_is_refused(
    start: Callable[..., NodeProcess], policy: Path
) -> None:
    node = start("controller", policy=policy, watchdog_timeout=0.001)
    assert node.wait() == 2
    assert "a tick a little late would be taken for a stalled clock. Give " in node.output


@pytest.mark.parametrize("verb", ["controller", "world"])
def test_an_argument_that_ros_would_not_read_is_refused(
    start: Callable[..., NodeProcess], verb: str
) -> None:
    node = start(verb, "pendulm")
    assert node.wait() == 2
    assert "unknown argument pendulm. Parameters are given as --ros-args" in node.output


@pytest.mark.parametrize("domain", ["233", "-1", "arm"])
def test_a_domain_without_ports_is_refused(
    start: Callable[..., NodeProcess], monkeypatch: pytest.MonkeyPatch, domain: str
) -> None:
    monkeypatch.setenv("ROS_DOMAIN_ID", domain)
    node = start("controller")
    assert node.wait() == 2
    expected = f"ROS_DOMAIN_ID: expected a whole number from 0 to 232, got '{domain}'."
    assert expected in node.output


def test_a_controller_that_waits_for_a_clock_says_so(
    graph: Graph, start: Callable[..., NodeProcess], policy: Path
) -> None:
    node = start("controller", policy=policy, use_sim_time=True)
    graph.wait_for(lambda: "does anybody publish /clock?" in node.output, "a word on the clock")
