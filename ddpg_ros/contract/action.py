"""What a policy drives: the commands it sends, element by element."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ddpg_ros.contract.naming import check_name, check_topic, check_unique
from ddpg_ros.contract.readings import FLOAT64_MULTI_ARRAY, JOINT_STATE, TWIST_STAMPED
from ddpg_ros.errors import ContractError

TWIST = "geometry_msgs/Twist"
JOINT_TRAJECTORY = "trajectory_msgs/JointTrajectory"

TWIST_ELEMENTS = tuple(f"{part}.{axis}" for part in ("linear", "angular") for axis in "xyz")
SATURATED = 0.99
"""An action element beyond this fraction of half its range counts as saturated."""

_JOINT_FIELDS = ("position", "velocity", "effort")
_POSITION_UNITS = ("rad", "m")

COMMAND_FIELDS: dict[str, tuple[str, ...]] = {
    FLOAT64_MULTI_ARRAY: ("data",),
    TWIST_STAMPED: ("twist",),
    TWIST: ("twist",),
    JOINT_TRAJECTORY: _JOINT_FIELDS,
    JOINT_STATE: _JOINT_FIELDS,
}
"""The messages a command can be sent as, with the fields that can carry its values."""


@dataclass(frozen=True)
class ActionElement:
    """One number the policy sets.

    Args:
        name: The joint's name, or ``linear.x`` .. ``angular.z`` in a twist.
        unit: SI unit, for people (``N m``, ``rad/s``).
        low: Smallest command, in ``unit``.
        high: Largest command, in ``unit``.
        safe: The command that is sent when nothing better is known, in ``unit``.
        slew_limit: Largest change of the command, in ``unit`` per second.
    """

    name: str
    unit: str
    low: float
    high: float
    safe: float = 0.0
    slew_limit: float = math.inf

    def __post_init__(self) -> None:
        check_name(self.name, "action element")
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ContractError(
                f"action element '{self.name}': limits must be finite with low < high, "
                f"got [{self.low}, {self.high}]."
            )
        if not self.low <= self.safe <= self.high:
            raise ContractError(
                f"action element '{self.name}': the safe value {self.safe} lies outside "
                f"[{self.low}, {self.high}]."
            )
        if not self.slew_limit > 0:
            raise ContractError(
                f"action element '{self.name}': slew_limit must be above 0 (inf for none), "
                f"got {self.slew_limit}."
            )

    @property
    def is_position(self) -> bool:
        """Whether it says where to be, so that 0 is a place and not a stand."""
        return self.unit in _POSITION_UNITS


@dataclass(frozen=True)
class Command:
    """One message that the policy sends every period.

    Args:
        topic: Relative ROS name, ``commands`` or ``cmd_vel``.
        message: One of :data:`COMMAND_FIELDS`.
        elements: What it carries, in order.
        field: Which of the message's fields carries the values; needed for joint messages.
    """

    topic: str
    message: str
    elements: tuple[ActionElement, ...]
    field: str = ""

    def __post_init__(self) -> None:
        if self.message not in COMMAND_FIELDS:
            raise ContractError(
                f"command '{self.topic}': cannot be sent as {self.message}. "
                f"Known: {', '.join(COMMAND_FIELDS)}."
            )
        check_topic(self.topic, "command topic")
        if not self.elements:
            raise ContractError(f"command '{self.topic}': has no elements.")
        fields = COMMAND_FIELDS[self.message]
        if not self.field and len(fields) == 1:
            object.__setattr__(self, "field", fields[0])
        if self.field not in fields:
            raise ContractError(
                f"command '{self.topic}': field of {self.message} must be one of "
                f"{', '.join(fields)}, got '{self.field}'."
            )
        names = [element.name for element in self.elements]
        check_unique(names, f"command '{self.topic}': element")
        if self.message in (TWIST, TWIST_STAMPED):
            wrong = [name for name in names if name not in TWIST_ELEMENTS]
            if wrong:
                raise ContractError(
                    f"command '{self.topic}': a twist has no element {', '.join(wrong)}. "
                    f"Known: {', '.join(TWIST_ELEMENTS)}."
                )
