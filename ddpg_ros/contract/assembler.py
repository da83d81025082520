"""Readings to observation vector: the one path, in training and on the robot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ddpg_ros.contract.contract import Contract
from ddpg_ros.contract.features import Compute
from ddpg_ros.contract.readings import Reading
from ddpg_ros.contract.source import Source
from ddpg_ros.contract.source_buffer import SourceBuffer

MISSING = "missing"
STALE = "stale"
FUTURE = "future"
NON_FINITE = "non_finite"
MALFORMED = "malformed"

_ROUNDING = 1e-6
"""Of the difference of two times [s]."""

_ANOTHER_CLOCK = 3600.0
"""An age above this was not waited for [s]."""


@dataclass(frozen=True)
class Fault:
    """Why an observation must not be acted on.

    Args:
        reason: ``missing`` (nothing came yet), ``stale``, ``future`` (stamped by another clock),
            ``non_finite`` or ``malformed``.
        where: The source or element at fault, ``joint_states.position``.
        detail: The rest of the sentence.
    """

    reason: str
    where: str
    detail: str

    def __str__(self) -> str:
        return f"{self.where} {self.detail}"


class Assembler:
    """Turns readings into the observation vector of a contract.

    After the first readings it allocates nothing: names are matched once, values are copied into
    buffers that live as long as the assembler.

    Example:
        >>> from ddpg_ros.contract import generic_contract, readings
        >>> contract = generic_contract("toy", [-1, -1], [1, 1], [-1], [1], period=0.1)
        >>> assembler = Assembler(contract)
        >>> topic, = contract.topics
        >>> assembler.receive(topic, readings.float64_multi_array([0.5, -0.25]), now=0.0)
        >>> assembler.assemble(now=0.0)
        array([ 0.5 , -0.25], dtype=float32)
        >>> assembler.faults
        []
    """

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.faults: list[Fault] = []
        """What is wrong with the latest observation; empty when it may be acted on."""
        buffers: dict[Source, SourceBuffer] = {}
        self._frame = np.zeros(contract.frame_size, dtype=np.float32)
        self._terms: list[tuple[str, Compute]] = []
        start = 0
        for term in contract.observation:
            inputs = [buffers.setdefault(source, SourceBuffer(source)) for source in term.sources]
            out = self._frame[start : start + term.size]
            self._terms.append((term.name, term.feature.bind(inputs, out)))
            start += term.size
        self._by_topic: dict[str, list[SourceBuffer]] = {}
        for source, buffer in buffers.items():
            self._by_topic.setdefault(source.topic, []).append(buffer)
        self.buffers = list(buffers.values())
        """The latest values of every source."""
        self._aging = [buffer for buffer in self.buffers if buffer.source.ages]
        self._stack = np.zeros((contract.history, contract.frame_size), dtype=np.float32)
        self._flat = self._stack.reshape(-1)
        self._filled = False
        safe = contract.action_values("safe")
        self._previous = Reading({"command": safe}, names=list(contract.action_names))
        self.reset()

    def reset(self) -> None:
        """Forget all readings and history; the previous command is the safe one."""
        for buffer in self.buffers:
            buffer.clear()
        self.faults.clear()
        self.forget_history()
        self.record_command(self.contract.action_values("safe"))

    def forget_history(self) -> None:
        """Start the history anew: the next observation fills all of it."""
        self._filled = False

    def receive(self, topic: str, reading: Reading, now: float) -> None:
        """Take in what arrived on ``topic`` at ``now`` [s]. A topic nobody reads is ignored."""
        for buffer in self._by_topic.get(topic, ()):
            buffer.receive(reading, now)

    def record_command(self, command: np.ndarray) -> None:
        """Take in the command that was applied on this tick, ``(m,)``, in SI units."""
        for buffer in self._by_topic.get("", ()):
            np.copyto(self._previous.fields["command"], command)
            buffer.receive(self._previous, 0.0)

    def measured_at(self, topic: str) -> float:
        """When the oldest reading of ``topic`` was taken [s]; ``-inf`` while one is missing."""
        return min((b.measured_at for b in self._by_topic.get(topic, ())), default=-np.inf)

    def age_of_newest(self, now: float) -> float:
        """Age of what was measured last [s]; infinite before the first reading."""
        return min((now - b.measured_at for b in self._aging), default=np.inf)

    def publishers(self, topic: str, now: float) -> int:
        """How many publishers ``topic`` may have, by the names that came shortly before ``now``."""
        return min((b.publishers(now) for b in self._by_topic.get(topic, ())), default=1)

    def assemble(self, now: float) -> np.ndarray:
        """The observation at ``now`` [s], ``(observation_size,)`` float32.

        The array is reused by the next call. :attr:`faults` says whether it may be acted on; when
        it may not, the history starts anew with the next one that may, as at an episode's start:
        training never saw two ticks side by side with others lost between them.
        """
        self.faults.clear()
        for buffer in self.buffers:
            self._check(buffer, now)
        if not self.faults:
            for name, compute in self._terms:
                problem = compute()
                if problem:
                    self.faults.append(Fault(MALFORMED, name, problem))
        if self.faults:
            self.forget_history()
        else:
            self._push_frame()
        return self._flat

    def _check(self, buffer: SourceBuffer, now: float) -> None:
        source = buffer.source
        age = now - buffer.measured_at
        if buffer.problem:
            self._add(MALFORMED, source, buffer.problem)
        elif buffer.measured_at == -np.inf:
            self._add(MISSING, source, "has not been received")
        elif source.ages and not 0.0 <= age <= source.max_age + _ROUNDING:
            self._add(STALE, source, _lateness(buffer, age))
        elif source.ages and buffer.ahead > source.max_age:
            self._add(FUTURE, source, f"is stamped {buffer.ahead:.3f} s ahead of this clock")
        elif not source.is_scan and not buffer.check_finite():
            bad = [n for n, ok in zip(source.elements, buffer.finite, strict=True) if not ok]
            self._add(NON_FINITE, source, f"is not finite for {', '.join(bad)}")

    def _add(self, reason: str, source: Source, detail: str) -> None:
        self.faults.append(Fault(reason, source.label, detail))

    def _push_frame(self) -> None:
        if not self._filled:
            self._stack[:] = self._frame
            self._filled = True
            return
        for tick in range(self.contract.history - 1):
            self._stack[tick] = self._stack[tick + 1]
        self._stack[-1] = self._frame


def _lateness(buffer: SourceBuffer, age: float) -> str:
    """How old a source is, and which of its elements if others are younger."""
    oldest = buffer.oldest()
    which = f" for {oldest}" if oldest != ", ".join(buffer.source.elements) else ""
    lack = f"; the latest message {buffer.lack}" if buffer.lack else ""
    clock = " (stamped by another clock? see use_sim_time)" if age > _ANOTHER_CLOCK else ""
    return f"is {age:.3f} s old{which}, at most {buffer.source.max_age:g} s{clock}{lack}"
