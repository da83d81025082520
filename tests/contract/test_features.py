"""Every feature against a naive computation of the same thing."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddpg_ros.contract import CosSin, Feature, Goal, Identity, ProjectedGravity, Source, readings
from ddpg_ros.contract.source import SourceBuffer
from ddpg_ros.errors import ContractError

ORIENTATION = Source("imu", readings.IMU, "orientation")
GOAL = (
    Source("goal_pose", readings.POSE_STAMPED, "pose.position", ("x", "y"), max_age=math.inf),
    Source("odom", readings.ODOMETRY, "pose.pose.position", ("x", "y")),
    Source("odom", readings.ODOMETRY, "pose.pose.orientation"),
)
JOINT = Source("joint_states", readings.JOINT_STATE, "position", ("a", "b"))
NO_QUATERNION = "the orientation is not a quaternion (all zero, or not a number)"
COMPONENT = st.floats(-1, 1)
QUATERNIONS = st.tuples(COMPONENT, COMPONENT, COMPONENT, COMPONENT).filter(
    lambda q: math.hypot(*q) > 1e-3
)
PLACES = st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3), st.floats(-10, 10))


def computed(
    feature: Feature, sources: tuple[Source, ...], *messages: readings.Reading
) -> tuple[str, np.ndarray]:
    """The feature of one message for each source: its problem, and what it wrote."""
    feature.check(sources)
    buffers = [SourceBuffer(source) for source in sources]
    for buffer, message in zip(buffers, messages, strict=True):
        buffer.receive(message, now=0.0)
    out = np.full(len(feature.names(sources)), np.nan, dtype=np.float32)
    return feature.bind(buffers, out)(), out


def rotation(quaternion: tuple[float, ...]) -> np.ndarray:
    """Rotation matrix of x, y, z, w: the quaternion applied to each axis, (Hamilton)."""
    x, y, z, w = np.array(quaternion) / np.linalg.norm(quaternion)
    axis = np.array([x, y, z])
    return np.array(
        [e + 2 * np.cross(axis, np.cross(axis, e) + w * e) for e in np.eye(3)]
    ).T


def goal_seen(goal: tuple, place: tuple, orientation: tuple, **frames: str) -> tuple:
    odometry = readings.odometry(place, orientation, frame=frames.get("odom", "odom"))
    goal_pose = readings.pose_stamped(goal, frame=frames.get("goal", "odom"))
    return computed(Goal(), GOAL, goal_pose, odometry, odometry)


@given(st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)))
def test_cosines_come_before_sines(angles: tuple[float, float]) -> None:
    problem, out = computed(CosSin(), (JOINT,), readings.joint_state(["a", "b"], angles))
    assert problem == ""
    assert out.tolist() == np.float32([*map(math.cos, angles), *map(math.sin, angles)]).tolist()
    assert CosSin().names((JOINT,)) == ("cos(a)", "cos(b)", "sin(a)", "sin(b)")


@given(st.tuples(st.floats(-1e30, 1e30), st.floats(-1e30, 1e30)))
def test_identity_is_the_value_rounded_to_single_precision(values: tuple[float, float]) -> None:
    problem, out = computed(Identity(), (JOINT,), readings.joint_state(["a", "b"], values))
    assert (problem, out.tolist()) == ("", np.float32(values).tolist())


@given(QUATERNIONS)
def test_projected_gravity_is_down_seen_from_the_robot(quaternion: tuple[float, ...]) -> None:
    message = readings.imu(quaternion)
    problem, out = computed(ProjectedGravity(), (ORIENTATION,), message)
    assert problem == ""
    np.testing.assert_allclose(out, rotation(quaternion).T @ [0, 0, -1], atol=1e-6)


@given(PLACES, PLACES, QUATERNIONS)
def test_a_goal_is_seen_from_the_robot(goal: tuple, place: tuple, orientation: tuple) -> None:
    forward = rotation(orientation)[:2, 0]
    offset = np.subtract(goal, place)[:2]
    problem, out = goal_seen(goal, place, orientation)
    assert problem == ""
    assert out[0] == pytest.approx(np.linalg.norm(offset), rel=1e-6)
    np.testing.assert_allclose(out[1] ** 2 + out[2] ** 2, 1.0, atol=1e-6)
    if np.linalg.norm(forward) > 1e-3 and np.linalg.norm(offset) > 1e-3:
        unit = forward / np.linalg.norm(forward)
        left = np.array([-unit[1], unit[0]])
        seen = np.array([unit @ offset, left @ offset]) / np.linalg.norm(offset)
        np.testing.assert_allclose(out[1:], seen, atol=1e-5)


def test_a_goal_to_the_left_of_a_robot_that_looks_north() -> None:
    looks_north = (0, 0, math.sqrt(0.5), math.sqrt(0.5))
    problem, out = goal_seen((-2, 1, 0), (1, 1, 0), looks_north)
    assert problem == ""
    np.testing.assert_allclose(out, [3, 0, 1], atol=1e-6)


def test_a_goal_in_another_frame_is_refused() -> None:
    problem, _ = goal_seen((0, 0, 0), (0, 0, 0), (0, 0, 0, 1), goal="map")
    assert problem == "the goal is in frame 'map', odometry in 'odom'"
    assert goal_seen((0, 0, 0), (0, 0, 0), (0, 0, 0, 1), goal="")[0] == ""


@pytest.mark.parametrize("orientation", [(0, 0, 0, 0), (0, 0, 0, math.nan)])
def test_an_orientation_that_is_no_quaternion_is_refused(orientation: tuple) -> None:
    assert goal_seen((1, 0, 0), (0, 0, 0), orientation)[0] == NO_QUATERNION
    assert computed(ProjectedGravity(), (ORIENTATION,), readings.imu(orientation))[0] == (
        NO_QUATERNION
    )


SWAPPED = Source("imu", readings.IMU, "orientation", ("w", "x", "y", "z"))
SCAN = Source("scan", readings.LASER_SCAN, "ranges")
NO_XY = Source("goal_pose", readings.POSE_STAMPED, "pose.position", ("y", "x"))


@pytest.mark.parametrize(
    ("feature", "sources", "text"),
    [
        (Identity(), (JOINT, JOINT), "feature identity: expected one source, got 2."),
        (CosSin(), (SCAN,), "feature cos_sin: a scan is read with min_pool."),
        (
            ProjectedGravity(),
            (JOINT,),
            "feature projected_gravity: reads the orientation of an Imu or Odometry, "
            "got position of sensor_msgs/JointState.",
        ),
        (
            ProjectedGravity(),
            (SWAPPED,),
            "feature projected_gravity: imu.orientation must read x, y, z, w, got w, x, y, z.",
        ),
        (
            Goal(),
            GOAL[::-1],
            "feature goal: reads, in order, pose.position of geometry_msgs/PoseStamped, "
            "pose.pose.position of nav_msgs/Odometry, pose.pose.orientation of nav_msgs/Odometry.",
        ),
        (Goal(), (NO_XY, *GOAL[1:]), "feature goal: goal_pose.pose.position must begin with x, y."),
        (Goal(), (*GOAL[:2], ORIENTATION), "feature goal: reads, in order, pose.position of"),
    ],
)
def test_a_feature_says_what_it_reads(
    feature: Feature, sources: tuple[Source, ...], text: str
) -> None:
    with pytest.raises(ContractError, match=re.escape(text)):
        feature.check(sources)
