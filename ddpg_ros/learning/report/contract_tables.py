"""The contract of a policy as rows of a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ddpg_ros.contract import Contract


class Read(NamedTuple):
    """An element of an observation, and what training saw of it."""

    name: str
    source: str
    unit: str
    low: float
    high: float
    max_age: float
    mean: float
    std: float
    minimum: float
    maximum: float


class Driven(NamedTuple):
    """An element of an action."""

    name: str
    topic: str
    message: str
    unit: str
    low: float
    high: float
    slew_limit: float
    safe: float


def reads(contract: Contract, observations: dict[str, Any]) -> Iterator[Read]:
    """A row for each element of one tick."""
    index = 0
    for term in contract.observation:
        source = " + ".join(source.label for source in term.sources)
        age = min(source.max_age for source in term.sources)
        for element, low, high in zip(term.element_names, term.lows, term.highs, strict=True):
            seen = [observations[name][index] for name in ("mean", "std", "minimum", "maximum")]
            yield Read(f"{term.name}.{element}", source, term.unit, low, high, age, *seen)
            index += 1


def drives(contract: Contract) -> Iterator[Driven]:
    """A row for each element of an action."""
    for command in contract.commands:
        for e in command.elements:
            message = f"{command.message} {command.field}"
            limits = (e.low, e.high, e.slew_limit, e.safe)
            yield Driven(e.name, command.topic, message, e.unit, *limits)
