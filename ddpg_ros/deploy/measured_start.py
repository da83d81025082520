"""Where position commands start: where the joints are."""

from __future__ import annotations

import numpy as np

from ddpg_ros.contract import Assembler
from ddpg_ros.contract.readings import JOINT_STATE

_POSITION_UNITS = ("rad", "m")


class MeasuredStart:
    """The first command of a robot whose joints are commanded to positions.

    Its safe command may be far from where it is. So nothing is sent before the positions are
    known, and the first command is where they are; so is the first after some that were not sent,
    as in a dry run. An element whose unit is no position's, or
    whose joint the policy does not read, starts from its safe value.

    Args:
        assembler: Whose readings tell the positions.
    """

    def __init__(self, assembler: Assembler) -> None:
        contract = assembler.contract
        self._command = contract.action_values("safe")
        self._joints: list[tuple[int, np.ndarray, int]] = []
        for element, action in enumerate(contract.actions):
            place = _position(assembler, action.name)
            if place and action.unit in _POSITION_UNITS:
                self._joints.append((element, *place))

    def __bool__(self) -> bool:
        """Whether any element starts from a measurement."""
        return bool(self._joints)

    def command(self) -> np.ndarray:
        """Where the robot is, ``(m,)``, SI units; once all readings are there."""
        for element, values, index in self._joints:
            self._command[element] = values[index]
        return self._command


def _position(assembler: Assembler, joint: str) -> tuple[np.ndarray, int] | None:
    """Where a joint's position is found, an array and an index; None if nowhere."""
    for buffer in assembler.buffers:
        source = buffer.source
        if (source.message, source.field) == (JOINT_STATE, "position") and joint in source.elements:
            return buffer.values, source.elements.index(joint)
    return None
