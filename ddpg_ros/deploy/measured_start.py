"""Where position commands start: where the joints are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ddpg_ros.contract import Assembler
from ddpg_ros.contract.action import ActionElement
from ddpg_ros.contract.readings import JOINT_STATE


class MeasuredStart:
    """The first command of a robot whose joints are commanded to positions.

    Its safe command may be far from where it is. So nothing is sent before the positions are
    known, and the first command is where they are; so is the first after some that were not sent,
    as in a dry run. An element whose unit is no position's, or whose joint the policy does not
    read, goes on from the command before.

    Args:
        assembler: Whose readings tell the positions.
        period: From command to command [s].

    Attributes:
        unknown: The position commands of joints that the policy does not read.
    """

    def __init__(self, assembler: Assembler, period: float) -> None:
        self._joints = list(_joints(assembler, period))
        measured = {joint.element for joint in self._joints}
        self.unknown = [
            action
            for element, action in enumerate(assembler.contract.actions)
            if action.is_position and element not in measured
        ]
        self._command = np.zeros(assembler.contract.action_size)

    def __bool__(self) -> bool:
        """Whether any element starts from a measurement."""
        return bool(self._joints)

    def command(self, before: np.ndarray) -> np.ndarray:
        """Where the robot is, ``(m,)``, SI units; once all readings are there.

        Args:
            before: The command before, for all that is not measured, ``(m,)``.
        """
        np.copyto(self._command, before)
        for joint in self._joints:
            self._command[joint.element] = joint.position
        return self._command

    def within_reach(self) -> bool:
        """Whether each joint is within its limits, or one step of its slew limit beyond them."""
        return not any(joint.is_beyond for joint in self._joints)

    def describe_beyond(self) -> str:
        """Which are not."""
        return "; ".join(str(joint) for joint in self._joints if joint.is_beyond)


@dataclass(frozen=True)
class _Joint:
    """A joint that is commanded to a position, and where that is found."""

    element: int
    action: ActionElement
    step: float
    values: np.ndarray
    index: int

    @property
    def position(self) -> float:
        return float(self.values[self.index])

    @property
    def is_beyond(self) -> bool:
        low, high = self.action.low - self.step, self.action.high + self.step
        return not low <= self.position <= high

    def __str__(self) -> str:
        action = self.action
        return (
            f"{action.name} is at {self.position:.4g} {action.unit}, beyond its limits "
            f"{action.low:g} to {action.high:g}: bring it back by other means"
        )


def _joints(assembler: Assembler, period: float) -> Iterator[_Joint]:
    """The joints of position commands that the policy reads."""
    for element, action in enumerate(assembler.contract.actions):
        place = _position(assembler, action.name)
        if place and action.is_position:
            yield _Joint(element, action, action.slew_limit * period, *place)


def _position(assembler: Assembler, joint: str) -> tuple[np.ndarray, int] | None:
    """Where a joint's position is found, an array and an index; None if nowhere."""
    for buffer in assembler.buffers:
        source = buffer.source
        if (source.message, source.field) == (JOINT_STATE, "position") and joint in source.elements:
            return buffer.values, source.elements.index(joint)
    return None
