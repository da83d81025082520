"""What a controller can be told: facts about this robot."""

from __future__ import annotations

from dataclasses import dataclass

from ddpg_ros.errors import ConfigError
from ddpg_ros.guard_settings import GuardSettings
from ddpg_ros.knob import knob

PACE_AUTO, PACE_TIMER = "auto", "timer"


def watchdog_patience(period: float) -> float:
    """How long a watchdog waits for a tick of ``period`` [s] unless told otherwise [s]."""
    return max(0.25, 5 * period)


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
