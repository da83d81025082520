"""A core between its sensors and its robot: every command goes through here, one at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rclpy.clock import Clock

from ddpg_ros.deploy import ControlCore, OnnxPolicy, reasons
from ddpg_ros.deploy.pacer import Pacer
from ddpg_ros.ros.command_output import CommandOutput
from ddpg_ros.ros.control_record import ControlRecord
from ddpg_ros.ros.insight import Insight
from ddpg_ros.ros.messages import to_reading

_TURN_SECONDS = 0.1
"""How long the safe command waits for a tick that hangs."""


class ControlLoop:
    """Ticks a core and sends what it decides.

    Ticks, the watchdog and the switches may come from different threads; they take turns.

    Args:
        core: Decides.
        output: Sends commands to the robot.
        insight: Publishes what the policy saw and wanted.
        pacer: Says when a tick is due.
        period: From tick to tick [s].
        clock: The node's.
    """

    def __init__(
        self,
        core: ControlCore,
        output: CommandOutput,
        insight: Insight,
        pacer: Pacer,
        period: float,
        clock: Clock,
    ) -> None:
        self.core = core
        self.record = ControlRecord(core)
        self.active = False
        self.ticked_at = time.monotonic()
        """When the last tick was, on the steady clock [s]."""
        self._output, self._insight, self._pacer = output, insight, pacer
        self._period, self._clock = period, clock
        self._turn = threading.Lock()
        self._interruptions = 0
        self._ticks = True
        self._commanded_at = self.ticked_at

    def begin(self) -> None:
        """Start to drive, as if nothing had been before; a latched emergency stop stays."""
        self.core.reset()
        self.record.begin()
        self.ticked_at = self._commanded_at = time.monotonic()
        self.active = True

    def receive(self, topic: str, message: Any, paces: bool = False) -> None:
        """Take in a sensor's message; tick if it ``paces`` and a tick is about due."""
        now = self._now()
        if now <= 0.0:  # simulated time is 0 until /clock is heard
            return
        reading = to_reading(message)
        self.core.receive(topic, reading, now)
        if paces and self.active:
            arrived = time.monotonic()
            with self._taking_turns():
                if self._pacer.follows(arrived):
                    self._pacer.follow(arrived)
                    self._tick(arrived)

    def tick(self) -> None:
        """One control period, now."""
        if self.active:
            with self._taking_turns():
                self._tick(time.monotonic())

    def tick_if_due(self) -> float:
        """Tick if no message brought a tick about in time; when to ask again [s, steady]."""
        now = time.monotonic()
        with self._taking_turns():
            if self.active and now >= self._pacer.deadline:
                self._pacer.expire(now)
                self._tick(now)
            return self._pacer.deadline

    def interrupt(self, reason: str, detail: str = "") -> None:
        """One step to the safe command, whatever hangs; a dry run sends nothing here either."""
        with self._taking_turns():
            self._interruptions += 1
            now = time.monotonic()
            periods = min(1.0, max(1e-3, (now - self._commanded_at) / self._period))
            command = self.core.interrupt(reason, detail, periods)
            if self.core.guard.enabled:
                self._output.send(command, self._stamp())
                self._commanded_at = now
            self.record.note(reason, detail)

    def retreat(self, reason: str, seconds: float) -> None:
        """Go to the safe command within the slew limit, or without it after ``seconds``."""
        end = time.monotonic() + seconds
        self.interrupt(reason)
        while not self.core.guard.is_safe:
            time.sleep(min(self._period, max(0.0, end - time.monotonic())))
            if time.monotonic() >= end:
                self.core.guard.jump_to_safe()
            self.interrupt(reason)

    def disable(self, seconds: float) -> None:
        """Go to the safe command as :meth:`retreat` does, and send nothing from then on."""
        self._ticks = False  # else one could drive again in between
        try:
            if self.active:
                self.retreat(reasons.DISABLED, seconds)
            self.core.guard.enabled = False
        finally:
            self._ticks = True

    def rearm(self) -> None:
        """Forget the history, release the latch; the command goes on from where it is."""
        with self._taking_turns():
            self.core.rearm()

    def exchange(self, policy: OnnxPolicy) -> None:
        """Fly another policy from the next tick on.

        Raises:
            PolicyFileError: Its contract is not the one that is flown.
        """
        with self._taking_turns():
            self.core.exchange(policy)

    def end(self, reason: str, seconds: float) -> None:
        """Have the last word: the safe command, received by whoever acknowledges."""
        if self.active:
            self.retreat(reason, seconds)
            self.active = False
            self._output.wait_until_received()

    def _now(self) -> float:
        return 1e-9 * float(self._clock.now().nanoseconds)

    def _stamp(self) -> Any:
        return self._clock.now().to_msg()

    def _tick(self, started: float) -> None:
        """Whatever goes wrong in here ends in the safe command."""
        core, interruptions = self.core, self._interruptions
        self.ticked_at = started
        if not self._ticks:
            return
        try:
            decision = core.tick(self._now())
            if decision.sends and core.guard.enabled and interruptions == self._interruptions:
                self._output.send(decision.command, self._stamp())
                self._commanded_at = started
            self._insight.publish(decision)
            self.record.count(decision, started)
        except Exception as error:  # a controller must not die of a surprise
            self.record.errors += 1
            command = core.interrupt(reasons.ERROR, repr(error))
            if core.guard.enabled:
                self._output.send(command, self._stamp())
            self.record.note(reasons.ERROR, repr(error))

    @contextmanager
    def _taking_turns(self) -> Iterator[None]:
        """Alone, unless somebody hangs: the safe command does not wait for them for ever."""
        mine = self._turn.acquire(timeout=_TURN_SECONDS)
        try:
            yield
        finally:
            if mine:
                self._turn.release()
