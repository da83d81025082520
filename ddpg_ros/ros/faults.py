"""Faults of a world's sensors, to rehearse in simulation what goes wrong on a robot. No rclpy."""

from __future__ import annotations

import bisect
import dataclasses
import operator
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ddpg_ros.contract import Reading
from ddpg_ros.errors import ConfigError
from ddpg_ros.ros.settings import FaultParameters

NO_FAULTS = FaultParameters()

_GARBAGE_DECADES = 12


@dataclass(slots=True)
class _Message:
    topic: str
    reading: Reading
    stamp: int
    """What its header says [ns]."""
    sent: int
    """When it set out [ns]."""
    luck: float
    """Its share of the jitter, 0 to 1."""
    due: int = 0
    """When it arrives [ns]."""


_DUE = operator.attrgetter("due")


class FaultInjector:
    """Stands between a world's sensors and their publishers, and lets :attr:`faults` befall them.

    How long a message is under way follows from the faults of the moment, so that all that waited
    comes out, in order, as soon as a delay is switched off.

    Args:
        readings: What the sensors say, for the names of topics and joints.
        seed: Of what happens by chance; apart from the world's own.
    """

    def __init__(self, readings: Mapping[str, Reading], seed: int) -> None:
        self.faults = NO_FAULTS
        """The present ones; :meth:`switch` sets them."""
        self._topics = list(readings)
        self._joints = [name for reading in readings.values() for name in reading.names]
        self._random = np.random.default_rng(seed)
        self._befallen = set(self._topics)
        self._frozen: dict[str, Reading] = {}
        self._overtaken: dict[str, list[_Message]] = {}
        self._under_way: list[_Message] = []
        """In the order in which they are due."""

    def switch(self, faults: FaultParameters) -> None:
        """From now on ``faults``.

        Raises:
            ConfigError: They name a topic or a joint that the world does not have.
        """
        named = {name.strip() for name in faults.topics.split(",")} - {""}
        for what, names, known in (
            ("sensor topic", sorted(named), self._topics),
            ("joint", [faults.lose_joint] if faults.lose_joint else [], self._joints),
        ):
            unknown = ", ".join(name for name in names if name not in known)
            if unknown:
                has = ", ".join(known) or "none"
                raise ConfigError(f"faults: the world has no {what} {unknown}. It has: {has}.")
        self.faults = faults
        self._befallen = named or set(self._topics)
        self._frozen = {t: r for t, r in self._frozen.items() if self._faults_of(t).freeze}
        for message in self._under_way:
            message.due = self._due(message)
        self._under_way.sort(key=_DUE)

    def pass_on(
        self, readings: Mapping[str, Reading], stamp: int, now: int
    ) -> list[tuple[str, Reading, int]]:
        """What is published now, in this order: topic, reading and stamp [ns].

        Args:
            readings: What the sensors say now, by topic.
            stamp: The time that their messages carry [ns].
            now: Time since the world began, which no jump disturbs [ns].
        """
        if self.faults == NO_FAULTS and not self._under_way and not self._overtaken:
            return [(topic, reading, stamp) for topic, reading in readings.items()]
        for topic, reading in readings.items():
            self._send(topic, reading, stamp, now)
        count = bisect.bisect_right(self._under_way, now, key=_DUE)
        arrived, self._under_way = self._under_way[:count], self._under_way[count:]
        return [(message.topic, message.reading, message.stamp) for message in arrived]

    def _faults_of(self, topic: str) -> FaultParameters:
        return self.faults if topic in self._befallen else NO_FAULTS

    def _happens(self, probability: float) -> bool:
        return probability > 0 and self._random.random() < probability

    def _send(self, topic: str, reading: Reading, stamp: int, now: int) -> None:
        faults = self._faults_of(topic)
        if faults.freeze:
            reading = self._frozen.setdefault(topic, _copy(reading))
        if self._happens(faults.drop):
            return
        reading = self._spoilt(reading, faults)
        copies = 2 if self._happens(faults.duplicate) else 1
        messages = [
            _Message(topic, reading, stamp, now, self._random.random()) for _ in range(copies)
        ]
        overtaken = self._overtaken.pop(topic, [])
        if not overtaken and self._happens(faults.reorder):
            self._overtaken[topic] = messages
            return
        for message in messages + overtaken:
            message.sent = now
            message.due = self._due(message)
            bisect.insort_right(self._under_way, message, key=_DUE)

    def _due(self, message: _Message) -> int:
        faults = self._faults_of(message.topic)
        return message.sent + round((faults.delay + message.luck * faults.delay_jitter) * 1e9)

    def _spoilt(self, reading: Reading, faults: FaultParameters) -> Reading:
        spoilt = _copy(reading)
        if faults.lose_joint in reading.names:
            kept = np.array([name != faults.lose_joint for name in reading.names])
            spoilt.names = [name for name in reading.names if name != faults.lose_joint]
            spoilt.fields = {path: values[kept] for path, values in reading.fields.items()}
        for values in spoilt.fields.values() if faults.nan or faults.corrupt else ():
            garbage = 10 ** self._random.uniform(0, _GARBAGE_DECADES, values.shape)
            garbage *= self._random.choice((-1.0, 1.0), values.shape)
            np.copyto(values, garbage, where=self._random.random(values.shape) < faults.corrupt)
            values[self._random.random(values.shape) < faults.nan] = np.nan
        return spoilt


def described(faults: FaultParameters) -> str:
    """The faults that are set, ``drop 0.3, freeze``."""
    values = dataclasses.asdict(faults).items()
    return ", ".join(k if v is True else f"{k} {v}" for k, v in values if v) or "none"


def _copy(reading: Reading) -> Reading:
    """A reading of its own: a world's may be a view of the simulation's present state."""
    fields = {path: np.array(values) for path, values in reading.fields.items()}
    return dataclasses.replace(reading, fields=fields)
