"""Trips: a robot that has fallen over, a joint where it must not be."""

from __future__ import annotations

import math

import numpy as np
import pytest
from arm_policy import CONTRACT as ARM
from leg_policy import CONTRACT, JOINTS

from ddpg_ros.contract import Assembler, readings
from ddpg_ros.contract.policy_metadata import ObservationStatistics
from ddpg_ros.deploy.checks import StandardChecks, Tick
from ddpg_ros.deploy.checks.trips import PositionLimit, Tilt
from ddpg_ros.deploy.measured_start import MeasuredStart
from ddpg_ros.errors import ConfigError
from ddpg_ros.guard_settings import GuardSettings

TICK = Tick(0.0, 0.02, np.zeros(CONTRACT.observation_size, np.float32), None)


@pytest.fixture
def leg() -> Assembler:
    return Assembler(CONTRACT)


def turned(angle: float, axis: tuple[float, float, float], scale: float = 1.0) -> list[float]:
    """A quaternion, x y z w, of any length."""
    return [*(scale * math.sin(angle / 2) * np.array(axis)), scale * math.cos(angle / 2)]


@pytest.mark.parametrize("scale", [1.0, 7.0, -1.0])
@pytest.mark.parametrize("axis", [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.6, 0.8, 0.0)])
@pytest.mark.parametrize("angle", [-3.0, -0.6, -0.4, 0.0, 0.4, 0.6, 1.57, math.pi])
def test_a_tilt_is_the_angle_to_the_vertical(
    leg: Assembler, angle: float, axis: tuple[float, float, float], scale: float
) -> None:
    check = Tilt(leg, 0.5)
    leg.receive("imu", readings.imu(turned(angle, axis, scale)), 0.0)
    assert check.finds(TICK) == (abs(angle) > 0.5)
    if abs(angle) > 0.5:
        assert check.detail() == (f"the robot is tilted by {abs(angle):.3f} rad, at most 0.5 rad")


def test_a_robot_that_turns_about_the_vertical_is_not_tilted(leg: Assembler) -> None:
    check = Tilt(leg, 0.01)
    leg.receive("imu", readings.imu(turned(2.0, (0.0, 0.0, 1.0))), 0.0)
    assert not check.finds(TICK)


@pytest.mark.parametrize("bad", [[0.0] * 4, [math.nan] * 4, [math.inf, 0, 0, 1], [1e300] * 4])
def test_an_orientation_that_is_none_trips_nothing(leg: Assembler, bad: list[float]) -> None:
    check = Tilt(leg, 0.5)
    assert not check.finds(TICK)
    leg.receive("imu", readings.imu(bad), 0.0)
    assert not check.finds(TICK)


def test_the_tilt_of_a_goal_is_not_the_robots(leg: Assembler) -> None:
    assert leg.buffers[0].source.label == "goal_pose.pose.orientation"
    check = Tilt(leg, 0.5)
    leg.receive("goal_pose", readings.pose_stamped([0, 0, 0], turned(3.0, (1.0, 0.0, 0.0))), 0.0)
    leg.receive("imu", readings.imu(), 0.0)
    assert not check.finds(TICK)
    leg.receive("imu", readings.imu(turned(3.0, (1.0, 0.0, 0.0))), 0.0)
    assert check.finds(TICK)


def test_a_policy_that_reads_no_orientation_cannot_watch_the_tilt() -> None:
    with pytest.raises(ConfigError) as caught:
        Tilt(Assembler(ARM), 0.5)
    assert str(caught.value).startswith(
        "max_tilt is set, and this policy reads no orientation (x, y, z, w) to tell the tilt by. "
        "It reads joint_states.position, joint_states.velocity"
    )


KNEE = ("joint_states.position.knee", "joint_states.velocity.hip")


