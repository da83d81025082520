"""A robot, its controller in a process of its own, and a fault that befalls them."""

from __future__ import annotations

import math
import os
import re
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from arm_robot import BIAS, MAX_AGE, ArmRobot, Received
from graph import PATIENCE, NodeProcess
from lifecycle_msgs.srv import ChangeState
from rcl_interfaces.msg import Log
from rclpy.qos import DurabilityPolicy, QoSProfile
from spoils import MakeSpoil
from std_srvs.srv import SetBool, Trigger

from ddpg_ros.contract import Contract

HICCUPS = {"stale", "clock_stalled", "recovering", "missing"}
"""What a loaded machine, or the start of a process, brings about by itself."""

_TOLD = re.compile(r"fallback: (\w+)|(disabled):")
_SERVICES = {"estop": Trigger, "reset": Trigger, "reload": Trigger, "enable": SetBool}
_SERVICES["change_state"] = ChangeState


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong.

    Args:
        name: For people.
        reasons: Which of them the controller may give; one at least, unless it drives on.
        spoil: What it does to the sensors' messages.
        begin: What else happens; returns when the fault began [s since the epoch] if not before.
        end: How it ends, besides the sensors being well again; returns when, if later than that.
        outcome: Whether the command falls back, the policy drives on, or either may be.
        seconds: How long it lasts at least [s].
        within: How soon the fallback must begin [s].
        says: What else the controller logs.
    """

    name: str
    reasons: tuple[str, ...] = ()
    spoil: MakeSpoil | None = None
    begin: Callable[[Flight], float | None] = lambda flight: None
    end: Callable[[Flight], float | None] = lambda flight: None
    outcome: Literal["falls", "drives", "either"] = "falls"
    seconds: float = 0.3
    within: float = MAX_AGE + 0.5
    says: str = ""


@dataclass(frozen=True)
class Row:
    """What a fault led to; times [s], None where it did not come to that.

    Args:
        fault: Its name.
        reasons: Those given, in order.
        commands: How many arrived while it lasted.
        fell: From the fault to the first command that is not the policy's.
        safe: From the fault to the safe command.
        recovered: From the end of the fault to the policy's next command.
    """

    fault: str
    reasons: tuple[str, ...]
    commands: int
    fell: float | None = None
    safe: float | None = None
    recovered: float | None = None


class Flight:
    """Lets faults befall a robot and its controller, one after the other.

    Args:
        robot: Publishes and receives.
        contract: The policy's.
        policy: The file it flies.
        start: Starts a controller.
        fallback: Its parameter.
    """

    def __init__(
        self,
        robot: ArmRobot,
        contract: Contract,
        policy: Path,
        start: Callable[[], NodeProcess],
        fallback: str = "safe",
    ) -> None:
        self.robot, self.fallback, self._contract = robot, fallback, contract
        self.policy, self._start = policy, start
        self.rival: Any = None
        self.process = start()
        self.log: list[str] = []
        self.checked = 0
        """Commands whose limits have been checked."""
        low, high = (contract.action_values(side) for side in ("low", "high"))
        self._low, self._high, self._safe = low, high, contract.action_values("safe")
        self._step = contract.action_values("slew_limit") * contract.period
        self._driving = (high + low) / 2 + math.tanh(BIAS) * (high - low) / 2
        self._band = 0.05 * (high - low)
        self._before: Received | None = None
        latched = QoSProfile(depth=1000, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        robot.node.create_subscription(Log, "/rosout", self._hear, latched)
        self._clients = {
            name: robot.node.create_client(kind, f"ddpg_controller/{name}")
            for name, kind in _SERVICES.items()
        }

    @property
    def reasons(self) -> tuple[str, ...]:
        """Those that were told, in order."""
        told = [found[1] or found[2] for found in map(_TOLD.match, self.log) if found]
        return tuple(dict.fromkeys(told))

    def fly(self, fault: Fault) -> Row:
        """Fly into ``fault`` and out of it again; what came of it is for :meth:`assess`."""
        robot = self.robot
        self.wait_until_driven()
        self.check()
        robot.commands.clear()
        self.log.clear()
        try:
            begun = self._suffer(fault)
        finally:
            ended, count, told = time.time(), len(robot.commands), self.reasons
            robot.suffer(None)
            ended = fault.end(self) or ended
        suffered = [c for c in robot.commands[:count] if c.at >= begun]
        self.wait_until_driven()
        self.check()
        return self._row(fault, suffered, robot.commands[count:], begun, ended, told)

    def assess(self, fault: Fault, row: Row) -> None:
        """Assert that the latest flight went as its fault says."""
        others = set(self.reasons) - set(fault.reasons) - HICCUPS
        assert not others, f"{fault.name}: {others} was said too: {self.log}"
        if fault.outcome == "drives":
            assert row.fell is None, f"{fault.name} does no harm, and it fell back: {self.log}"
            expected = fault.seconds / self._contract.period
            assert row.commands > 0.5 * expected, f"{row.commands} commands of {expected:.0f}"
        elif fault.outcome == "falls":
            assert row.fell is not None
            assert row.fell <= fault.within, f"{fault.name}: the fallback came late: {row}"
            if self.fallback in ("safe", "ramp"):
                assert row.safe is not None
                assert row.safe <= row.fell + 1.5, f"{fault.name}: not safe in time: {row}"

    def call(self, name: str, request: Any = None) -> Any:
        """The response of one of the controller's services, while the sensors go on."""
        client, futures = self._clients[name], []
        self.robot.wait_for(client.service_is_ready, f"service {name}")
        asked = -math.inf

        def answer() -> Any:
            nonlocal asked
            if time.monotonic() - asked > PATIENCE:
                asked = time.monotonic()
                futures.append(client.call_async(request or _SERVICES[name].Request()))
            return next((future for future in futures if future.done()), None)

        return self.robot.wait_for(answer, f"an answer from {name}").result()

    def hold_still(self, seconds: float) -> float:
        """Stop the controller's process and let it go on; when it went on [s since the epoch]."""
        os.kill(self.process.pid, signal.SIGSTOP)
        self.robot.serve(seconds)
        self.process.signal(signal.SIGCONT)
        return time.time()

    def end_process(self) -> None:
        """SIGTERM; the last command is the safe one."""
        self.process.signal(signal.SIGTERM)
        self.robot.wait_for(lambda: not self.process.running(), "the end of the process", 5.0)
        self.robot.serve(0.1)
        assert self.process.wait() == 0, self.process.output
        assert self._is_safe(self.robot.commands[-1])

    def start_again(self) -> None:
        """A new controller."""
        self.process = self._start()

    def has_fallen(self) -> bool:
        """Whether the fallback has come to its end."""
        commands = self.robot.commands
        if self.fallback == "hold":
            return len(commands) > 10 and all(
                np.array_equal(c.values, commands[-1].values) for c in commands[-10:]
            )
        if self.fallback == "silent":
            since = commands[-1].at if commands else -math.inf
            return time.time() - since > 0.2
        return bool(commands) and self._is_safe(commands[-1])

    def wait_until_driven(self) -> None:
        """Until the policy has had the command for a while."""
        commands = self.robot.commands
        if self.fallback == "hold":
            differ = lambda: len({c.values.tobytes() for c in commands[-10:]}) == 10  # noqa: E731
        else:
            differ = lambda: True  # noqa: E731
        self.robot.wait_for(
            lambda: (
                len(commands) >= 10
                and all(map(self._drives, commands[-10:]))
                and time.time() - commands[-1].at < 0.2
                and differ()
            ),
            f"the policy's command; the controller said {self.log[-5:]}",
        )

    def check(self) -> None:
        """Assert that every command since the last check was finite, within limits and slew."""
        for command in self.robot.commands[self._checked_here() :]:
            self._check(command)
            self._before = command
            self.checked += 1

    def _checked_here(self) -> int:
        commands = self.robot.commands
        if self._before is None or self._before not in commands:
            return 0
        return commands.index(self._before) + 1

    def _check(self, command: Received) -> None:
        values, before = command.values, self._before
        assert values.shape == self._low.shape
        assert np.isfinite(values).all(), values
        assert (values >= self._low).all(), values
        assert (values <= self._high).all(), values
        last, steps = self._safe, command.number or 1  # since the process began
        if before is not None:
            last, steps = before.values, 1
            if command.number is not None and before.number is not None:
                steps = command.number - before.number
                if steps < 1:  # another process, which begins at the safe command
                    last, steps = self._safe, command.number
        assert (np.abs(values - last) <= steps * self._step + 1e-9).all(), (last, values, steps)

    def _suffer(self, fault: Fault) -> float:
        """Into the fault, until it has shown; when it began [s since the epoch]."""
        robot, begun, least = self.robot, time.time(), time.monotonic() + fault.seconds
        robot.suffer(fault.spoil() if fault.spoil else None)
        begun = fault.begin(self) or begun
        if fault.outcome == "falls":
            robot.wait_for(self.has_fallen, f"the fallback from {fault.name}")
            if fault.reasons:
                robot.wait_for(lambda: set(self.reasons) & set(fault.reasons), f"{fault.reasons}")
        if fault.says:
            robot.wait_for(lambda: any(fault.says in m for m in self.log), fault.says)
        robot.serve(max(0.1, least - time.monotonic()))
        return begun

    def _row(
        self,
        fault: Fault,
        suffered: Sequence[Received],
        after: Sequence[Received],
        begun: float,
        ended: float,
        told: tuple[str, ...],
    ) -> Row:
        reasons = tuple(r for r in told if r in fault.reasons)
        fell = self._fell(suffered)
        if fell is None:
            return Row(fault.name, reasons, len(suffered))
        safe = next((c.at for c in suffered if c.at >= fell and self._is_safe(c)), None)
        last = suffered[-1] if suffered else None
        back = next((c.at for c in after if self._is_back(c, last)), None)
        recovered = None if back is None else max(0.0, back - ended)
        if self.fallback in ("hold", "silent"):
            safe = None
        elif safe is None:  # it had not come to its end when the fault had
            recovered = None
        return Row(
            fault.name,
            reasons,
            len(suffered),
            max(0.0, fell - begun),
            None if safe is None else safe - begun,
            recovered,
        )

    def _fell(self, commands: Sequence[Received]) -> float | None:
        """When the fallback began."""
        if self.fallback == "hold":
            at = None
            for command in reversed(commands):
                if not np.array_equal(command.values, commands[-1].values):
                    break
                at = command.at
            return at
        if self.fallback == "silent":
            return commands[-1].at + self._contract.period if commands else 0.0
        return next((c.at for c in commands if not self._drives(c)), None)

    def _is_back(self, command: Received, last: Received | None) -> bool:
        """Whether ``command`` is the policy's again after the fallback's ``last``."""
        if self.fallback == "silent":
            return True
        if self.fallback == "hold":
            return last is not None and not np.array_equal(command.values, last.values)
        return not self._is_safe(command)

    def _is_safe(self, command: Received) -> bool:
        return np.array_equal(command.values, self._safe)

    def _drives(self, command: Received) -> bool:
        return bool((np.abs(command.values - self._driving) < self._band).all())

    def _hear(self, message: Log) -> None:
        if message.name.endswith("ddpg_controller"):
            self.log.append(message.msg)

    def close(self) -> None:
        self.process.kill()
        self.robot.close()
