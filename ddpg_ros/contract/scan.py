"""What the policy sees of a laser scan: the nearest return in each of some sectors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ddpg_ros.contract.features import Compute, Feature
from ddpg_ros.contract.readings import LASER_SCAN
from ddpg_ros.contract.source import Source
from ddpg_ros.contract.source_buffer import SourceBuffer
from ddpg_ros.errors import ContractError

_LARGEST_ANGLE = 1000.0
"""Of a scan's geometry [rad]; beyond it there is no saying where a ray points."""


@dataclass(frozen=True)
class MinPool(Feature):
    """The nearest return in each of ``bins`` equal sectors of a laser scan [m].

    Sectors are angles, not indices, so a scanner with another resolution or starting angle gives
    the same observation. Infinite, NaN and out-of-range rays are "no return" and count as
    ``max_range``, except minus infinity, which REP-117 defines as too close to measure: 0. A sector
    of nothing but NaN, by REP-117 measurements that failed, is none to be taken for free.

    Args:
        bins: Number of sectors.
        max_range: Range of a sector without a return, and cap of all others [m].
        angle_low: Where the first sector starts [rad], in the scanner's frame.
        angle_high: Where the last sector ends [rad]; a full turn after ``angle_low`` by default.
    """

    bins: int
    max_range: float
    angle_low: float = -math.pi
    angle_high: float = math.pi
    kind: ClassVar[str] = "min_pool"

    def __post_init__(self) -> None:
        if not 1 <= self.bins <= 4096:
            raise ContractError(f"feature {self.kind}: bins must be in [1, 4096], got {self.bins}.")
        if not (math.isfinite(self.max_range) and self.max_range > 0):
            raise ContractError(
                f"feature {self.kind}: max_range must be above 0 m, got {self.max_range}."
            )
        if not 0 < self.angle_high - self.angle_low <= 2 * math.pi + 1e-9:
            raise ContractError(
                f"feature {self.kind}: sectors must span more than 0 and at most a full turn, "
                f"got [{self.angle_low}, {self.angle_high}] rad."
            )

    def check(self, sources: Sequence[Source]) -> None:
        if len(sources) != 1 or sources[0].message != LASER_SCAN:
            raise ContractError(f"feature {self.kind}: reads the ranges of one {LASER_SCAN}.")

    def names(self, sources: Sequence[Source]) -> tuple[str, ...]:
        return tuple(f"range[{i}]" for i in range(self.bins))

    def bind(self, inputs: Sequence[SourceBuffer], out: np.ndarray) -> Compute:
        scan = inputs[0]
        rays = _SectorRays(self)

        def compute() -> str:
            if scan.geometry is None:
                return "no scan yet"
            return rays.nearest(scan.values, scan.geometry, out)

        return compute


class _SectorRays:
    """Which rays fall in which sector, worked out again when the scanner's geometry changes."""

    def __init__(self, feature: MinPool) -> None:
        self._feature = feature
        self._layout: tuple[int, float, float] | None = None
        self._problem = ""
        self._order = self._starts = np.empty(0, dtype=np.intp)
        self._ranges = self._nearest = np.empty(0)
        self._mask = self._other = self._blind = np.empty(0, dtype=bool)

    def nearest(
        self, ranges: np.ndarray, geometry: tuple[float, float, float, float], out: np.ndarray
    ) -> str:
        angle_min, angle_increment, range_min, range_max = geometry
        if not (range_min < range_max and abs(angle_min) + abs(angle_increment) < _LARGEST_ANGLE):
            return (
                f"the scan's geometry has no meaning: angles {angle_min:g} + i * "
                f"{angle_increment:g} rad, ranges {range_min:g} to {range_max:g} m"
            )
        if self._layout != (len(ranges), angle_min, angle_increment):
            self._lay_out(len(ranges), angle_min, angle_increment)
        if self._problem:
            return self._problem
        np.take(ranges, self._order, out=self._ranges, mode="clip")
        pooled, valid, bound = self._ranges, self._mask, self._other
        np.isnan(pooled, out=bound)
        np.logical_and.reduceat(bound, self._starts, out=self._blind)
        if self._blind.any():
            sectors = ", ".join(map(str, np.flatnonzero(self._blind)[:5].tolist()))
            return f"the scan says nothing but NaN in sector {sectors}"
        np.greater_equal(pooled, range_min, out=valid)
        np.less_equal(pooled, range_max, out=bound)
        np.logical_and(valid, bound, out=valid)
        np.equal(pooled, -np.inf, out=bound)
        np.logical_not(valid, out=valid)
        np.copyto(pooled, self._feature.max_range, where=valid)
        np.copyto(pooled, 0.0, where=bound)
        np.minimum.reduceat(pooled, self._starts, out=self._nearest)
        np.minimum(self._nearest, self._feature.max_range, out=out, casting="same_kind")
        return ""

    def _lay_out(self, count: int, angle_min: float, angle_increment: float) -> None:
        low, high, bins = self._feature.angle_low, self._feature.angle_high, self._feature.bins
        self._layout = (count, angle_min, angle_increment)
        turned = np.mod(angle_min + angle_increment * np.arange(count) - low + 1e-9, 2 * math.pi)
        sector = np.floor(turned / (high - low) * bins).astype(np.intp)
        seen = np.flatnonzero(sector < bins)
        missing = sorted(set(range(bins)) - set(sector[seen].tolist()))
        self._problem = ""
        if missing:
            self._problem = f"the scan has no ray in sector {', '.join(map(str, missing[:5]))}"
            return
        self._order = seen[np.argsort(sector[seen], kind="stable")]
        self._starts = np.searchsorted(sector[self._order], np.arange(bins))
        self._ranges = np.empty(len(self._order))
        self._nearest = np.empty(bins)
        self._blind = np.empty(bins, dtype=bool)
        self._mask = np.empty(len(self._order), dtype=bool)
        self._other = np.empty(len(self._order), dtype=bool)
