"""Where a number comes from on the robot, and the buffer that holds its latest value."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ddpg_ros.contract.naming import check_name, check_topic, check_unique
from ddpg_ros.contract.readings import FIELDS, JOINT_STATE, LASER_SCAN, PREVIOUS_COMMAND, Reading
from ddpg_ros.errors import ContractError

_LARGEST = 1e30
"""Beyond it a value is garbage, and what is computed from it may not fit into float32."""


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


class SourceBuffer:
    """The latest values of one source, matched by name once and copied without allocating.

    Attributes:
        values: ``(len(elements),)`` float64; for a scan, ``(rays,)``.
        measured_at: When the latest values were measured [s], ``-inf`` before the first.
        problem: Why the latest reading does not serve, empty if it does.
        frame: ``frame_id`` of the latest reading.
        geometry: Scan geometry of the latest reading.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.values = np.full(len(source.elements), np.nan)
        self.measured_at = -math.inf
        self.problem = ""
        self.frame = ""
        self.geometry: tuple[float, float, float, float] | None = None
        self.finite = np.zeros(len(source.elements), dtype=bool)
        self._magnitudes = np.zeros(len(source.elements))
        self._names: list[str] = []
        self._indices: np.ndarray | None = None
        fixed = FIELDS[source.message][source.field]
        if fixed:
            self._indices = np.array([fixed.index(name) for name in source.elements])

    def clear(self) -> None:
        """Forget the latest reading."""
        self.values.fill(np.nan)
        self.measured_at = -math.inf
        self.problem = ""

    def receive(self, reading: Reading, now: float) -> None:
        """Copy what the source needs out of ``reading``, which arrived at ``now`` [s].

        It is as old as its stamp says, where it has one: a message may have been under way.
        """
        self.measured_at = now if reading.stamp is None else min(now, reading.stamp)
        self.frame = reading.frame
        values = reading.fields.get(self.source.field)
        if values is None or len(values) == 0:
            self.problem = f"carries no {self.source.field}"
        elif reading.geometry is not None:
            self._receive_scan(values, reading.geometry)
        elif reading.names:
            self._receive_named(values, reading.names)
        else:
            self._receive_ordered(values)
        if self.problem:
            self.values.fill(np.nan)

    def check_finite(self) -> bool:
        """Whether every needed element is finite, and no garbage; :attr:`finite` says which are."""
        np.abs(self.values, out=self._magnitudes)
        np.less_equal(self._magnitudes, _LARGEST, out=self.finite)
        return bool(self.finite.all())

    def _receive_scan(
        self, ranges: np.ndarray, geometry: tuple[float, float, float, float]
    ) -> None:
        self.problem = ""
        self.geometry = geometry
        if len(ranges) != len(self.values):
            self.values = np.empty(len(ranges))
        np.copyto(self.values, ranges)

    def _receive_named(self, values: np.ndarray, names: object) -> None:
        if names != self._names or self._indices is None:
            self._match(list(names))  # type: ignore[call-overload]
        if self._indices is None:
            return
        if len(values) != len(self._names):
            self.problem = f"{len(values)} values for {len(self._names)} names"
            return
        self.problem = ""
        np.take(values, self._indices, out=self.values, mode="clip")

    def _match(self, names: list[str]) -> None:
        self._names, self._indices = names, None
        missing = [name for name in self.source.elements if name not in names]
        twice = [name for name in self.source.elements if names.count(name) > 1]
        if missing:
            self.problem = f"has no {', '.join(missing)} (it has {', '.join(names[:20])})"
        elif twice:
            self.problem = f"names {', '.join(twice)} twice"
        else:
            self._indices = np.array([names.index(name) for name in self.source.elements])

    def _receive_ordered(self, values: np.ndarray) -> None:
        fixed = FIELDS[self.source.message][self.source.field]
        expected = len(fixed) if fixed else len(self.source.elements)
        if self.source.message == JOINT_STATE:
            self.problem = "carries values without joint names"
        elif len(values) != expected:
            self.problem = f"has {len(values)} values where {expected} are expected"
        else:
            self.problem = ""
            if self._indices is None:
                np.copyto(self.values, values)
            else:
                np.take(values, self._indices, out=self.values, mode="clip")
