"""Laser sectors against a naive computation, whatever the scanner's resolution and angles."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from ddpg_ros.contract import MinPool, readings

TURN = 2 * math.pi
Pooled = Callable[..., tuple[str, list[float]]]
RANGES = st.one_of(
    st.floats(0, 20), st.sampled_from([math.nan, math.inf, -math.inf, -1.0, 0.0, 0.05, 12.0, 1e9])
)


def nearest_in_each_sector(feature: MinPool, scan: readings.Reading) -> tuple[str, list[float]]:
    """The feature, ray by ray; first how a complaint begins, where a sector says nothing."""
    angle_min, increment, range_min, range_max = scan.geometry
    width = (feature.angle_high - feature.angle_low) / feature.bins
    sectors: list[list[float]] = [[] for _ in range(feature.bins)]
    numbers: list[list[bool]] = [[] for _ in range(feature.bins)]
    for index, distance in enumerate(scan.fields["ranges"]):
        turned = (angle_min + index * increment - feature.angle_low) % TURN
        beyond = turned % width
        # On a border either side is right.
        assume(1e-6 < beyond < width - 1e-6 and turned < TURN - 1e-6)
        if distance == -math.inf:
            seen = 0.0
        elif range_min <= distance <= range_max:
            seen = min(distance, feature.max_range)
        else:
            seen = feature.max_range
        if turned < feature.angle_high - feature.angle_low:
            sectors[int(turned // width)].append(seen)
            numbers[int(turned // width)].append(not math.isnan(distance))
    if not all(sectors):
        return "the scan has no ray in sector ", []
    if not all(map(any, numbers)):
        return "the scan says nothing but NaN in sector ", []
    return "", np.float32(list(map(min, sectors))).tolist()


@st.composite
def features(draw: st.DrawFn) -> MinPool:
    low = draw(st.floats(-4, 4))
    span = draw(st.one_of(st.just(TURN), st.floats(0.5, TURN)))
    return MinPool(draw(st.integers(1, 12)), draw(st.floats(0.5, 30)), low, low + span)


@st.composite
def scans(draw: st.DrawFn) -> readings.Reading:
    count = draw(st.integers(1, 60))
    ranges = draw(st.lists(RANGES, min_size=count, max_size=count))
    turn = draw(st.sampled_from([TURN, -TURN, 4.7, -1.3]))
    start = draw(st.floats(-7, 7))
    range_min, range_max = draw(st.floats(0, 0.2)), draw(st.floats(0.5, 15))
    return readings.laser_scan(ranges, start, turn / len(ranges), range_min, range_max)


@given(features(), scans(), scans())
def test_each_sector_holds_its_nearest_return(
    pooled: Pooled, feature: MinPool, scan: readings.Reading, earlier: readings.Reading
) -> None:
    expected = nearest_in_each_sector(feature, scan)
    problem, out = pooled(feature, earlier, scan)
    complaint, nearest = expected
    if complaint:
        assert problem.startswith(complaint)
    else:
        assert (problem, out) == ("", nearest)


@given(st.integers(1, 6), st.integers(0, 359), st.sampled_from([1, -1]))
def test_resolution_start_and_direction_do_not_matter(
    pooled: Pooled, finer: int, start: int, way: int
) -> None:
    wall = np.where(np.arange(8) % 2, 2.0, 5.0)
    count = 40 * finer
    angles = math.radians(start) + way * TURN / count * (np.arange(count) + 0.5)
    sector = ((angles + math.pi) % TURN / TURN * 8).astype(int) % 8
    assume(np.abs(np.mod(angles + math.pi + 1e-6, TURN / 8)).min() > 2e-6)
    scan = readings.laser_scan(wall[sector], angles[0], way * TURN / count, 0.1, 9.0)
    assert pooled(MinPool(8, 9.0), scan) == ("", wall.tolist())
