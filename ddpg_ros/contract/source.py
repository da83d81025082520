"""Where a number comes from on the robot."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ddpg_ros.contract.naming import check_name, check_topic, check_unique
from ddpg_ros.contract.readings import FIELDS, LASER_SCAN, PREVIOUS_COMMAND
from ddpg_ros.errors import ContractError


@dataclass(frozen=True)
class Source:
    """Elements of one field of one message.

    Args:
        topic: Relative ROS name, ``joint_states``; empty for the previous command.
        message: One of :data:`~ddpg_ros.contract.readings.FIELDS`.
        field: Path inside the message, ``position`` or ``pose.pose.orientation``.
        elements: Names, in the order the policy wants them: joints, or ``x``, ``y``, ``z``, ``w``.
            Empty for a field whose elements the message fixes: all of them.
        max_age: Oldest reading that may be acted on [s]; infinite for what is sent once, a goal.
    """

    topic: str
    message: str
    field: str
    elements: tuple[str, ...] = ()
    max_age: float = 0.5

    def __post_init__(self) -> None:
        if self.message not in FIELDS:
            raise ContractError(
                f"source '{self.topic}': cannot read {self.message}. Known: {', '.join(FIELDS)}."
            )
        fields = FIELDS[self.message]
        if self.field not in fields:
            raise ContractError(
                f"source '{self.topic}': {self.message} has no field '{self.field}'. "
                f"Known: {', '.join(fields)}."
            )
        if self.message == PREVIOUS_COMMAND:
            if self.topic:
                raise ContractError(
                    f"source '{self.topic}': the previous command has no topic; leave it empty."
                )
        else:
            check_topic(self.topic, "source topic")
        self._check_elements(fields[self.field])
        if not self.max_age > 0:
            raise ContractError(
                f"source '{self.topic}': max_age must be above 0 s, got {self.max_age}."
            )

    def _check_elements(self, fixed: tuple[str, ...] | None) -> None:
        where = f"source '{self.topic}' {self.field}"
        check_unique(self.elements, f"{where}: element")
        for name in self.elements:
            check_name(name, where)
        if fixed is None:
            if not self.elements:
                raise ContractError(
                    f"{where}: name the elements, in the order the policy reads them."
                )
        elif not self.elements:
            object.__setattr__(self, "elements", fixed)
        elif any(name not in fixed for name in self.elements):
            wrong = ", ".join(name for name in self.elements if name not in fixed)
            known = ", ".join(fixed) or "none: its rays have angles, not names"
            raise ContractError(f"{where}: no element {wrong}. Known: {known}.")

    @property
    def ages(self) -> bool:
        """Whether a reading of it can be too old, or from before the clock was set back."""
        return self.message != PREVIOUS_COMMAND and math.isfinite(self.max_age)

    @property
    def is_scan(self) -> bool:
        """Whether its values are rays, among which "no return" is no fault."""
        return self.message == LASER_SCAN

    @property
    def label(self) -> str:
        """How diagnostics call this source: ``joint_states.position``."""
        return f"{self.topic}.{self.field}" if self.topic else self.message
