"""The vector from a tool to its goal, for an arm of two links in a plane."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddpg_ros.contract import Hinge, Source, ToolToGoal, readings
from ddpg_ros.contract.source_buffer import SourceBuffer
from ddpg_ros.errors import ContractError

CHAIN = (Hinge("shoulder", (0.0, 0.0, 0.5)), Hinge("elbow", (0.4, 0.0, 0.0)))
TIP = (0.3, 0.0, 0.1)
GOAL = Source("goal_pose", readings.POSE_STAMPED, "pose.position", max_age=math.inf)
JOINTS = Source("joint_states", readings.JOINT_STATE, "position", ("elbow", "hand", "shoulder"))
FEATURE = ToolToGoal(CHAIN, TIP, near=0.02, frame="base")
ANGLES = st.floats(-7, 7)
GOALS = st.tuples(*[st.floats(-3, 3)] * 3)


def seen(
    goal: tuple[float, ...],
    shoulder: float = 0.0,
    elbow: float = 0.0,
    frame: str = "base",
    feature: ToolToGoal = FEATURE,
) -> tuple[str, np.ndarray]:
    """The problem, and what the feature wrote."""
    feature.check((GOAL, JOINTS))
    buffers = [SourceBuffer(GOAL), SourceBuffer(JOINTS)]
    buffers[0].receive(readings.pose_stamped(goal, frame=frame), 0.0)
    message = readings.joint_state(["shoulder", "hand", "elbow"], [shoulder, 9.0, elbow])
    buffers[1].receive(message, 0.0)
    out = np.full(len(feature.names((GOAL, JOINTS))), np.nan, dtype=np.float32)
    return feature.bind(buffers, out)(), out


def tool(shoulder: float, elbow: float) -> np.ndarray:
    x = 0.4 * math.cos(shoulder) + 0.3 * math.cos(shoulder + elbow)
    y = 0.4 * math.sin(shoulder) + 0.3 * math.sin(shoulder + elbow)
    return np.array([x, y, 0.6])


@given(GOALS, ANGLES, ANGLES)
def test_it_is_the_goal_minus_the_tool_whatever_the_joints_order(
    goal: tuple[float, ...], shoulder: float, elbow: float
) -> None:
    problem, out = seen(goal, shoulder, elbow)
    offset = goal - tool(shoulder, elbow)
    assert problem == ""
    np.testing.assert_allclose(out[:3], offset, atol=1e-6)
    direction = offset / math.hypot(*offset, 0.02)
    np.testing.assert_allclose(out[3:6], direction, atol=1e-6)
    hand = tool(shoulder, elbow) - [0.4 * math.cos(shoulder), 0.4 * math.sin(shoulder), 0.0]
    for pull, (x, y, _) in zip(out[6:], (tool(shoulder, elbow), hand), strict=True):
        assert pull == pytest.approx(x * direction[1] - y * direction[0], abs=1e-6)


def test_a_millimetre_near_the_goal_is_plain_in_the_direction() -> None:
    _, at = seen((0.7, 0.0, 0.6))
    _, beside = seen((0.7, 0.001, 0.6))
    np.testing.assert_allclose(at, 0.0, atol=1e-7)
    np.testing.assert_allclose(beside[3:6], [0.0, 0.05, 0.0], atol=1e-4)
    np.testing.assert_allclose(beside[6:], [0.7 * 0.05, 0.3 * 0.05], atol=1e-4)


def test_the_direction_can_be_left_out() -> None:
    feature = ToolToGoal(CHAIN, TIP)
    assert feature.names((GOAL, JOINTS)) == ("x", "y", "z")
    problem, out = seen((1.0, 2.0, 3.0), feature=feature)
    assert problem == ""
    np.testing.assert_allclose(out, [0.3, 2.0, 2.4], atol=1e-6)


def test_its_elements_are_named() -> None:
    names = ("x", "y", "z", "direction(x)", "direction(y)", "direction(z)")
    assert FEATURE.names((GOAL, JOINTS)) == (*names, "pull(shoulder)", "pull(elbow)")


def test_a_goal_in_another_frame_is_refused() -> None:
    problem, _ = seen((1, 0, 0), frame="map")
    assert problem == "the goal is in frame 'map', the arm's base is 'base'"


@pytest.mark.parametrize(("frame", "base"), [("", "base"), ("map", "")])
def test_a_frame_that_is_not_known_is_no_other_frame(frame: str, base: str) -> None:
    feature = ToolToGoal(CHAIN, TIP, frame=base)
    assert seen((1, 0, 0), frame=frame, feature=feature)[0] == ""


def test_the_largest_numbers_that_a_contract_takes_stay_finite() -> None:
    far = tuple(Hinge(f"j{i}", (1e3, 1e3, 1e3)) for i in range(32))
    joints = Source("joint_states", readings.JOINT_STATE, "position", tuple(h.joint for h in far))
    buffers = [SourceBuffer(GOAL), SourceBuffer(joints)]
    buffers[0].receive(readings.pose_stamped((1e30, -1e30, 1e30)), 0.0)
    buffers[1].receive(readings.joint_state(joints.elements, [1e30] * 32), 0.0)
    out = np.full(6 + 32, np.nan, dtype=np.float32)
    assert ToolToGoal(far, near=1e-6).bind(buffers, out)() == ""
    assert np.isfinite(out).all()


PLANE = Source("goal_pose", readings.POSE_STAMPED, "pose.position", ("x", "y"))
SPEEDS = Source("joint_states", readings.JOINT_STATE, "velocity", ("shoulder", "elbow"))
ONE = Source("joint_states", readings.JOINT_STATE, "position", ("elbow",))


@pytest.mark.parametrize(
    ("sources", "text"),
    [
        (
            (JOINTS, GOAL),
            "feature tool_to_goal: reads, in order, pose.position of geometry_msgs/PoseStamped, "
            "position of sensor_msgs/JointState.",
        ),
        ((GOAL,), "feature tool_to_goal: reads, in order, pose.position of"),
        ((GOAL, SPEEDS), "feature tool_to_goal: reads, in order, pose.position of"),
        (
            (PLANE, JOINTS),
            "feature tool_to_goal: goal_pose.pose.position must read x, y, z, got x, y.",
        ),
        (
            (GOAL, ONE),
            "feature tool_to_goal: joint_states.position lacks shoulder of the chain; "
            "it reads elbow.",
        ),
    ],
)
def test_it_says_what_it_reads(sources: tuple[Source, ...], text: str) -> None:
    with pytest.raises(ContractError, match=re.escape(text)):
        FEATURE.check(sources)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"chain": ()}, "feature tool_to_goal: expected 1 to 32 hinges, got 0."),
        (
            {"chain": tuple(Hinge(f"j{i}") for i in range(1000))},
            "feature tool_to_goal: expected 1 to 32 hinges, got 1000.",
        ),
        ({"chain": CHAIN[:1] * 2}, "feature tool_to_goal: hinge 'shoulder' is there twice"),
        ({"tip": (1.0,)}, "feature tool_to_goal: tip: expected three numbers of at most 1000"),
        ({"near": -1.0}, "near must be 0, or in [1e-06, 1000] m, got -1.0."),
        ({"near": math.nan}, "near must be 0, or in [1e-06, 1000] m, got nan."),
        ({"near": math.inf}, "near must be 0, or in [1e-06, 1000] m, got inf."),
    ],
)
def test_what_has_no_meaning_is_refused(fields: dict[str, Any], text: str) -> None:
    with pytest.raises(ContractError, match=re.escape(text)):
        ToolToGoal(**{"chain": CHAIN, **fields})
