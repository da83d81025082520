"""The nearest return in each sector: borders, gaps, and rays that measured nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import numpy as np
import pytest

from ddpg_ros.contract import MinPool, Source, readings
from ddpg_ros.contract.source_buffer import SourceBuffer
from ddpg_ros.errors import ContractError

TURN = 2 * math.pi
SCAN = Source("scan", readings.LASER_SCAN, "ranges")
Pooled = Callable[..., tuple[str, list[float]]]


def test_a_ray_on_the_seam_belongs_to_the_first_sector(pooled: Pooled) -> None:
    scan = readings.laser_scan([1, 9, 9, 9, 2], -math.pi, TURN / 4, 0.1, 10.0)
    assert pooled(MinPool(4, 10.0), scan) == ("", [1, 9, 9, 9])
    scan = readings.laser_scan([3, 9, 9, 9, 2], -math.pi, TURN / 4, 0.1, 10.0)
    assert pooled(MinPool(4, 10.0), scan) == ("", [2, 9, 9, 9])


@pytest.mark.parametrize("bins", [4, 7, 36])
def test_a_ray_on_a_border_belongs_to_the_sector_it_begins(pooled: Pooled, bins: int) -> None:
    for rays in range(1, 41):
        count = bins * rays
        scan = readings.laser_scan(range(count), -math.pi, TURN / count, 0.0, 1e4)
        assert pooled(MinPool(bins, 1e4), scan) == ("", list(range(0, count, rays)))


def test_rays_outside_the_sectors_do_not_count(pooled: Pooled) -> None:
    scan = readings.laser_scan([1, 5, 6, 7, 8, 2, 1], -0.5, 1.0, 0.1, 10.0)
    assert pooled(MinPool(2, 9.0, angle_low=0.0, angle_high=4.0), scan) == ("", [5, 7])


def test_empty_sectors_are_listed(pooled: Pooled) -> None:
    scan = readings.laser_scan([1, 1], 0.1, 0.1, 0.1, 10.0)
    assert pooled(MinPool(8, 9.0), scan)[0] == "the scan has no ray in sector 0, 1, 2, 3, 5"


def test_the_limits_of_the_scanner_are_measured_too(pooled: Pooled) -> None:
    scan = readings.laser_scan([0.1, 10.0], 0.0, math.pi, range_min=0.1, range_max=10.0)
    nearest = pooled(MinPool(2, 20.0, angle_low=-1.0, angle_high=TURN - 1.0), scan)[1]
    assert nearest == np.float32([0.1, 10.0]).tolist()


def test_a_sector_without_return_holds_the_largest_range(pooled: Pooled) -> None:
    ranges = [math.inf, 12.0, 0.05, -math.inf, 9.5]
    scan = readings.laser_scan(ranges, -3.0, TURN / 5, range_min=0.1, range_max=10.0)
    assert pooled(MinPool(5, 9.0), scan) == ("", [9, 9, 9, 0, 9])


def test_a_sector_of_nothing_but_failed_measurements_is_no_free_one(pooled: Pooled) -> None:
    nan = math.nan
    scan = readings.laser_scan([nan, 4.0, nan, nan, 3.0, nan], -3.0, TURN / 6, 0.1, 10.0)
    assert pooled(MinPool(3, 9.0), scan)[0] == "the scan says nothing but NaN in sector 1"
    assert pooled(MinPool(2, 9.0), scan) == ("", [4, 3])


@pytest.mark.parametrize(
    "geometry",
    [(math.nan, 0.1, 0, 9), (0, math.inf, 0, 9), (0, 0.1, 0, 0), (0, 0.1, 0, math.nan)],
)
def test_a_scan_whose_geometry_was_never_filled_in_is_refused(
    pooled: Pooled, geometry: tuple
) -> None:
    angle_min, increment, range_min, range_max = map(float, geometry)
    text = (
        f"the scan's geometry has no meaning: angles {angle_min:g} + i * {increment:g} rad, "
        f"ranges {range_min:g} to {range_max:g} m"
    )
    assert pooled(MinPool(1, 9.0), readings.laser_scan([1.0] * 9, *geometry))[0] == text


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((0, 9.0), "feature min_pool: bins must be in [1, 4096], got 0."),
        ((4097, 9.0), "feature min_pool: bins must be in [1, 4096], got 4097."),
        ((4, 0.0), "feature min_pool: max_range must be above 0 m, got 0.0."),
        ((4, math.inf), "feature min_pool: max_range must be above 0 m, got inf."),
        (
            (4, 9.0, 1.0, 1.0),
            "feature min_pool: sectors must span more than 0 and at most a full turn, "
            "got [1.0, 1.0] rad.",
        ),
        ((4, 9.0, -4.0, 4.0), "at most a full turn, got [-4.0, 4.0] rad."),
    ],
)
def test_sectors_that_make_no_sense_are_refused(arguments: tuple, text: str) -> None:
    with pytest.raises(ContractError, match=re.escape(text)):
        MinPool(*arguments)


def test_without_a_scan_there_is_no_feature() -> None:
    assert MinPool(4, 9.0).bind([SourceBuffer(SCAN)], np.empty(4, np.float32))() == "no scan yet"


def test_min_pool_reads_one_scan() -> None:
    text = "feature min_pool: reads the ranges of one sensor_msgs/LaserScan."
    for sources in ((SCAN, SCAN), (Source("imu", readings.IMU, "orientation"),)):
        with pytest.raises(ContractError, match=re.escape(text)):
            MinPool(4, 9.0).check(sources)
