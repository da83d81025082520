"""Laser sectors against a naive computation, whatever the scanner's resolution and angles."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ddpg_ros.contract import MinPool, Source, readings
from ddpg_ros.contract.source import SourceBuffer
from ddpg_ros.errors import ContractError

TURN = 2 * math.pi
SCAN = Source("scan", readings.LASER_SCAN, "ranges")
RANGES = st.one_of(
    st.floats(0, 20), st.sampled_from([math.nan, math.inf, -math.inf, -1.0, 0.0, 0.05, 12.0, 1e9])
)


def pooled(feature: MinPool, *scans: readings.Reading) -> tuple[str, list[float]]:
    """What the feature makes of the last of some scans."""
    buffer = SourceBuffer(SCAN)
    out = np.full(feature.bins, np.nan, dtype=np.float32)
    compute = feature.bind([buffer], out)
    problem = ""
    for scan in scans:
        buffer.receive(scan, now=0.0)
        problem = compute()
    return problem, out.tolist()


def nearest_in_each_sector(feature: MinPool, scan: readings.Reading) -> list[float] | None:
    """The same, ray by ray and sector by sector; None if a sector has no ray."""
    angle_min, increment, range_min, range_max = scan.geometry
    width = (feature.angle_high - feature.angle_low) / feature.bins
    sectors: list[list[float]] = [[] for _ in range(feature.bins)]
    for index, distance in enumerate(scan.fields["ranges"]):
        turned = (angle_min + index * increment - feature.angle_low) % TURN
        beyond = turned % width
        assume(1e-6 < beyond < width - 1e-6)  # on a border either sector is right
        if distance == -math.inf:
            seen = 0.0
        elif range_min <= distance <= range_max:
            seen = min(distance, feature.max_range)
        else:
            seen = feature.max_range
        if turned < feature.angle_high - feature.angle_low:
            sectors[int(turned // width)].append(seen)
    return [min(sector) for sector in sectors] if all(sectors) else None


@st.composite
def features(draw: st.DrawFn) -> MinPool:
    low = draw(st.floats(-4, 4))
    span = draw(st.one_of(st.just(TURN), st.floats(0.5, TURN)))
    return MinPool(draw(st.integers(1, 12)), draw(st.floats(0.5, 30)), low, low + span)


@st.composite
def scans(draw: st.DrawFn) -> readings.Reading:
    ranges = draw(st.lists(RANGES, min_size=1, max_size=90))
    turn = draw(st.sampled_from([TURN, -TURN, 4.7, -1.3]))
    start = draw(st.floats(-7, 7))
    range_min, range_max = draw(st.floats(0, 0.2)), draw(st.floats(0.5, 15))
    return readings.laser_scan(ranges, start, turn / len(ranges), range_min, range_max)


@given(features(), scans(), scans())
def test_each_sector_holds_its_nearest_return(
    feature: MinPool, scan: readings.Reading, earlier: readings.Reading
) -> None:
    expected = nearest_in_each_sector(feature, scan)
    problem, out = pooled(feature, earlier, scan)
    if expected is None:
        assert problem.startswith("the scan has no ray in sector ")
    else:
        assert (problem, out) == ("", np.float32(expected).tolist())


@given(st.integers(1, 6), st.integers(0, 359), st.sampled_from([1, -1]))
def test_resolution_start_and_direction_do_not_matter(finer: int, start: int, way: int) -> None:
    wall = np.where(np.arange(8) % 2, 2.0, 5.0)
    count = 40 * finer
    angles = math.radians(start) + way * TURN / count * (np.arange(count) + 0.5)
    sector = ((angles + math.pi) % TURN / TURN * 8).astype(int) % 8
    assume(np.abs(np.mod(angles + math.pi + 1e-6, TURN / 8)).min() > 2e-6)
    scan = readings.laser_scan(wall[sector], angles[0], way * TURN / count, 0.1, 9.0)
    assert pooled(MinPool(8, 9.0), scan) == ("", wall.tolist())


def test_a_ray_on_the_seam_belongs_to_the_first_sector() -> None:
    scan = readings.laser_scan([1, 9, 9, 9, 2], -math.pi, TURN / 4, 0.1, 10.0)
    assert pooled(MinPool(4, 10.0), scan) == ("", [1, 9, 9, 9])
    scan = readings.laser_scan([3, 9, 9, 9, 2], -math.pi, TURN / 4, 0.1, 10.0)
    assert pooled(MinPool(4, 10.0), scan) == ("", [2, 9, 9, 9])


def test_empty_sectors_are_listed() -> None:
    scan = readings.laser_scan([1, 1], 0.1, 0.1, 0.1, 10.0)
    assert pooled(MinPool(8, 9.0), scan)[0] == "the scan has no ray in sector 0, 1, 2, 3, 5"
    assert pooled(MinPool(1, 9.0)) == ("", [pytest.approx(math.nan, nan_ok=True)])
