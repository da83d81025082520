"""A goal as the robot sees it, against vectors and a rotation matrix."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddpg_ros.contract import Goal, Source, readings
from ddpg_ros.contract.source_buffer import SourceBuffer
from ddpg_ros.errors import ContractError

SOURCES = (
    Source("goal_pose", readings.POSE_STAMPED, "pose.position", ("x", "y"), max_age=math.inf),
    Source("odom", readings.ODOMETRY, "pose.pose.position", ("x", "y")),
    Source("odom", readings.ODOMETRY, "pose.pose.orientation"),
)
UPRIGHT = (0, 0, 0, 1)
PLACES = st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3), st.floats(-10, 10))
COMPONENT = st.floats(-1, 1)
QUATERNIONS = st.tuples(COMPONENT, COMPONENT, COMPONENT, COMPONENT).filter(
    lambda q: math.hypot(*q) > 1e-3
)


def seen(
    goal: tuple,
    place: tuple = (0, 0, 0),
    orientation: tuple = UPRIGHT,
    frames: tuple[str, str] = ("odom", "odom"),
) -> tuple[str, np.ndarray]:
    """The problem, and what the feature wrote."""
    Goal().check(SOURCES)
    odometry = readings.odometry(place, orientation, frame=frames[1])
    buffers = [SourceBuffer(source) for source in SOURCES]
    buffers[0].receive(readings.pose_stamped(goal, frame=frames[0]), 0.0)
    buffers[1].receive(odometry, 0.0)
    buffers[2].receive(odometry, 0.0)
    out = np.full(len(Goal().names(SOURCES)), np.nan, dtype=np.float32)
    return Goal().bind(buffers, out)(), out


def forward_axis(quaternion: tuple) -> np.ndarray:
    """The robot's x axis in the world, seen from above; ``(2,)``."""
    x, y, z, w = np.array(quaternion) / np.linalg.norm(quaternion)
    axis, ahead = np.array([x, y, z]), np.array([1.0, 0.0, 0.0])
    return (ahead + 2 * np.cross(axis, np.cross(axis, ahead) + w * ahead))[:2]


@given(PLACES, PLACES, QUATERNIONS)
def test_distance_and_heading_are_those_of_the_vectors(
    goal: tuple, place: tuple, orientation: tuple
) -> None:
    forward = forward_axis(orientation)
    offset = np.subtract(goal, place)[:2]
    distance = np.linalg.norm(offset)
    problem, out = seen(goal, place, orientation)
    assert problem == ""
    assert out[0] == pytest.approx(distance, rel=1e-6)
    assert np.hypot(out[1], out[2]) == pytest.approx(1.0)
    if np.linalg.norm(forward) > 1e-3 and distance > 1e-3:
        unit = forward / np.linalg.norm(forward)
        left = np.array([-unit[1], unit[0]])
        np.testing.assert_allclose(out[1:], [unit @ offset, left @ offset] / distance, atol=1e-5)


def test_a_goal_to_the_left_of_a_robot_that_looks_north() -> None:
    looks_north = (0, 0, math.sqrt(0.5), math.sqrt(0.5))
    problem, out = seen((-2, 1, 0), (1, 1, 0), looks_north)
    assert problem == ""
    np.testing.assert_allclose(out, [3, 0, 1], atol=1e-6)


def test_a_goal_under_the_robot_is_finite() -> None:
    problem, out = seen((1, 2, 0), (1, 2, 0))
    assert (problem, out.tolist()) == ("", [0, 1, 0])


def test_a_goal_in_another_frame_is_refused() -> None:
    problem, _ = seen((1, 0, 0), frames=("map", "odom"))
    assert problem == "the goal is in frame 'map', odometry in 'odom'"


@pytest.mark.parametrize("frames", [("", "odom"), ("map", "")])
def test_a_frame_that_is_not_known_is_no_other_frame(frames: tuple[str, str]) -> None:
    assert seen((1, 0, 0), frames=frames)[0] == ""


@pytest.mark.parametrize("orientation", [(0, 0, 0, 0), (0, 0, 0, math.nan)])
def test_an_orientation_that_is_no_quaternion_is_refused(orientation: tuple) -> None:
    problem, _ = seen((1, 0, 0), orientation=orientation)
    assert problem == "the orientation is not a quaternion (all zero, or not a number)"


SWAPPED = Source("goal_pose", readings.POSE_STAMPED, "pose.position", ("y", "x"))
PARTIAL = Source("odom", readings.ODOMETRY, "pose.pose.orientation", ("z", "w"))


@pytest.mark.parametrize(
    ("sources", "text"),
    [
        (
            SOURCES[::-1],
            "feature goal: reads, in order, pose.position of geometry_msgs/PoseStamped, "
            "pose.pose.position of nav_msgs/Odometry, pose.pose.orientation of nav_msgs/Odometry.",
        ),
        (SOURCES[:2], "feature goal: reads, in order, pose.position of"),
        ((SWAPPED, *SOURCES[1:]), "feature goal: goal_pose.pose.position must begin with x, y."),
        (
            (*SOURCES[:2], PARTIAL),
            "feature goal: odom.pose.pose.orientation must read x, y, z, w, got z, w.",
        ),
    ],
)
def test_a_goal_says_what_it_reads(sources: tuple[Source, ...], text: str) -> None:
    with pytest.raises(ContractError, match=re.escape(text)):
        Goal().check(sources)