@pytest.mark.parametrize(
    ("knee", "hip_speed", "trips"),
    [
        (0.0, 0.0, ""),
        (1.0, 5.0, ""),
        (1.01, 0.0, KNEE[0]),
        (-1.01, 0.0, KNEE[0]),
        (0.0, 6.0, KNEE[1]),
    ],
)
def test_an_element_beyond_its_limits_trips(
    leg: Assembler, knee: float, hip_speed: float, trips: str
) -> None:
    check = PositionLimit(leg, KNEE, (-1.0, -5.0), (1.0, 5.0))
    leg.receive("joint_states", readings.joint_state(JOINTS, [9.0, knee], [hip_speed, 99.0]), 0.0)
    assert check.finds(TICK) == bool(trips)
    assert check.detail().startswith(trips)


def test_a_trip_tells_value_and_limits(leg: Assembler) -> None:
    check = PositionLimit(leg, KNEE[:1], (-1.0,), (1.0,))
    leg.receive("joint_states", readings.joint_state(JOINTS, [0.0, 1.25], [0.0, 0.0]), 0.0)
    assert check.finds(TICK)
    assert check.detail() == "joint_states.position.knee is 1.25, allowed are -1 to 1"


def test_a_joint_that_was_not_heard_of_trips_nothing(leg: Assembler) -> None:
    assert not PositionLimit(leg, KNEE, (-1.0, -1.0), (1.0, 1.0)).finds(TICK)


def test_an_element_that_the_policy_does_not_read_is_refused(leg: Assembler) -> None:
    with pytest.raises(ConfigError) as caught:
        PositionLimit(leg, ("joint_states.position.toe", KNEE[0]), (0, 0), (1, 1))
    text = str(caught.value)
    assert text.startswith(
        "trip_elements: this policy does not read joint_states.position.toe. It reads goal_pose."
    )
    assert "joint_states.position.hip, joint_states.position.knee" in text


@pytest.mark.parametrize(
    ("low", "high", "sentence"),
    [
        ((0.0,), (), "must be equally long, got 1 in trip_elements, 1 in trip_low, 0 in trip_high"),
        ((1.0,), (1.0,), f"trip_low of {KNEE[0]} must be below its trip_high, got 1 and 1."),
        ((2.0,), (1.0,), "got 2 and 1."),
        ((math.nan,), (1.0,), "got nan and 1."),
        ((0.0,), (math.nan,), "got 0 and nan."),
    ],
)
def test_limits_that_limit_nothing_are_refused(
    low: tuple[float, ...], high: tuple[float, ...], sentence: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        GuardSettings(trip_elements=KNEE[:1], trip_low=low, trip_high=high)
    assert sentence in str(caught.value)


def test_the_settings_choose_what_is_watched_and_what_follows(leg: Assembler) -> None:
    low, high = np.zeros(CONTRACT.observation_size), np.ones(CONTRACT.observation_size)
    statistics = ObservationStatistics(1, low, high, low, high)

    def responses(settings: GuardSettings) -> dict[str, str]:
        start = MeasuredStart(leg, CONTRACT.period)
        checks = StandardChecks(leg, statistics, settings, CONTRACT.period, start)
        return {type(check).__name__: response.name for check, response in checks}

    assert responses(GuardSettings()) == {
        "BadInput": "STOP",
        "StartBeyondLimits": "STOP",
        "NonFiniteAction": "STOP",
        "SecondPublisher": "STOP",
        "OutOfRange": "WARN",
        "FarOutOfRange": "STOP",
        "Saturation": "WARN",
        "MissedDeadline": "WARN",
    }
    limits = {"trip_elements": KNEE[:1], "trip_low": (0.0,), "trip_high": (1.0,)}
    careful = GuardSettings(
        max_tilt=0.5,
        frozen_time=1.0,
        out_of_range="stop",
        far_out_of_range="degrade",
        saturation="degrade",
        missed_deadline="stop",
        second_publisher="ignore",
        **limits,
    )
    assert responses(careful) == {
        "BadInput": "STOP",
        "StartBeyondLimits": "STOP",
        "NonFiniteAction": "STOP",
        "SecondPublisher": "IGNORE",
        "OutOfRange": "STOP",
        "FarOutOfRange": "DEGRADE",
        "Saturation": "DEGRADE",
        "MissedDeadline": "STOP",
        "Frozen": "STOP",
        "Tilt": "LATCH",
        "PositionLimit": "LATCH",
    }
