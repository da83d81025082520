"""One control tick, without ROS: observation, policy, guard, command."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ddpg_ros.contract import Assembler, Reading, differences
from ddpg_ros.deploy import reasons
from ddpg_ros.deploy.checks import StandardChecks, Tick
from ddpg_ros.deploy.guard import Guard
from ddpg_ros.deploy.measured_start import MeasuredStart
from ddpg_ros.deploy.onnx_policy import OnnxPolicy
from ddpg_ros.errors import PolicyFileError
from ddpg_ros.guard_settings import GuardSettings

_SPOIL_HISTORY = (reasons.OUT_OF_RANGE, reasons.FAR_OUT_OF_RANGE)
"""What stopped the policy for these must not come back as what was a few ticks ago."""


@dataclass(slots=True)
class Decision:
    """What a tick decided. It and its arrays are reused by the next tick.

    Args:
        command: What the robot shall do, ``(m,)``, SI units, always finite and within limits.
        observation: What the policy saw, ``(n,)`` float32.
        action: What the policy wanted, ``(m,)``; None where it could not be asked.
        reason: ``ok`` if the policy drove, else why not.
        sends: Whether the command is to be sent.
    """

    command: np.ndarray
    observation: np.ndarray
    action: np.ndarray | None
    reason: str
    sends: bool


class ControlCore:
    """Assembler, policy and guard as one.

    Args:
        policy: A policy that has proved itself.
        settings: How careful the guard is.
        period: From tick to tick [s]; the contract's if None.

    Attributes:
        unknown_starts: Position commands that start at their safe value, wherever their joint is,
            though the settings want them to start there.

    Raises:
        ConfigError: The settings ask for something the policy does not read.
    """

    def __init__(
        self,
        policy: OnnxPolicy,
        settings: GuardSettings | None = None,
        period: float | None = None,
    ) -> None:
        settings = settings or GuardSettings()
        period = period or policy.contract.period
        self.policy = policy
        self.contract = policy.contract
        self.assembler = Assembler(policy.contract)
        self._start = MeasuredStart(self.assembler, period)
        self.checks = StandardChecks(
            self.assembler, policy.metadata.statistics, settings, period, self._start
        )
        self.guard = Guard(policy.contract, self.checks, settings, period)
        measured = settings.start_from == "measured"
        self._measures = measured and bool(self._start)
        self.unknown_starts = self._start.unknown if measured else []
        observation = np.zeros(policy.contract.observation_size, np.float32)
        self._tick = Tick(-math.inf, math.nan, observation, None)
        self._decision = Decision(self.guard.command, observation, None, self.guard.reason, True)
        self.reset()

    @property
    def may_send(self) -> bool:
        """Whether commands go to the robot: neither in a dry run nor before its start is known."""
        return self.guard.enabled and not self._waits

    def receive(self, topic: str, reading: Reading, now: float) -> None:
        """Take in a reading that arrived at ``now`` [s]."""
        self.assembler.receive(topic, reading, now)

    def reset(self) -> None:
        """Start anew: no history, the safe command before; a latched emergency stop stays."""
        self.assembler.forget_history()
        self.guard.reset()
        self.assembler.record_command(self.guard.command)
        self._tick.now = -math.inf
        self._waits = self._measures

    def rearm(self) -> None:
        """Forget the history, release the emergency stop; the command goes on from where it is."""
        self.assembler.forget_history()
        self.guard.rearm()

    def exchange(self, policy: OnnxPolicy) -> None:
        """Fly ``policy`` from the next tick on, the history and the command going on.

        Raises:
            PolicyFileError: Its contract is not the one that is flown.
        """
        if policy.contract != self.contract:
            raise PolicyFileError(
                f"the contract of policy {policy.digest[:12]} differs from the one that is flown, "
                f"{self.policy.digest[:12]}: {differences(self.contract, policy.contract)}. "
                "Deactivate, clean up and configure to change it; 'ddpg-ros inspect' shows either."
            )
        self.policy = policy
        self.checks.expect(policy.metadata.statistics)

    def interrupt(self, reason: str, detail: str = "", periods: float = 1.0) -> np.ndarray:
        """One step to the safe command ``(m,)`` between two ticks; later ones start from it."""
        command = self.guard.interrupt(reason, detail, periods)
        self.assembler.record_command(command)
        return command

    @property
    def interval(self) -> float:
        """From the tick before to the latest [s]; NaN at the first."""
        return self._tick.interval

    def age_of_newest(self) -> float:
        """How old the newest reading was at the latest tick [s]."""
        return self.assembler.age_of_newest(self._tick.now)

    def age(self, topic: str) -> float:
        """How old the latest reading on ``topic`` was at the latest tick [s]."""
        return self._tick.now - self.assembler.measured_at(topic)

    def tick(self, now: float) -> Decision:
        """Decide the command at ``now`` [s]."""
        self.observe(now)
        return self.decide(now)

    def observe(self, now: float) -> None:
        """See what there is at ``now`` [s] and ask the policy; nothing is decided by that."""
        tick = self._tick
        tick.interval = now - tick.now if math.isfinite(tick.now) else math.nan
        tick.now = now
        tick.observation = self.assembler.assemble(now)
        tick.action = None if self.assembler.faults else self.policy.act(tick.observation)

    def decide(self, now: float) -> Decision:
        """The command of the latest :meth:`observe`, which goes out at ``now`` [s]."""
        tick, decision = self._tick, self._decision
        tick.driven = self.guard.drives
        adrift = self._waits or (self._measures and not self.guard.sends)
        tick.beyond = False
        if adrift and not self.assembler.faults:
            self._waits = tick.beyond = not self._start.within_reach()
            if not tick.beyond:
                self.guard.start_from(self._start.command(self.guard.command))
        decision.command = self.guard.decide(tick, now)
        if self.guard.hindrance in _SPOIL_HISTORY:
            self.assembler.forget_history()
        self.assembler.record_command(decision.command)
        decision.observation, decision.action = tick.observation, tick.action
        decision.reason, decision.sends = self.guard.reason, self.guard.sends and self.may_send
        if not self.guard.enabled:  # the robot goes its own way meanwhile
            self._waits = self._measures
        return decision
