"""The two messages of each tick, put together again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ddpg_ros.deploy.recorded_topics import ACTION, OBSERVATION


@dataclass(frozen=True)
class TickPair:
    """What a policy saw and what it wanted, on one tick.

    Args:
        tick: The controller's count.
        time: When the later of the two messages was recorded [s since the epoch].
        observation: ``(n,)``.
        action: ``(m,)``.
    """

    tick: int
    time: float
    observation: np.ndarray
    action: np.ndarray


class TickPairs:
    """Takes messages in the order of a recording, in which each topic keeps its own order.

    Attributes:
        pairs: Ticks of which both messages have come.
        heard: Messages by topic.
    """

    def __init__(self) -> None:
        self.pairs: list[TickPair] = []
        self.heard = {OBSERVATION: 0, ACTION: 0}
        self._latest = {OBSERVATION: 0, ACTION: 0}
        self._waiting: dict[str, dict[int, np.ndarray]] = {OBSERVATION: {}, ACTION: {}}

    def hear(self, topic: str, tick: int, time: float, values: np.ndarray) -> None:
        """Take in a message of ``topic``, :data:`OBSERVATION` or :data:`ACTION`."""
        other = ACTION if topic == OBSERVATION else OBSERVATION
        if tick <= self._latest[topic]:
            self._begin_anew()
        self._latest[topic] = tick
        self.heard[topic] += 1
        partner = self._waiting[other].pop(tick, None)
        if partner is None:
            self._waiting[topic][tick] = values
        else:
            both = {topic: values, other: partner}
            self.pairs.append(TickPair(tick, time, both[OBSERVATION], both[ACTION]))

    def _begin_anew(self) -> None:
        """The controller was configured again, and counts from 1."""
        for topic, waiting in self._waiting.items():
            waiting.clear()
            self._latest[topic] = 0
