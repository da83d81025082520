"""The contract of a policy: what it reads, what it drives, how often."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from reprlib import repr as shown
from typing import Any

import numpy as np

from ddpg_ros.contract.action import ActionElement, Command
from ddpg_ros.contract.codec import decode, encode
from ddpg_ros.contract.naming import check_name, check_unique
from ddpg_ros.contract.observation import ObservationTerm
from ddpg_ros.contract.readings import PREVIOUS_COMMAND
from ddpg_ros.contract.source import Source
from ddpg_ros.errors import ContractError

SCHEMA = 1
"""Version of the contract's JSON; it rises when an older reader would misread a newer file."""

HISTORY_LAYOUT = "oldest_first"
"""A history of n ticks is n whole observations one after the other, the latest last."""

_MAX_HISTORY = 1000
_MAX_ELEMENTS = 5_000
"""Of an observation or an action; beyond, Python could not assemble it at a control rate."""
_MAX_PARTS = 100
"""Observation terms, and commands."""
_MAX_TOPICS = 100
_MAX_JSON = 2**19
"""Characters; a contract of :data:`_MAX_ELEMENTS` takes a third. More takes seconds to read."""


@dataclass(frozen=True)
class Contract:
    """What a policy reads and drives.

    Args:
        name: The robot or world it is for.
        period: Control period [s]: one observation and one action each.
        observation: Terms, in the order of the observation vector.
        commands: Messages sent every period, in the order of the action vector.
        history: Number of ticks in one observation vector, at least 1.
        history_layout: How they lie in it, :data:`HISTORY_LAYOUT`.
    """

    name: str
    period: float
    observation: tuple[ObservationTerm, ...]
    commands: tuple[Command, ...]
    history: int = 1
    history_layout: str = HISTORY_LAYOUT

    def __post_init__(self) -> None:
        check_name(self.name, "contract name")
        if not (math.isfinite(self.period) and 1e-4 <= self.period <= 60.0):
            raise ContractError(
                f"contract '{self.name}': period must be in [0.0001, 60] s, got {self.period}."
            )
        if not self.observation or not self.commands:
            raise ContractError(
                f"contract '{self.name}': needs at least one observation term and one command."
            )
        if not 1 <= self.history <= _MAX_HISTORY:
            raise ContractError(
                f"contract '{self.name}': history must be in [1, {_MAX_HISTORY}], "
                f"got {self.history}."
            )
        if self.history_layout != HISTORY_LAYOUT:
            raise ContractError(
                f"contract '{self.name}': history_layout must be {HISTORY_LAYOUT}, "
                f"got '{self.history_layout}'."
            )
        for count, what, most in (
            (self.observation_size, "observation elements", _MAX_ELEMENTS),
            (self.action_size, "action elements", _MAX_ELEMENTS),
            (len(self.topics), "topics to read", _MAX_TOPICS),
        ):
            if count > most:
                raise ContractError(f"contract '{self.name}': {count} {what}, at most {most}.")
        check_unique((term.name for term in self.observation), "observation term")
        check_unique((command.topic for command in self.commands), "command topic")
        check_unique(self.action_names, "action element")
        self._check_sources()

    def _check_sources(self) -> None:
        messages: dict[str, str] = {}
        known = set(self.action_names)
        for source in self.sources:
            if messages.setdefault(source.topic, source.message) != source.message:
                raise ContractError(
                    f"topic '{source.topic}' is read as {messages[source.topic]} and as "
                    f"{source.message}; a topic has one type."
                )
            if source.message == PREVIOUS_COMMAND:
                unknown = [name for name in source.elements if name not in known]
                if unknown:
                    raise ContractError(
                        f"previous_command: no action element {', '.join(unknown)}. "
                        f"Known: {', '.join(self.action_names)}."
                    )

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every source of every term, in order."""
        return tuple(source for term in self.observation for source in term.sources)

    @property
    def topics(self) -> dict[str, str]:
        """Message type by topic that the policy reads."""
        return {source.topic: source.message for source in self.sources if source.topic}

    @property
    def aging_topics(self) -> tuple[str, ...]:
        """Topics of sources that grow old, each once, in order."""
        return tuple(dict.fromkeys(source.topic for source in self.sources if source.ages))

    def ages(self, topic: str) -> bool:
        """Whether what is read on ``topic`` grows old; a goal does not."""
        return topic in self.aging_topics

    @property
    def frame_size(self) -> int:
        """Number of elements of one tick's observation."""
        return sum(term.size for term in self.observation)

    @property
    def observation_size(self) -> int:
        """Length of the observation vector: frame size times history."""
        return self.frame_size * self.history

    @property
    def observation_names(self) -> tuple[str, ...]:
        """Name of each element of one tick's observation: ``term.element``."""
        return tuple(f"{t.name}.{e}" for t in self.observation for e in t.element_names)

    @property
    def observation_low(self) -> np.ndarray:
        """Smallest values expected, ``(observation_size,)`` float32."""
        return self._stacked([low for term in self.observation for low in term.lows])

    @property
    def observation_high(self) -> np.ndarray:
        """Largest values expected, ``(observation_size,)`` float32."""
        return self._stacked([high for term in self.observation for high in term.highs])

    @property
    def command_parts(self) -> tuple[tuple[slice, Command], ...]:
        """Every command with the part of the action vector it carries."""
        parts = []
        start = 0
        for command in self.commands:
            stop = start + len(command.elements)
            parts.append((slice(start, stop), command))
            start = stop
        return tuple(parts)

    @property
    def actions(self) -> tuple[ActionElement, ...]:
        """Every element of the action vector, in order."""
        return tuple(element for command in self.commands for element in command.elements)

    @property
    def action_names(self) -> tuple[str, ...]:
        """Name of each element of the action vector: the element's, after its topic if several."""
        return tuple(
            element.name if len(self.commands) == 1 else f"{command.topic}.{element.name}"
            for command in self.commands
            for element in command.elements
        )

    @property
    def action_size(self) -> int:
        """Length of the action vector."""
        return len(self.actions)

    def action_values(self, attribute: str) -> np.ndarray:
        """``low``, ``high``, ``safe`` or ``slew_limit`` of every element, ``(m,)`` float64."""
        return np.array([getattr(element, attribute) for element in self.actions])

    def to_dict(self) -> dict[str, Any]:
        """JSON values that :meth:`from_dict` turns back into an equal contract."""
        return {"schema": SCHEMA, **encode(self)}

    def to_json(self) -> str:
        """The contract as one line of JSON."""
        return json.dumps(self.to_dict(), allow_nan=False)

    @staticmethod
    def from_dict(data: Any) -> Contract:
        """Build a contract from JSON values or from what a person wrote in YAML.

        Raises:
            ContractError: The schema is newer than this package, or a value is wrong; the message
                names it.
        """
        if not isinstance(data, dict):
            raise ContractError(f"contract: expected a mapping, got {type(data).__name__}.")
        schema = data.get("schema")
        if not isinstance(schema, int) or isinstance(schema, bool) or schema < 1:
            raise ContractError(f"contract.schema: expected {SCHEMA}, got {shown(schema)}.")
        if schema > SCHEMA:
            raise ContractError(
                f"contract.schema: this file has schema {schema}, this ddpg_ros reads up to "
                f"{SCHEMA}. Upgrade ddpg_ros on this machine."
            )
        for key in ("observation", "commands"):
            parts = data.get(key)
            if isinstance(parts, list) and len(parts) > _MAX_PARTS:
                raise ContractError(
                    f"contract.{key}: has {len(parts)} entries, at most {_MAX_PARTS}."
                )
        fields = {key: value for key, value in data.items() if key != "schema"}
        contract: Contract = decode(Contract, fields, "contract")
        return contract

    @staticmethod
    def from_json(text: str) -> Contract:
        """Build a contract from :meth:`to_json`'s text."""
        if len(text) > _MAX_JSON:
            raise ContractError(f"contract: {len(text)} characters of JSON, at most {_MAX_JSON}.")
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ContractError(f"contract: not JSON ({error}).") from None
        return Contract.from_dict(data)

    def _stacked(self, values: list[float]) -> np.ndarray:
        return np.tile(np.array(values, dtype=np.float32), self.history)
