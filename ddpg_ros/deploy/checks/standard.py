"""The checks of a controller, with what follows from each."""

from __future__ import annotations

from collections.abc import Iterator

from ddpg_ros.contract import Assembler
from ddpg_ros.contract.policy_metadata import ObservationStatistics
from ddpg_ros.deploy.checks.actions import MissedDeadline, NonFiniteAction, Saturation
from ddpg_ros.deploy.checks.check import Check, Response
from ddpg_ros.deploy.checks.inputs import (
    BadInput,
    FarOutOfRange,
    Frozen,
    OutOfRange,
    SecondPublisher,
)
from ddpg_ros.deploy.checks.start import StartBeyondLimits
from ddpg_ros.deploy.checks.trips import PositionLimit, Tilt
from ddpg_ros.deploy.measured_start import MeasuredStart
from ddpg_ros.guard_settings import GuardSettings

_CHOSEN = ("second_publisher", "out_of_range", "far_out_of_range", "saturation", "missed_deadline")
"""Checks whose response is a setting of their name."""


class StandardChecks:
    """All there are, as the settings want them.

    Args:
        assembler: What turns readings into the observation.
        statistics: What training saw.
        settings: Limits and responses.
        period: From tick to tick [s].
        start: Where position commands start.

    Raises:
        ConfigError: A trip asks for something the policy does not read.
    """

    def __init__(
        self,
        assembler: Assembler,
        statistics: ObservationStatistics,
        settings: GuardSettings,
        period: float,
        start: MeasuredStart,
    ) -> None:
        contract, chosen = assembler.contract, _responses(settings)
        self.out_of_range = OutOfRange(
            statistics, settings.range_margin, contract.observation_names
        )
        sizes = [term.size for term in contract.observation]
        self._far_out_of_range = FarOutOfRange(
            self.out_of_range, statistics, settings.far_margin, sizes
        )
        self.saturation = Saturation(contract, settings.saturation_time, period)
        self.second_publisher = SecondPublisher()
        self.missed_deadline = MissedDeadline(period)
        self._checks: list[tuple[Check, Response]] = [
            (BadInput(assembler), Response.STOP),
            (StartBeyondLimits(start), Response.STOP),
            (NonFiniteAction(), Response.STOP),
            (self.second_publisher, chosen["second_publisher"]),
            (self.out_of_range, chosen["out_of_range"]),
            (self._far_out_of_range, chosen["far_out_of_range"]),
            (self.saturation, chosen["saturation"]),
            (self.missed_deadline, chosen["missed_deadline"]),
        ]
        if settings.frozen_time:
            self._checks.append((Frozen(assembler, settings.frozen_time), Response.STOP))
        if settings.max_tilt:
            self._checks.append((Tilt(assembler, settings.max_tilt), Response.LATCH))
        if settings.trip_elements:
            limits = (settings.trip_elements, settings.trip_low, settings.trip_high)
            self._checks.append((PositionLimit(assembler, *limits), Response.LATCH))

    def __iter__(self) -> Iterator[tuple[Check, Response]]:
        return iter(self._checks)

    def expect(self, statistics: ObservationStatistics) -> None:
        """From now on hold observations against what another training saw."""
        self.out_of_range.expect(statistics)
        self._far_out_of_range.expect(statistics)


def _responses(settings: GuardSettings) -> dict[str, Response]:
    return {name: Response[getattr(settings, name).upper()] for name in _CHOSEN}
