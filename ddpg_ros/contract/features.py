"""What the policy sees of its sources: features, computed the same way in training and on a robot.

A feature is bound once to the buffers it reads and the slice of the observation it writes; the
function it returns is called every tick and allocates nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ddpg_ros.contract.readings import (
    IMU,
    LASER_SCAN,
    ODOMETRY,
    POSE_STAMPED,
    XYZW,
)
from ddpg_ros.contract.source import Source
from ddpg_ros.contract.source_buffer import SourceBuffer
from ddpg_ros.errors import ContractError

Compute = Callable[[], str]
"""Writes the feature; returns why it could not, empty if it could."""

_NO_QUATERNION = "the orientation is not a quaternion (all zero, or not a number)"


class Feature:
    """Root of the features. Each has a ``kind``, the tag it carries in JSON."""

    def check(self, sources: Sequence[Source]) -> None:
        """Raise ContractError unless the feature can be computed from ``sources``."""
        if len(sources) != 1:
            raise ContractError(f"feature {self._tag}: expected one source, got {len(sources)}.")
        if sources[0].message == LASER_SCAN:
            raise ContractError(f"feature {self._tag}: a scan is read with min_pool.")

    def names(self, sources: Sequence[Source]) -> tuple[str, ...]:
        """Names of the elements the feature writes, in order."""
        raise NotImplementedError

    def bind(self, inputs: Sequence[SourceBuffer], out: np.ndarray) -> Compute:
        """The function that computes the feature from ``inputs`` into ``out``, ``(size,)``."""
        raise NotImplementedError

    @property
    def _tag(self) -> str:
        return str(getattr(type(self), "kind", type(self).__name__))


@dataclass(frozen=True)
class Identity(Feature):
    """The elements as they are."""

    kind: ClassVar[str] = "identity"

    def names(self, sources: Sequence[Source]) -> tuple[str, ...]:
        return sources[0].elements

    def bind(self, inputs: Sequence[SourceBuffer], out: np.ndarray) -> Compute:
        values = inputs[0].values

        def compute() -> str:
            np.copyto(out, values, casting="same_kind")
            return ""

        return compute


@dataclass(frozen=True)
class CosSin(Feature):
    """An angle without a seam: all cosines, then all sines, of elements in [rad]."""

    kind: ClassVar[str] = "cos_sin"

    def names(self, sources: Sequence[Source]) -> tuple[str, ...]:
        elements = sources[0].elements
        return tuple(f"cos({e})" for e in elements) + tuple(f"sin({e})" for e in elements)

    def bind(self, inputs: Sequence[SourceBuffer], out: np.ndarray) -> Compute:
        angles = inputs[0].values
        n = len(angles)
        cosines, sines = out[:n], out[n:]

        def compute() -> str:
            np.cos(angles, out=cosines, casting="same_kind")
            np.sin(angles, out=sines, casting="same_kind")
            return ""

        return compute


@dataclass(frozen=True)
class ProjectedGravity(Feature):
    """The direction of gravity in the robot's frame, a unit vector; (0, 0, -1) when upright.

    It is minus the third row of the rotation matrix of the IMU's orientation (REP-103, REP-145).
    """

    kind: ClassVar[str] = "projected_gravity"

    def check(self, sources: Sequence[Source]) -> None:
        super().check(sources)
        source = sources[0]
        if source.message not in (IMU, ODOMETRY) or not source.field.endswith("orientation"):
            raise ContractError(
                f"feature {self._tag}: reads the orientation of an Imu or Odometry, "
                f"got {source.field} of {source.message}."
            )
        _check_whole_quaternion(source, self._tag)

    def names(self, sources: Sequence[Source]) -> tuple[str, ...]:
        return ("x", "y", "z")

    def bind(self, inputs: Sequence[SourceBuffer], out: np.ndarray) -> Compute:
        quaternion = inputs[0].values

        def compute() -> str:
            x, y, z, w = quaternion.tolist()
            norm = x * x + y * y + z * z + w * w
            if not norm > 1e-12:
                return _NO_QUATERNION
            out[0] = -2.0 * (x * z - w * y) / norm
            out[1] = -2.0 * (y * z + w * x) / norm
            out[2] = -1.0 + 2.0 * (x * x + y * y) / norm
            return ""

        return compute


@dataclass(frozen=True)
class Goal(Feature):
    """A goal on the ground as the robot sees it: distance [m], cosine and sine of its heading.

    The heading is the angle from the robot's x axis to the goal, counter-clockwise (REP-103),
    given as cosine and sine because an angle has a seam behind the robot. Sources, in order: the
    goal's position, the robot's position, the robot's orientation. Goal and odometry must be in
    the same frame.
    """

    kind: ClassVar[str] = "goal"

    def check(self, sources: Sequence[Source]) -> None:
        wanted = (
            (POSE_STAMPED, "pose.position"),
            (ODOMETRY, "pose.pose.position"),
            (ODOMETRY, "pose.pose.orientation"),
        )
        got = tuple((source.message, source.field) for source in sources)
        if got != wanted:
            listed = ", ".join(f"{field} of {message}" for message, field in wanted)
            raise ContractError(f"feature {self.kind}: reads, in order, {listed}.")
        for source in sources[:2]:
            if source.elements[:2] != ("x", "y"):
                raise ContractError(f"feature {self.kind}: {source.label} must begin with x, y.")
        _check_whole_quaternion(sources[2], self.kind)

    def names(self, sources: Sequence[Source]) -> tuple[str, ...]:
        return ("distance", "cos(heading)", "sin(heading)")

    def bind(self, inputs: Sequence[SourceBuffer], out: np.ndarray) -> Compute:
        goal, position, orientation = inputs

        def compute() -> str:
            if goal.frame and position.frame and goal.frame != position.frame:
                return f"the goal is in frame '{goal.frame}', odometry in '{position.frame}'"
            east = float(goal.values[0] - position.values[0])
            north = float(goal.values[1] - position.values[1])
            x, y, z, w = orientation.values.tolist()
            norm = x * x + y * y + z * z + w * w
            if not norm > 1e-12:
                return _NO_QUATERNION
            yaw = math.atan2(2.0 * (w * z + x * y), norm - 2.0 * (y * y + z * z))
            heading = math.atan2(north, east) - yaw
            out[0] = math.hypot(east, north)
            out[1] = math.cos(heading)
            out[2] = math.sin(heading)
            return ""

        return compute


def _check_whole_quaternion(source: Source, feature: str) -> None:
    if source.elements != XYZW:
        raise ContractError(
            f"feature {feature}: {source.label} must read {', '.join(XYZW)}, "
            f"got {', '.join(source.elements)}."
        )
