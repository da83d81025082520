"""What a robot says in a few seconds, as the controller of a policy would see it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ddpg_ros.contract import (
    Assembler,
    Contract,
    Fault,
    ObservationTerm,
    Reading,
    Source,
)
from ddpg_ros.contract.readings import JOINT_STATE
from ddpg_ros.deploy.joint_motion import JointMotion, speed_ratio


@dataclass
class TopicRecord:
    """What came on one topic.

    Args:
        message: Its type, as the contract calls it.
        arrivals: When each message came [s].
        names: Joint names of the latest message.
    """

    message: str
    arrivals: list[float] = field(default_factory=list)
    names: Sequence[str] = ()

    def rate(self, until: float) -> float:
        """Messages a second [Hz] from the first until the time ``until`` [s]; 0 below two."""
        if len(self.arrivals) < 2 or until <= self.arrivals[0]:
            return 0.0
        return (len(self.arrivals) - 1) / (until - self.arrivals[0])


class LiveRecord:
    """Readings in, one observation a tick kept.

    Every term is assembled by itself, so that what is wrong with one does not hide the others.

    Args:
        contract: What the policy reads.

    Attributes:
        times: When each tick was [s].
        topics: What came, by topic.
        faults: Those of each tick in which there was one, by reason and place.
    """

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.times: list[float] = []
        self.topics = {name: TopicRecord(kind) for name, kind in contract.topics.items()}
        self.faults: dict[tuple[str, str], list[Fault]] = {}
        self._terms = [_Track(contract, term) for term in contract.observation]
        positions = [s for s in contract.sources if _is_position(s)]
        self._positions = {s: _Track.of_source(contract, s) for s in positions}
        self._velocities = {
            s: _Track.of_source(contract, replace(s, field="velocity")) for s in positions
        }
        self._tracks = [*self._terms, *self._positions.values(), *self._velocities.values()]

    @property
    def silent(self) -> list[str]:
        """Topics on which nothing has come yet."""
        return [name for name, topic in self.topics.items() if not topic.arrivals]

    @property
    def frames(self) -> np.ndarray:
        """One observation a tick without its history, ``(k, frame_size)``; NaN where at fault."""
        return np.concatenate([term.values for term in self._terms], axis=1)

    @property
    def joints(self) -> list[JointMotion]:
        """The joints whose position is read, with what their velocity says."""
        times = np.array(self.times)
        velocities = {
            (source.topic, name)
            for source in self.contract.sources
            if source.message == JOINT_STATE and source.field == "velocity"
            for name in source.elements
        }
        joints = []
        start = 0
        for term in self.contract.observation:
            source, count = term.sources[0], len(term.sources[0].elements)
            for i in range(count if _is_position(source) else 0):
                position = self._positions[source].values[:, i]
                velocity = self._velocities[source].values[:, i]
                columns = range(start + i, start + term.size, count)
                ratio = speed_ratio(times, position, velocity)
                reads_velocity = (source.topic, source.elements[i]) in velocities
                joints.append(JointMotion(tuple(columns), position, ratio, reads_velocity))
            start += term.size
        return joints

    def publishers(self, topic: str) -> int:
        """How many publishers ``topic`` may have, by the names that came last."""
        now = self.times[-1]
        return max(track.assembler.publishers(topic, now) for track in self._tracks)

    def receive(self, topic: str, reading: Reading, now: float) -> None:
        """Take in what arrived on ``topic`` at ``now`` [s]. A topic nobody reads is ignored."""
        if topic not in self.topics:
            return
        self.topics[topic].arrivals.append(now)
        self.topics[topic].names = reading.names
        for track in self._tracks:
            track.assembler.receive(topic, reading, now)

    def tick(self, now: float) -> None:
        """Keep the observation at ``now`` [s], as a controller's tick would see it."""
        self.times.append(now)
        for track in self._tracks:
            track.tick(now)
        found = {(f.reason, f.where): f for term in self._terms for f in term.assembler.faults}
        for key, fault in found.items():
            self.faults.setdefault(key, []).append(fault)


class _Track:
    """One term, tick by tick."""

    def __init__(self, contract: Contract, term: ObservationTerm) -> None:
        self.assembler = Assembler(replace(contract, observation=(term,), history=1))
        self._size = term.size
        self._rows: list[np.ndarray] = []

    @staticmethod
    def of_source(contract: Contract, source: Source) -> _Track:
        """What the robot says before a feature is computed from it."""
        return _Track(contract, ObservationTerm(source.field, (source,)))

    @property
    def values(self) -> np.ndarray:
        return np.array(self._rows, dtype=np.float64).reshape(-1, self._size)

    def tick(self, now: float) -> None:
        observation = self.assembler.assemble(now)
        at_fault = bool(self.assembler.faults)
        self._rows.append(np.full(self._size, math.nan) if at_fault else observation.copy())


def _is_position(source: Source) -> bool:
    return source.message == JOINT_STATE and source.field == "position"
