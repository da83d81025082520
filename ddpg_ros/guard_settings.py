"""How careful a controller is: facts about the robot, set by the people around it."""

from __future__ import annotations

from dataclasses import dataclass

from ddpg_ros.errors import ConfigError
from ddpg_ros.knob import knob

_RESPONSES = ("ignore", "warn", "degrade", "stop", "latch")
_LONG = 3600.0


@dataclass(frozen=True)
class GuardSettings:
    """What the guard does about what, and for how long.

    Raises:
        ConfigError: The lists of trips differ in length, or leave an element no room.
    """

    fallback: str = knob(
        "safe",
        "What is sent when the policy may not drive: the safe command (safe), the last command "
        "(hold), a ramp to the safe command (ramp), nothing (silent).",
        choices=("safe", "hold", "ramp", "silent"),
    )
    fallback_time: float = knob(
        1.0, "Time that the ramp to the safe command takes [s].", 0.001, _LONG
    )
    recovery_time: float = knob(
        0.2, "How long all must be well again before the policy drives [s].", 0.0, _LONG
    )
    ramp_in_time: float = knob(
        0.5, "Time over which the policy takes over the command [s]; 0: at once.", 0.0, _LONG
    )
    start_from: str = knob(
        "measured",
        "Where position commands start: at the measured position of their joint, nothing being "
        "sent before that is known, or at the safe command.",
        choices=("measured", "safe"),
    )
    stop_positions: str = knob(
        "safe",
        "Where position commands go at an emergency stop, a trip, a stalled clock, a failed tick, "
        "when disabled and at the end: to their safe values (safe), or nowhere (hold).",
        choices=("safe", "hold"),
    )
    degraded_share: float = knob(
        0.5, "How far from the safe command to the policy's a degraded one lies.", 0.0, 1.0
    )
    out_of_range: str = knob(
        "warn", "Response to an observation that training never saw.", choices=_RESPONSES
    )
    range_margin: float = knob(
        0.1, "How far beyond what training saw is still fine [share of its range].", 0.0, 1e3
    )
    far_out_of_range: str = knob(
        "stop",
        "Response to an observation so far from what training saw that it must be wrong.",
        choices=_RESPONSES,
    )
    far_margin: float = knob(
        10.0, "How far beyond what training saw is that far [times its range].", 0.0, 1e6
    )
    saturation: str = knob(
        "warn", "Response to an action that stays at an end of its range.", choices=_RESPONSES
    )
    saturation_time: float = knob(
        2.0, "How long an action may stay at an end of its range [s].", 0.0, _LONG
    )
    missed_deadline: str = knob(
        "warn", "Response to a tick half a period late or more.", choices=_RESPONSES
    )
    second_publisher: str = knob(
        "stop",
        "Response to two publishers that speak of the same element of a sensor.",
        choices=_RESPONSES,
    )
    frozen_time: float = knob(
        0.0, "How long a sensor may repeat itself to the last bit [s]; 0: for ever.", 0.0, _LONG
    )
    max_tilt: float = knob(
        0.0,
        "Angle between the robot's z axis and the vertical that trips [rad], by the orientation "
        "the policy reads; 0: none. A trip holds until ~/reset.",
        0.0,
        3.2,
    )
    trip_elements: tuple[str, ...] = knob(
        (),
        "Elements of sensors that trip beyond limits, as joint_states.position.elbow. A trip holds "
        "until ~/reset.",
    )
    trip_low: tuple[float, ...] = knob((), "Lower limits of trip_elements [SI units].")
    trip_high: tuple[float, ...] = knob((), "Upper limits of trip_elements [SI units].")

    def __post_init__(self) -> None:
        lengths = {n: len(getattr(self, n)) for n in ("trip_elements", "trip_low", "trip_high")}
        if len(set(lengths.values())) > 1:
            got = ", ".join(f"{count} in {name}" for name, count in lengths.items())
            raise ConfigError(
                f"trip_elements, trip_low and trip_high must be equally long, got {got}. As an "
                "example: trip_elements:=['joint_states.position.elbow'] trip_low:=[-1.0] "
                "trip_high:=[1.0]."
            )
        for name, low, high in zip(self.trip_elements, self.trip_low, self.trip_high, strict=True):
            if not low < high:
                raise ConfigError(
                    f"trip_low of {name} must be below its trip_high, got {low:g} and {high:g}."
                )
