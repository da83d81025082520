"""Where a chain of hinges carries its tip, against rotations one after the other."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddpg_ros.contract import Hinge
from ddpg_ros.contract.chain import Chain, check_hinges
from ddpg_ros.errors import ContractError

LENGTHS = st.tuples(*[st.floats(-2, 2)] * 3)
ANGLES = st.tuples(*[st.floats(-4, 4)] * 3)
AXES = LENGTHS.filter(lambda axis: math.hypot(*axis) > 0.1)
HINGES = st.builds(Hinge, st.just("j"), LENGTHS, ANGLES, AXES)


def turned(vector: np.ndarray, axis: Any, angle: float) -> np.ndarray:
    """``vector`` turned about ``axis``: its part along the axis stays, the rest goes round."""
    unit = np.array(axis) / np.linalg.norm(axis)
    along = unit * (unit @ vector)
    rest = vector - along
    return along + math.cos(angle) * rest + math.sin(angle) * np.cross(unit, rest)


def carried(hinges: list[Hinge], tip: Any, angles: list[float]) -> np.ndarray:
    """The tip, from the last hinge to the base."""
    point = np.array(tip, dtype=float)
    for hinge, angle in zip(reversed(hinges), reversed(angles), strict=True):
        point = turned(point, hinge.axis, angle)
        for axis, part in zip(np.eye(3), hinge.rpy, strict=True):
            point = turned(point, axis, part)
        point = point + hinge.xyz
    return point


@given(st.lists(st.tuples(HINGES, st.floats(-7, 7)), min_size=1, max_size=7), LENGTHS)
def test_the_tip_is_where_the_rotations_bring_it(
    joints: list[tuple[Hinge, float]], tip: tuple[float, ...]
) -> None:
    hinges, angles = [hinge for hinge, _ in joints], [angle for _, angle in joints]
    chain = Chain(hinges, tip)
    chain.turn(np.zeros(len(hinges)))
    chain.turn(np.array(angles))
    np.testing.assert_allclose(chain.position, carried(hinges, tip, angles), atol=1e-9)


@given(st.lists(st.tuples(HINGES, st.floats(-7, 7)), min_size=1, max_size=7), LENGTHS, LENGTHS)
def test_a_pull_is_how_far_the_tip_goes_along_a_vector_as_one_hinge_turns(
    joints: list[tuple[Hinge, float]], tip: tuple[float, ...], vector: tuple[float, ...]
) -> None:
    hinges, angles = [hinge for hinge, _ in joints], np.array([angle for _, angle in joints])
    chain = Chain(hinges, tip)
    chain.turn(angles)
    pulls = chain.pulls(np.array(vector)).copy()
    for i, pull in enumerate(pulls):
        moved = [
            carried(hinges, tip, (angles + side * np.eye(len(hinges))[i]).tolist())
            for side in (-1e-5, 1e-5)
        ]
        assert pull == pytest.approx((moved[1] - moved[0]) @ vector / 2e-5, abs=1e-5)


def test_two_links_in_a_plane() -> None:
    chain = Chain([Hinge("shoulder"), Hinge("elbow", (2.0, 0.0, 0.0))], (1.0, 0.0, 0.0))
    for shoulder, elbow in ((0.0, 0.0), (math.pi / 2, 0.0), (0.3, -1.2)):
        chain.turn(np.array([shoulder, elbow]))
        x = 2 * math.cos(shoulder) + math.cos(shoulder + elbow)
        y = 2 * math.sin(shoulder) + math.sin(shoulder + elbow)
        np.testing.assert_allclose(chain.position, [x, y, 0.0], atol=1e-12)
        forearm = (math.cos(shoulder + elbow), math.sin(shoulder + elbow))
        np.testing.assert_allclose(chain.pulls(np.eye(3)[0]), [-y, -forearm[1]], atol=1e-12)
        np.testing.assert_allclose(chain.pulls(np.eye(3)[1]), [x, forearm[0]], atol=1e-12)


def test_an_axis_may_have_any_length() -> None:
    positions = []
    for length in (1.0, 1e-3, 50.0):
        chain = Chain([Hinge("j", axis=(0.0, 0.6 * length, 0.8 * length))], (1.0, 2.0, 3.0))
        chain.turn(np.array([0.7]))
        positions.append(chain.position.copy())
    np.testing.assert_allclose(positions[1:], positions[:1] * 2, atol=1e-12)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"joint": ""}, "hinge: a name is 1 to 200 printable characters without blanks, got ''."),
        (
            {"xyz": (1.0, 2.0)},
            "hinge 'j': xyz: expected three numbers of at most 1000, got 2 (1, 2).",
        ),
        ({"rpy": (0.0,) * 10**6}, "hinge 'j': rpy: expected three numbers of at most 1000, got 10"),
        ({"xyz": (0.0, math.nan, 0.0)}, "got 3 (0, nan, 0)."),
        ({"xyz": (0.0, 0.0, 1e4)}, "got 3 (0, 0, 10000)."),
        ({"rpy": (-math.inf, 0.0, 0.0)}, "got 3 (-inf, 0, 0)."),
        ({"axis": (0.0, 0.0, 1e-9)}, "hinge 'j': its axis has no direction."),
    ],
)
def test_a_hinge_that_is_none_is_refused(fields: dict[str, Any], text: str) -> None:
    with pytest.raises(ContractError, match=re.escape(text)):
        Hinge(**{"joint": "j", **fields})


@pytest.mark.parametrize("count", [0, 33])
def test_a_chain_has_one_to_32_hinges(count: int) -> None:
    check_hinges([Hinge(f"j{i}") for i in range(32)], "arm")
    with pytest.raises(ContractError, match=rf"^arm: expected 1 to 32 hinges, got {count}\.$"):
        check_hinges([Hinge(f"j{i}") for i in range(count)], "arm")


def test_a_joint_is_in_a_chain_once() -> None:
    with pytest.raises(ContractError, match=r"^arm: hinge 'j' is there twice"):
        check_hinges([Hinge("j"), Hinge("j")], "arm")
