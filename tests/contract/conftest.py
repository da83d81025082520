"""One robot that the tests of this room share, and what its sensors say when all is well."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import pytest

from ddpg_ros.contract import (
    ActionElement,
    Assembler,
    Command,
    Contract,
    CosSin,
    Identity,
    MinPool,
    ObservationTerm,
    ProjectedGravity,
    Reading,
    Source,
    readings,
)
from ddpg_ros.contract.source_buffer import SourceBuffer

JOINTS = ("hip", "knee")


@pytest.fixture(scope="session")
def robot() -> Contract:
    """Two joints, an IMU, a scanner with 1,440 rays and the previous command, three ticks deep."""
    position = Source("joint_states", readings.JOINT_STATE, "position", JOINTS, max_age=0.1)
    velocity = Source("joint_states", readings.JOINT_STATE, "velocity", JOINTS, max_age=0.1)
    orientation = Source("imu", readings.IMU, "orientation", max_age=0.1)
    rates = Source("imu", readings.IMU, "angular_velocity", max_age=0.1)
    scan = Source("scan", readings.LASER_SCAN, "ranges", max_age=1.0)
    previous = Source("", readings.PREVIOUS_COMMAND, "command", JOINTS)
    return Contract(
        name="walker",
        period=0.02,
        observation=(
            ObservationTerm("angles", (position,), CosSin()),
            ObservationTerm("speeds", (velocity,), Identity(), unit="rad/s", low=-20.0, high=20.0),
            ObservationTerm("gravity", (orientation,), ProjectedGravity(), low=-1.0, high=1.0),
            ObservationTerm("rates", (rates,)),
            ObservationTerm("scan", (scan,), MinPool(bins=8, max_range=10.0)),
            ObservationTerm("previous", (previous,)),
        ),
        commands=(
            Command(
                "commands",
                readings.FLOAT64_MULTI_ARRAY,
                (
                    ActionElement("hip", "N m", -2.0, 2.0, safe=0.5, slew_limit=10.0),
                    ActionElement("knee", "N m", -1.0, 3.0),
                ),
            ),
        ),
        history=3,
    )


@pytest.fixture(scope="session")
def healthy() -> Mapping[str, Reading]:
    """A reading for each topic of the robot; its joints come in another order, with one extra."""
    messages = {
        "joint_states": readings.joint_state(
            ["knee", "wheel", "hip"], position=[0.0, 9.0, math.pi / 2], velocity=[1.0, 9.0, -2.0]
        ),
        "imu": readings.imu(angular_velocity=[0.1, 0.2, 0.3]),
        "scan": readings.laser_scan(
            np.full(1440, 4.0), -math.pi, 2 * math.pi / 1440, range_min=0.1, range_max=12.0
        ),
    }
    return MappingProxyType(messages)


@pytest.fixture
def assembler(robot: Contract, healthy: Mapping[str, Reading]) -> Assembler:
    """The robot's assembler, to which every sensor spoke at time 0."""
    assembler = Assembler(robot)
    for topic, reading in healthy.items():
        assembler.receive(topic, reading, now=0.0)
    return assembler


@pytest.fixture(scope="session")
def pooled() -> Callable[..., tuple[str, list[float]]]:
    """What a MinPool makes of the last of some scans: its problem, and what it wrote."""

    def pool(feature: MinPool, *scans: Reading) -> tuple[str, list[float]]:
        buffer = SourceBuffer(Source("scan", readings.LASER_SCAN, "ranges"))
        out = np.full(feature.bins, np.nan, dtype=np.float32)
        compute = feature.bind([buffer], out)
        problem = ""
        for scan in scans:
            buffer.receive(scan, now=0.0)
            problem = compute()
        return problem, out.tolist()

    return pool
