"""Features of one source against a naive computation of the same thing."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddpg_ros.contract import CosSin, Feature, Identity, ProjectedGravity, Source, readings
from ddpg_ros.contract.source_buffer import SourceBuffer
from ddpg_ros.errors import ContractError

ORIENTATION = Source("imu", readings.IMU, "orientation")
JOINT = Source("joint_states", readings.JOINT_STATE, "position", ("a", "b"))
COMPONENT = st.floats(-1, 1)
QUATERNIONS = st.tuples(COMPONENT, COMPONENT, COMPONENT, COMPONENT).filter(
    lambda q: math.hypot(*q) > 1e-3
)


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
    """Rotation matrix of x, y, z, w: the quaternion applied to each axis."""
    x, y, z, w = np.array(quaternion) / np.linalg.norm(quaternion)
    axis = np.array([x, y, z])
    return np.array([e + 2 * np.cross(axis, np.cross(axis, e) + w * e) for e in np.eye(3)]).T


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


@pytest.mark.parametrize("orientation", [(0, 0, 0, 0), (0, 0, 0, math.nan)])
def test_an_orientation_that_is_no_quaternion_is_refused(orientation: tuple[float, ...]) -> None:
    problem, _ = computed(ProjectedGravity(), (ORIENTATION,), readings.imu(orientation))
    assert problem == "the orientation is not a quaternion (all zero, or not a number)"


SWAPPED = Source("imu", readings.IMU, "orientation", ("w", "x", "y", "z"))
SCAN = Source("scan", readings.LASER_SCAN, "ranges")


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
    ],
)
def test_a_feature_says_what_it_reads(
    feature: Feature, sources: tuple[Source, ...], text: str
) -> None:
    with pytest.raises(ContractError, match=re.escape(text)):
        feature.check(sources)
