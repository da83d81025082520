"""What a controller can be told: facts about this robot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ddpg_ros.errors import ConfigError
from ddpg_ros.guard_settings import GuardSettings
from ddpg_ros.knob import knob

PACE_AUTO, PACE_TIMER = "auto", "timer"

_LEAST_PATIENCE = 2.0
"""A watchdog that waits for less would bark at ticks that are a little late [periods]."""


@dataclass(frozen=True)
class ControllerParameters(GuardSettings):
    """Facts about this robot; what the policy needs is in its contract."""

    policy: str = knob(
        "", "Path of the policy file (policy.onnx); ~/reload reads it again.", dynamic=True
    )
    autostart: bool = knob(True, "Configure and activate at start, without a manager.")
    enable: bool = knob(
        True, "Send commands; false computes and publishes ~/action but moves nothing."
    )
    stamped_twist: bool = knob(
        True, "Send TwistStamped where the contract says so; false sends Twist instead."
    )
    rate: float = knob(
        0.0,
        "Ticks per second [Hz]; 0: the contract's. Another is refused unless allow_other_rate.",
        0.0,
        1e5,
    )
    allow_other_rate: bool = knob(
        False, "Tick at the parameter rate although the policy learned at another."
    )
    pace_on: str = knob(
        PACE_AUTO,
        "Sensor topic whose messages bring the ticks about, so that each command is made of fresh "
        "values; auto: the first that the contract reads; timer: none, as in simulated time.",
    )
    watchdog_timeout: float = knob(
        0.0,
        "Wall-clock time without a tick after which the safe command is sent, as when /clock "
        "stalls [s]; 0: five periods, at least 0.25 s.",
        0.0,
        3600.0,
    )
    stop_time: float = knob(
        0.5,
        "Time that the last commands have to reach the safe one within the slew limit; then it is "
        "sent whatever the limit says, but a position stays where it is [s].",
        0.0,
        60.0,
    )
    timing_file: str = knob(
        "",
        "JSON file for the ages of inputs and the times of ticks, written at deactivation; "
        "'ddpg-ros train' takes its delays from it. Empty: none.",
    )
    realtime_priority: int = knob(
        0, "Priority under SCHED_FIFO, 1 to 99; 0: the system's ordinary scheduling.", 0, 99
    )
    cpu_affinity: tuple[int, ...] = knob((), "Processors to run on; empty: any.")
    lock_memory: bool = knob(False, "Keep the process in memory, so that no tick waits for a page.")

    def tick_period(self, contract_period: float) -> float:
        """Seconds from tick to tick.

        Args:
            contract_period: That the policy learned with [s].

        Raises:
            ConfigError: The parameters ask for another one and do not say that they may.
        """
        if self.rate == 0.0 or abs(self.rate * contract_period - 1.0) < 0.01:
            return contract_period
        if not self.allow_other_rate:
            raise ConfigError(
                f"parameter rate is {self.rate:g} Hz, and this policy learned at "
                f"{1 / contract_period:g} Hz: it would act on another robot than it knows. Leave "
                "rate at 0, or set allow_other_rate:=true."
            )
        return 1.0 / self.rate

    def pacing_topic(self, topics: Sequence[str], simulated: bool) -> str:
        """The topic whose messages ticks follow; empty if they come by the clock alone.

        Args:
            topics: Those that the policy reads and that may grow old.
            simulated: Whether ticks come by simulated time.

        Raises:
            ConfigError: The parameter names none of them.
        """
        choices = (PACE_AUTO, PACE_TIMER, *topics)
        if self.pace_on not in choices:
            raise ConfigError(
                f"parameter pace_on is '{self.pace_on}', which this policy does not read. Set it "
                f"to {', '.join(choices)}."
            )
        if self.pace_on == PACE_TIMER or simulated:
            return ""
        return next(iter(topics), "") if self.pace_on == PACE_AUTO else self.pace_on

    def watchdog_patience(self, period: float, simulated: bool) -> float:
        """How long the watchdog waits for a tick, by the wall clock [s].

        Args:
            period: From tick to tick [s].
            simulated: Whether that is simulated time, which may run faster than the wall clock.

        Raises:
            ConfigError: It would find a stall between any two ticks.
        """
        if self.watchdog_timeout == 0.0:
            return max(0.25, 5 * period)
        if self.watchdog_timeout < _LEAST_PATIENCE * period and not simulated:
            raise ConfigError(
                f"parameter watchdog_timeout is {self.watchdog_timeout:g} s, and ticks come every "
                f"{period:g} s: a tick a little late would be taken for a stalled clock. Give "
                f"{_LEAST_PATIENCE * period:g} s or more, or 0 for the default."
            )
        return self.watchdog_timeout
