"""A core between its sensors and its robot: every command goes through here, one at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from ddpg_ros.contract import Reading
from ddpg_ros.deploy import ControlCore, OnnxPolicy, reasons
from ddpg_ros.deploy.pacer import Pacer
from ddpg_ros.ros.command_output import CommandOutput
from ddpg_ros.ros.control_record import ControlRecord
from ddpg_ros.ros.insight import Insight

_TURN_SECONDS = 0.1
"""How long anybody waits for somebody who hangs."""

_HUNG_SECONDS = 1e-3
"""The same once that is known."""


class ControlLoop:
    """Ticks a core and sends what it decides.

    Ticks, the watchdog and the switches may come from different threads. What sensors and ticks do
    they do in turn. Whoever decides a command has the word meanwhile, and not while a policy is
    asked: the safe command waits for none that hangs.

    Args:
        core: Decides.
        output: Sends commands to the robot.
        insight: Publishes what the policy saw and wanted.
        pacer: Says when a tick is due.
        period: From tick to tick [s].
        now: The node's clock [s].
    """

    def __init__(
        self,
        core: ControlCore,
        output: CommandOutput,
        insight: Insight,
        pacer: Pacer,
        period: float,
        now: Callable[[], float],
    ) -> None:
        self.core = core
        self.record = ControlRecord(core)
        self.active = False
        self.ticked_at = time.monotonic()
        """When the last tick was, on the steady clock [s]."""
        self._output, self._insight, self._pacer = output, insight, pacer
        self._period, self._now = period, now
        self.put_off: Callable[[float], None] = lambda until: None
        """Hears after each tick that a message brought about when one without is due."""
        self._disabling = self._ending = False
        self._turn, self._word = _Turn(), _Turn()
        self._interruptions = 0
        self._commanded_at = self.ticked_at

    @property
    def retreats(self) -> bool:
        """Whether somebody takes the command to the safe one; ticks send nothing meanwhile."""
        return self._disabling or self._ending

    def begin(self) -> None:
        """Start to drive, as if nothing had been before; a latched emergency stop stays."""
        self.core.reset()
        self.record.begin()
        self._ending = False
        self.ticked_at = self._commanded_at = time.monotonic()
        self.active = True

    def receive(self, topic: str, reading: Reading, paces: bool = False) -> None:
        """Take in what a sensor said; tick if it ``paces`` and a tick is about due."""
        now, arrived = self._now(), time.monotonic()
        # Simulated time is 0 until /clock is heard.
        if now <= 0.0 and self.core.contract.ages(topic):
            return
        with self._turn as alone:
            self.core.receive(topic, reading, now)
            if paces and self._pacer.hear(arrived) and alone and self.active:
                self._pacer.tick(arrived)
                self._tick(arrived, now)
                self.put_off(self._pacer.deadline)

    def tick(self) -> None:
        """One control period, now."""
        if self.active:
            with self._turn as alone:
                if alone:
                    self._tick(time.monotonic(), self._now())

    def tick_if_due(self) -> float:
        """Tick if no message brought a tick about in time; when to ask again [s, steady]."""
        now = time.monotonic()
        with self._turn as alone:
            if alone and self.active and now >= self._pacer.deadline:
                self._pacer.tick(now)
                self._tick(now, self._now())
            return self._pacer.deadline

    def interrupt(self, reason: str, detail: str = "") -> None:
        """One step to the safe command, whatever hangs; sent only if the core may send."""
        with self._word:
            self._interruptions += 1
            now = time.monotonic()
            periods = max(1e-3, (now - self._commanded_at) / self._period)
            command = self.core.interrupt(reason, detail, periods)
            if self.core.may_send:
                self._output.send(command)
            self._commanded_at = now
            self.record.note(reason, detail)

    def retreat(self, reason: str, seconds: float) -> None:
        """Go to the safe command within the slew limit, or without it after ``seconds``.

        Positions never jump: they end where the slew limit lets them be by then.
        """
        end, guard = time.monotonic() + seconds, self.core.guard
        self.interrupt(reason)
        while self.core.may_send and not guard.is_safe and time.monotonic() < end:
            time.sleep(min(self._period, max(0.0, end - time.monotonic())))
            self.interrupt(reason)
        if not guard.is_safe:
            with self._word:
                guard.jump_to_safe()
            self.interrupt(reason)

    def enable(self) -> None:
        """Send commands from the next tick on."""
        self.core.guard.enabled = True

    def disable(self, reason: str, seconds: float) -> None:
        """Go to the safe command as :meth:`retreat` does, then send nothing more."""
        self._disabling = True
        try:
            if self.active:
                self.retreat(reason, seconds)
            self.core.guard.enabled = False
        finally:
            self._disabling = False

    def rearm(self) -> None:
        """Forget the history, release the latch; the command goes on from where it is."""
        with self._turn, self._word:
            self.core.rearm()

    def exchange(self, policy: OnnxPolicy) -> None:
        """Fly another policy from the next tick on.

        Raises:
            PolicyFileError: Its contract is not the one that is flown.
        """
        with self._turn, self._word:
            self.core.exchange(policy)

    def end(self, reason: str, seconds: float) -> bool:
        """Have the last word: the safe command; whether all who acknowledge have received it."""
        self._ending = True
        self.retreat(reason, seconds)
        received = self._output.wait_until_received()
        self.active = False
        return received

    def _tick(self, started: float, now: float) -> None:
        """Whatever goes wrong in here ends in the safe command.

        Args:
            started: The steady clock [s].
            now: The node's clock [s].
        """
        core, interruptions = self.core, self._interruptions
        self.ticked_at = started
        if self.retreats:
            return
        try:
            core.observe(now)
            with self._word as alone:
                if not alone or interruptions != self._interruptions:
                    return  # the safe command went past this tick
                decision = core.decide(self._now())
                if decision.sends:
                    self._output.send(decision.command)
                self._commanded_at = time.monotonic()
            self._insight.publish(decision)
            busy = time.monotonic() - started
            self.record.count(decision, busy, self._now() - now)
        except Exception as error:  # a controller must not die of a surprise
            self.record.count_error()
            with suppress(Exception):  # where not even that can be sent, the next tick tries again
                self.interrupt(reasons.ERROR, repr(error))


class _Turn:
    """Alone, or not where somebody hangs: nobody waits for them for ever, nor twice."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder = 0
        self._hung = False

    def __enter__(self) -> bool:
        alone = self._lock.acquire(timeout=_HUNG_SECONDS if self._hung else _TURN_SECONDS)
        self._hung = not alone
        if alone:
            self._holder = threading.get_ident()
        return alone

    def __exit__(self, *error: object) -> None:
        if self._holder == threading.get_ident():
            self._holder = 0
            self._lock.release()
