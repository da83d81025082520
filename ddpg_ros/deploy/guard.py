"""The last look at a command before the robot gets it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import numpy as np

from ddpg_ros.contract import CommandLimiter, Contract
from ddpg_ros.deploy import reasons
from ddpg_ros.deploy.checks import Check, Response, Tick
from ddpg_ros.guard_settings import GuardSettings

_LEAST_STEP = 1e-3
"""Of a command right after another [periods]."""

_ROUNDING = 1e-6
"""Of a difference of two times [periods]."""


class Guard:
    """Decides every tick between the policy's command and a fallback.

    Whatever it decides is finite, within the limits and within the slew limit of the command
    before, by the time that has passed since that and by one period at the most. It has no clock:
    the time comes with the tick.

    Args:
        contract: Limits, slew limits and safe values.
        checks: What may be wrong with a tick, and what follows.
        settings: The fallback, and the times of recovery.
        period: From tick to tick [s]; the contract's if None.

    Attributes:
        reason: Why the last command was what it was; ``ok`` when the policy drove.
        hindrance: What checks found on the last tick that lets no policy drive; empty if nothing.
        warnings: The checks that found something and let the policy drive.
        sends: Whether the last command is to be sent; a silent fallback is not.
        enabled: Whether the policy may drive; otherwise the safe command is kept.
        latched: Why the safe command is given until :meth:`rearm`; empty if it is not.
    """

    def __init__(
        self,
        contract: Contract,
        checks: Iterable[tuple[Check, Response]] = (),
        settings: GuardSettings | None = None,
        period: float | None = None,
    ) -> None:
        self.settings = settings or GuardSettings()
        self.enabled = True
        self.latched = self._latched_detail = ""
        self.warnings: list[Check] = []
        self._checks = tuple(checks)
        self._period = period or contract.period
        self._limiter = CommandLimiter(contract, self._period)
        self._safe = contract.action_values("safe")
        positions = np.array([action.is_position for action in contract.actions])
        self._jumps = ~positions
        self._stays = positions & (self.settings.stop_positions == "hold")
        self._begin = self._safe.copy()
        self._wanted = self._safe.copy()
        self.reset()

    def warn_counts(self) -> dict[str, int]:
        """Ticks on which each check found something that lets the policy drive, by reason."""
        mild = (Response.WARN, Response.DEGRADE)
        return {check.reason: check.count for check, response in self._checks if response in mild}

    @property
    def command(self) -> np.ndarray:
        """The command before the next, ``(m,)``, SI units."""
        return self._limiter.command

    @property
    def clipped(self) -> np.ndarray:
        """Which elements the limits changed on the last tick, ``(m,)`` bool."""
        return self._limiter.clipped

    @property
    def drives(self) -> bool:
        """Whether the last command was the policy's."""
        return self._drives_since is not None

    @property
    def holds_positions(self) -> bool:
        """Whether there are positions that stay where they are on the way to the safe command."""
        return bool(self._stays.any())

    @property
    def is_safe(self) -> bool:
        """Whether the command has arrived at the safe one, as far as it goes there."""
        return bool(np.all((self._limiter.command == self._safe) | self._stays))

    @property
    def detail(self) -> str:
        """The rest of the sentence that :attr:`reason` begins, for people."""
        return self._describe()

    def reset(self) -> None:
        """Start anew from the safe command, as if nothing had been decided; a latch stays."""
        self.reason, self.hindrance = reasons.STARTING, ""
        self.sends = True
        self._first = True  # to drive, with nothing to recover from
        self.warnings.clear()
        self._describe: Callable[[], str] = str
        self._well_since: float | None = None
        self._drives_since: float | None = None
        self._fell_at: float | None = None
        self._decided_at, self._used, self._step = -math.inf, 0.0, 1.0
        self._limiter.reset()
        for check, _ in self._checks:
            check.reset()

    def start_from(self, command: np.ndarray) -> None:
        """Take ``command`` ``(m,)`` for the one before the next, within the limits."""
        self._limiter.start_from(command)

    def jump_to_safe(self) -> None:
        """Take the safe command for the one before the next, whatever the slew limit says.

        Positions never jump: they stay where they are.
        """
        self._limiter.reset(self._jumps)

    def latch(self, reason: str, detail: str = "") -> None:
        """Give the safe command from now on, until :meth:`rearm`; an emergency stop outranks."""
        if not self.latched or reason == reasons.ESTOP:
            self.latched, self._latched_detail = reason, detail

    def rearm(self) -> None:
        """Release the latch and forget what the checks saw; the command goes on from where it is.

        The policy drives again once all has been well for the recovery time.
        """
        self.latched = self._latched_detail = ""
        self._first = False
        for check, _ in self._checks:
            check.reset()

    def interrupt(self, reason: str, detail: str = "", periods: float = 1.0) -> np.ndarray:
        """One step to the safe command, ``(m,)``, whatever the fallback is.

        Args:
            reason: Why.
            detail: The rest of the sentence.
            periods: How long ago the command before was, above 0 [periods].
        """
        self._used += periods
        return self._retreat(reason, lambda: detail, min(1.0, periods))

    def decide(self, tick: Tick, now: float) -> np.ndarray:
        """The command of this tick, ``(m,)``; :attr:`reason` says why it is what it is.

        Args:
            tick: What there is to decide by.
            now: When the command goes out [s].
        """
        response, cause = self._look(tick)
        self.hindrance = cause.reason if cause and response >= Response.STOP else ""
        self._step = self._elapsed(now)
        self._decided_at, self._used = now, 0.0
        if self.latched:
            return self._retreat(self.latched, lambda: self._latched_detail, self._step)
        if not self.enabled:
            return self._retreat(reasons.DISABLED, cause.detail if cause else str, self._step)
        self._describe = cause.detail if cause else str
        if cause and response is Response.STOP:
            self._well_since = None
            return self._fall_back(cause.reason, tick.now)
        if self._well_since is None or tick.now < self._well_since:
            self._well_since = tick.now
        waits = not self._first and self._drives_since is None
        if waits and tick.now - self._well_since < self.settings.recovery_time:
            return self._fall_back(reasons.RECOVERING, tick.now)
        return self._drive(tick, degraded=response is Response.DEGRADE)

    def _elapsed(self, now: float) -> float:
        """Since the command before, as far as it may move the next [periods].

        What passed before an interruption has been used by that.
        """
        elapsed = (now - self._decided_at) / self._period - self._used
        return max(_LEAST_STEP, elapsed) if elapsed < 1.0 - _ROUNDING else 1.0

    def _look(self, tick: Tick) -> tuple[Response, Check | None]:
        """The severest response to what the checks find, and the check that asks for it."""
        self.warnings.clear()
        worst, cause = Response.IGNORE, None
        for check, response in self._checks:
            if (tick.action is None and check.asks_action) or not check.finds(tick):
                continue
            check.count += 1
            if response is Response.LATCH:
                self.latch(check.reason, check.detail())
            elif response in (Response.WARN, Response.DEGRADE):
                self.warnings.append(check)
            if response > worst:
                worst, cause = response, check
        return worst, cause

    def _retreat(self, reason: str, describe: Callable[[], str], periods: float) -> np.ndarray:
        self.reason, self.sends, self._describe = reason, True, describe
        self._well_since = self._drives_since = self._fell_at = None
        np.copyto(self._wanted, self._safe)
        np.copyto(self._wanted, self.command, where=self._stays)
        return self._limiter.apply(self._wanted, periods)

    def _fall_back(self, reason: str, now: float) -> np.ndarray:
        self.reason, self._drives_since = reason, None
        if self._fell_at is None or now < self._fell_at:
            self._fell_at = now
            np.copyto(self._begin, self.command)
        kind = self.settings.fallback
        self.sends = kind != "silent"
        if kind == "safe":
            return self._limiter.apply(self._safe, self._step)
        if kind == "ramp":
            share = min(1.0, (now - self._fell_at) / self.settings.fallback_time)
            return self._limiter.apply(self._between(self._begin, self._safe, share), self._step)
        return self._limiter.apply(self.command, self._step)

    def _drive(self, tick: Tick, degraded: bool) -> np.ndarray:
        assert tick.action is not None
        self.reason = reasons.DEGRADED if degraded else reasons.OK
        self.sends, self._first, self._fell_at = True, False, None
        if self._drives_since is None or tick.now < self._drives_since:
            self._drives_since = tick.now
            np.copyto(self._begin, self.command)
        wanted = tick.action
        if degraded:
            wanted = self._between(self._safe, wanted, self.settings.degraded_share)
        share = self._taken_over(tick.now - self._drives_since)
        if share < 1.0:
            wanted = self._between(self._begin, wanted, share)
        return self._limiter.apply(wanted, self._step)

    def _taken_over(self, seconds: float) -> float:
        """How far the policy has taken over after so long, from 0 to 1."""
        ramp = self.settings.ramp_in_time
        return min(1.0, (seconds + self._period) / ramp) if ramp > 0 else 1.0

    def _between(self, start: np.ndarray, end: np.ndarray, share: float) -> np.ndarray:
        """``start`` at 0, ``end`` at 1; the array is reused."""
        np.subtract(end, start, out=self._wanted)
        np.multiply(self._wanted, share, out=self._wanted)
        return np.add(self._wanted, start, out=self._wanted)
