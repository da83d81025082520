"""The elements of an observation, and what can go wrong with each on the way from the robot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ddpg_ros.contract import (
    Contract,
    CosSin,
    Goal,
    Identity,
    MinPool,
    ObservationTerm,
    ProjectedGravity,
)
from ddpg_ros.contract.readings import PREVIOUS_COMMAND

MIXED_UP: dict[str, dict[float, str]] = {
    "rad": {57.29578: "degrees"},
    "rad/s": {57.29578: "degrees per second"},
    "m": {1000.0: "millimetres"},
    "m/s": {1000.0: "millimetres per second"},
    "m/s^2": {1 / 9.80665: "g"},
    "": {57.29578: "degrees", 1000.0: "millimetres"},
}
"""By SI unit: how many make one of what people send instead."""


@dataclass(frozen=True)
class Element:
    """One element of a tick's observation.

    Args:
        name: ``term.element``.
        term: The term it belongs to.
        place: Columns that change place together: those of one joint, one axis.
        array: What it may have the wrong order in; None where that makes no sense.
        signed: Whether a wrong sign on the robot negates it.
        unit: Its SI unit, where a wrong unit on the robot scales it; else None.
    """

    name: str
    term: ObservationTerm
    place: tuple[int, ...]
    array: tuple[str, str, str] | None = None
    signed: bool = False
    unit: str | None = None

    @property
    def live(self) -> bool:
        """Whether a robot says it; the previous command comes from the controller itself."""
        return any(source.message != PREVIOUS_COMMAND for source in self.term.sources)

    @property
    def lasts(self) -> bool:
        """Whether it is right that it stays the same: a goal, which is sent once."""
        return not any(source.ages for source in self.term.sources)


def elements_of(contract: Contract) -> list[Element]:
    """The elements of one tick, in order: ``frame_size`` of them."""
    elements: list[Element] = []
    for term in contract.observation:
        elements.extend(_elements_of_term(term, len(elements)))
    return elements


def _elements_of_term(term: ObservationTerm, start: int) -> Iterator[Element]:
    feature, source = term.feature, term.sources[0]
    array = (source.topic, source.field, type(feature).__name__)
    for i, element in enumerate(term.element_names):
        name, column = f"{term.name}.{element}", start + i
        if isinstance(feature, Identity):
            unit = term.unit.replace("²", "^2")
            yield Element(name, term, (column,), array, signed=True, unit=unit)
        elif isinstance(feature, CosSin):
            joints = len(source.elements)
            joint = start + i % joints
            yield Element(name, term, (joint, joint + joints), array, signed=i >= joints)
        elif isinstance(feature, ProjectedGravity):
            yield Element(name, term, (column,), array, signed=True)
        elif isinstance(feature, Goal):
            yield Element(name, term, (column,), signed=i > 0, unit="m" if i == 0 else None)
        elif isinstance(feature, MinPool):
            yield Element(name, term, (column,), unit="m")
        else:
            yield Element(name, term, (column,))
