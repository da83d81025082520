"""A chain of hinges, and where it carries its tip: forward kinematics."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ddpg_ros.contract.naming import check_name, check_unique
from ddpg_ros.errors import ContractError

_MAX_HINGES = 32
_LARGEST = 1e3
"""Of a length [m] and of an angle [rad]."""


@dataclass(frozen=True)
class Hinge:
    """One hinge of a chain, in the words of a URDF joint.

    Fixed joints in between belong to the origin of the hinge that follows.

    Args:
        joint: The name its angle is read by.
        xyz: Where its frame lies in the frame of the hinge before it, or of the base [m].
        rpy: How it is turned there: roll, pitch and yaw about fixed axes [rad].
        axis: What it turns about, in its own frame; of any length but 0.
    """

    joint: str
    xyz: tuple[float, ...] = (0.0, 0.0, 0.0)
    rpy: tuple[float, ...] = (0.0, 0.0, 0.0)
    axis: tuple[float, ...] = (0.0, 0.0, 1.0)

    def __post_init__(self) -> None:
        check_name(self.joint, "hinge")
        for field in ("xyz", "rpy", "axis"):
            check_triple(getattr(self, field), f"hinge '{self.joint}': {field}")
        if not math.hypot(*self.axis) > 1e-6:
            raise ContractError(f"hinge '{self.joint}': its axis has no direction.")

    def parts(self) -> np.ndarray:
        """The hinge's transform is ``parts[0] + cos(q) parts[1] + sin(q) parts[2]``, ``(3, 4, 4)``.

        Rodrigues' formula after the origin's rotation; homogeneous coordinates.
        """
        origin, across = _rotation(self.rpy), self.across()
        along = np.eye(3) + across @ across
        parts = np.zeros((3, 4, 4))
        parts[0, :3, :3] = origin @ along
        parts[1, :3, :3] = origin @ (np.eye(3) - along)
        parts[2, :3, :3] = origin @ across
        parts[0, :3, 3] = self.xyz
        parts[0, 3, 3] = 1.0
        return parts

    def across(self) -> np.ndarray:
        """The matrix that takes a point to its velocity when the hinge turns at 1 rad/s, (3, 3)."""
        x, y, z = np.array(self.axis) / np.linalg.norm(self.axis)
        return np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])


class Chain:
    """Where a chain's tip is and how its hinges move it, for angles that change with every call.

    Allocates nothing once it is made.

    Args:
        hinges: From the base to the tip.
        tip: The tip in the frame of the last hinge [m].

    Attributes:
        position: The tip in the base's frame [m], ``(3,)``, as of the last :meth:`turn`.
    """

    def __init__(self, hinges: Sequence[Hinge], tip: Sequence[float]) -> None:
        count = len(hinges)
        self._parts = np.stack([hinge.parts().reshape(3, 16) for hinge in hinges])
        self._factors = np.ones((count, 1, 3))
        self._cosines, self._sines = self._factors[:, 0, 1], self._factors[:, 0, 2]
        self._transforms = np.empty((count, 1, 16))
        points = np.ones((count + 1, 4))
        points[count, :3] = tip
        transforms = self._transforms.reshape(count, 4, 4)
        self._inwards = [(transforms[i], points[i + 1], points[i]) for i in reversed(range(count))]
        self.position = points[0, :3]
        vectors = np.zeros((count + 1, 4))
        self._outwards = [(transforms[i], vectors[i], vectors[i + 1]) for i in range(count)]
        self._vector, self._vectors = vectors[0, :3], vectors[1:, :3]
        self._across = np.stack([hinge.across() for hinge in hinges])
        self._tips, self._velocities = points[1:, :3, None], np.empty((count, 3, 1))
        self._pulls = np.empty(count)

    def turn(self, angles: np.ndarray) -> None:
        """Put the hinges at ``angles`` ``(hinges,)`` [rad]."""
        np.cos(angles, out=self._cosines)
        np.sin(angles, out=self._sines)
        np.matmul(self._factors, self._parts, out=self._transforms)
        for transform, point, carried in self._inwards:
            np.dot(transform, point, out=carried)

    def pulls(self, vector: np.ndarray) -> np.ndarray:
        """How far each hinge moves the tip along ``vector`` when it turns [m/rad], ``(hinges,)``.

        The transposed Jacobian times ``vector`` ``(3,)``, which is in the base's frame, at the
        angles of the last :meth:`turn`. The array is reused by the next call.
        """
        np.copyto(self._vector, vector)
        for transform, before, behind in self._outwards:
            np.dot(before, transform, out=behind)
        np.matmul(self._across, self._tips, out=self._velocities)
        return np.einsum("ij,ij->i", self._velocities[:, :, 0], self._vectors, out=self._pulls)


def check_hinges(hinges: Sequence[Hinge], what: str) -> None:
    """Raise ContractError unless there are some hinges, each of another joint."""
    if not 1 <= len(hinges) <= _MAX_HINGES:
        raise ContractError(f"{what}: expected 1 to {_MAX_HINGES} hinges, got {len(hinges)}.")
    check_unique((hinge.joint for hinge in hinges), f"{what}: hinge")


def check_triple(values: Sequence[float], what: str) -> None:
    """Raise ContractError unless ``values`` are three numbers of the size of a robot's."""
    if len(values) != 3 or not all(abs(value) <= _LARGEST for value in values):
        shown = ", ".join(f"{value:g}" for value in values[:4])
        raise ContractError(
            f"{what}: expected three numbers of at most {_LARGEST:g}, got {len(values)} ({shown})."
        )


def _rotation(rpy: Sequence[float]) -> np.ndarray:
    """Yaw after pitch after roll, ``(3, 3)``, as URDF has it."""
    (cr, cp, cy), (sr, sp, sy) = np.cos(rpy), np.sin(rpy)
    return np.array(
        [
            [cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr],
            [sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr],
            [-sp, cp * sr, cp * cr],
        ]
    )
