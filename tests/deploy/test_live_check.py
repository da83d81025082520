"""A robot held against its training: each planted disagreement is found, none is invented."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from ddpg_ros.contract import (
    ActionElement,
    Command,
    Contract,
    CosSin,
    Goal,
    Identity,
    MinPool,
    ObservationTerm,
    ProjectedGravity,
    Reading,
    Source,
    readings,
)
from ddpg_ros.contract.live_graph import LiveGraph
from ddpg_ros.contract.policy_metadata import ObservationStatistics
from ddpg_ros.deploy.live_check import judge_elements
from ddpg_ros.deploy.live_finding import (
    NEVER_MOVES,
    NO_VALUE,
    NOT_CHECKED,
    OK,
    ORDER,
    OUT_OF_RANGE,
    RATE,
    SCALE,
    SIGN,
    SILENT,
    UNIT,
    Finding,
)
from ddpg_ros.deploy.live_record import LiveRecord
from ddpg_ros.deploy.live_report import LiveReport

JOINTS = ("hip", "knee", "wheel")
PERIOD = 0.02
TICKS = 150


def source(field: str, joints: tuple[str, ...] = JOINTS) -> tuple[Source, ...]:
    return (Source("joint_states", readings.JOINT_STATE, field, joints, max_age=0.1),)


IMU = Source("imu", readings.IMU, "orientation", max_age=0.1)
ACCELERATION = Source("imu", readings.IMU, "linear_acceleration", max_age=0.1)
SCAN = Source("scan", readings.LASER_SCAN, "ranges", max_age=0.2)
PREVIOUS = Source("", readings.PREVIOUS_COMMAND, "command", ("hip",))
GOAL = (
    Source("goal", readings.POSE_STAMPED, "pose.position", max_age=math.inf),
    Source("odom", readings.ODOMETRY, "pose.pose.position", max_age=0.1),
    Source("odom", readings.ODOMETRY, "pose.pose.orientation", max_age=0.1),
)

CONTRACT = Contract(
    name="leg",
    period=PERIOD,
    observation=(
        ObservationTerm("angles", source("position", JOINTS[:2]), Identity(), "rad"),
        ObservationTerm("wheel", source("position", JOINTS[2:]), CosSin()),
        ObservationTerm("speeds", source("velocity"), Identity(), "rad/s"),
        ObservationTerm("gravity", (IMU,), ProjectedGravity()),
        ObservationTerm("acceleration", (ACCELERATION,), Identity(), "m/s^2"),
        ObservationTerm("ranges", (SCAN,), MinPool(bins=2, max_range=5.0), "m"),
        ObservationTerm("target", GOAL, Goal()),
        ObservationTerm("previous", (PREVIOUS,), Identity(), "N m"),
    ),
    commands=(
        Command(
            "commands",
            readings.FLOAT64_MULTI_ARRAY,
            (ActionElement("hip", "N m", -1.0, 1.0),),
        ),
    ),
)

SPEEDS = ("speeds.hip", "speeds.knee", "speeds.wheel")
Readings = dict[str, Reading]


def robot(t: float, amplitude: float = 1.0) -> Readings:
    """What a healthy robot says at ``t`` [s]: knee and hip apart, gravity down, wheel turning."""
    swing, rate = amplitude * math.sin(3 * t), 3 * amplitude * math.cos(3 * t)
    tilt = 0.1 * math.sin(2 * t)
    yaw = 0.4 * math.sin(t)
    return {
        "joint_states": readings.joint_state(
            ["wheel", "knee", "hip"],
            [2 * t, -1.5 + 0.4 * swing, 0.8 + 0.5 * swing],
            [2.0 + 0.3 * swing, 0.4 * rate, 0.5 * rate],
            stamp=t,
        ),
        "imu": readings.imu(
            (math.sin(tilt / 2), 0.01 * swing, 0, math.cos(tilt / 2)),
            (0, 0, 0),
            (0.1 * swing, 0.2 * swing, 9.81 + 0.1 * swing),
            stamp=t,
        ),
        "scan": readings.laser_scan([1 + 0.2 * swing, 9.0], -1.5, 3.0, 0.1, 10.0, stamp=t),
        "goal": readings.pose_stamped((3.0, 1.0, 0.0)),
        "odom": readings.odometry(
            (math.sin(t), 0, 0), (0, 0, math.sin(yaw / 2), math.cos(yaw / 2))
        ),
    }


def gentle(t: float) -> Readings:
    return robot(t, 0.8)


def record(
    change: Callable[[Readings], Readings] = lambda said: said,
    contract: Contract = CONTRACT,
    every: int = 1,
    speak: Callable[[float], Readings] = robot,
) -> LiveRecord:
    """Three seconds of a robot, spoilt by ``change``, which speaks every so many ticks."""
    live = LiveRecord(contract)
    for i in range(TICKS):
        now = 10 + i * PERIOD
        said = change(speak(now))
        for topic, reading in said.items() if i % every == 0 else ():
            if topic != "goal" or i == 0:
                live.receive(topic, reading, now)
        live.tick(now)
    return live


def training() -> ObservationStatistics:
    """What training saw: a minute of a healthy robot that swings a little more."""
    contract = replace(CONTRACT, observation=CONTRACT.observation[:-1])
    live = LiveRecord(contract)
    for i in range(1500):
        now = i * 0.04
        for topic, reading in robot(now, amplitude=1.1).items():
            live.receive(topic, reading, now)
        live.tick(now)
    seen = np.concatenate([live.frames, np.sin(np.arange(1500.0))[:, None]], axis=1)
    assert np.isfinite(seen).all()
    return ObservationStatistics(1500, seen.mean(0), seen.std(0), seen.min(0), seen.max(0))


TRAINING = training()


def check(
    change: Callable[[Readings], Readings] = lambda said: said, **options: object
) -> dict[str, Finding]:
    """What looks wrong, by place."""
    live = record(change, **options)  # type: ignore[arg-type]
    report = LiveReport(live, TRAINING, LiveGraph())
    return {finding.where: finding for finding in report.wrong}


def joints(
    position: Callable[[np.ndarray], np.ndarray] = lambda p: p,
    velocity: Callable[[np.ndarray], np.ndarray] = lambda v: v,
) -> Callable[[Readings], Readings]:
    """Spoil the joint states: arrays are in the order wheel, knee, hip."""

    def change(said: Readings) -> Readings:
        old = said["joint_states"]
        fields = {
            "position": position(old.fields["position"]),
            "velocity": velocity(old.fields["velocity"]),
        }
        return {**said, "joint_states": Reading(fields, old.names, stamp=old.stamp)}

    return change


def imu(field: str, change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Readings], Readings]:
    def spoil(said: Readings) -> Readings:
        old = said["imu"]
        fields = {**old.fields, field: change(old.fields[field])}
        return {**said, "imu": Reading(fields, stamp=old.stamp)}

    return spoil


def verdicts(found: dict[str, Finding]) -> dict[str, str]:
    return {where: finding.verdict for where, finding in found.items()}


def test_nothing_looks_wrong_with_a_healthy_robot() -> None:
    assert check() == {}


@pytest.mark.parametrize("amplitude", [0.2, 0.5, 0.9])
def test_nothing_looks_wrong_with_one_that_moves_less_than_in_training(amplitude: float) -> None:
    assert check(speak=lambda t: robot(t, amplitude)) == {}


@pytest.mark.parametrize("seed", range(5))
def test_nothing_looks_wrong_with_noisy_sensors(seed: int) -> None:
    rng = np.random.default_rng(seed)

    def noisy(values: np.ndarray) -> np.ndarray:
        return values + rng.normal(scale=0.01, size=values.shape)

    assert check(joints(noisy, noisy)) == {}


@pytest.mark.parametrize("seed", range(5))
def test_nothing_looks_wrong_with_joints_that_hold_still_but_for_noise(seed: int) -> None:
    rng = np.random.default_rng(seed)

    def still(now: float) -> Readings:
        said = robot(1.0, 0.5)
        noise = rng.normal(scale=0.002, size=(2, 3))
        position = said["joint_states"].fields["position"] + noise[0]
        velocity = np.array([2.0, 0.0, 0.0]) + noise[1]
        live = readings.joint_state(["wheel", "knee", "hip"], position, velocity, stamp=now)
        return {**robot(now), "joint_states": live}

    assert check(speak=still) == {}


def test_the_previous_command_is_not_checked() -> None:
    findings = LiveReport(record(), TRAINING, LiveGraph()).elements
    assert (findings[-1].verdict, findings[-1].wrong) == (NOT_CHECKED, False)
    assert {finding.verdict for finding in findings[:-1]} == {OK}


def test_a_history_is_held_against_its_latest_tick() -> None:
    contract = replace(CONTRACT, history=2)
    parts = (TRAINING.mean, TRAINING.std, TRAINING.minimum, TRAINING.maximum)
    older = [np.full_like(part, 99.0) for part in parts]
    both = (np.concatenate(pair) for pair in zip(older, parts, strict=True))
    live = record(contract=contract)
    assert LiveReport(live, ObservationStatistics(9, *both), LiveGraph()).wrong == []


def test_two_swapped_joints_are_found() -> None:
    found = check(joints(lambda p: p[[0, 2, 1]], lambda v: v[[0, 2, 1]]), speak=gentle)
    assert verdicts(found) == {"angles.hip": ORDER, "angles.knee": ORDER}
    assert str(found["angles.hip"]) == (
        "angles.hip: order: swapped with angles.knee: each lies in the range of the other"
    )


def test_where_two_causes_would_explain_it_both_are_told() -> None:
    contract = replace(CONTRACT, observation=(CONTRACT.observation[0],))
    statistics = ObservationStatistics(
        9, np.array([1.0, -1.0]), np.ones(2) / 4, np.array([0.5, -1.5]), np.array([1.5, -0.5])
    )
    frames = np.linspace([-1.4, 0.6], [-0.6, 1.4], 50)
    for finding in judge_elements(contract, statistics, frames):
        assert finding.verdict == ORDER
        assert "swapped with angles." in finding.sentence
        assert "; or negated" in finding.sentence


def test_a_negated_joint_is_found_by_its_range() -> None:
    found = check(joints(lambda p: p * [1, -1, 1], lambda v: v * [1, -1, 1]))
    assert verdicts(found) == {"angles.knee": SIGN}
    assert found["angles.knee"].sentence == "negated: with the other sign it lies in the range"


def test_a_joint_that_runs_against_its_velocity_is_found_within_its_range() -> None:
    found = check(joints(velocity=lambda v: v * [1, 1, -1]))
    assert verdicts(found) == {"angles.hip": SIGN}
    assert found["angles.hip"].sentence == "it runs against its velocity: one of the two is negated"


def test_degrees_are_found_where_radians_are_expected() -> None:
    found = check(joints(np.degrees, np.degrees))
    assert verdicts(found) == dict.fromkeys(("angles.hip", "angles.knee", *SPEEDS), UNIT)
    assert found["angles.knee"].sentence == (
        "in degrees where rad is expected: divided by 57.3 it lies in the range"
    )
    assert "degrees per second" in found["speeds.knee"].sentence


def test_a_velocity_in_degrees_shows_beside_its_position_too() -> None:
    found = check(joints(velocity=np.degrees))
    assert set(verdicts(found).values()) == {UNIT}
    assert found["angles.hip"].sentence == (
        "its velocity is in degrees: 57 times as fast as it moves"
    )


def test_degrees_are_found_behind_a_cosine_by_the_joints_velocity() -> None:
    found = check(joints(lambda p: p * [57.29578, 1, 1]))
    assert verdicts(found) == dict.fromkeys(("wheel.cos(wheel)", "wheel.sin(wheel)"), UNIT)
    assert found["wheel.cos(wheel)"].sentence == (
        "in degrees: it moves 57 times as fast as its velocity says"
    )


def test_degrees_are_found_behind_a_cosine_by_more_turns_than_a_joint_makes() -> None:
    contract = replace(CONTRACT, observation=(CONTRACT.observation[1],))
    live = record(joints(lambda p: np.array([45 + p[0], 0, 0]), np.zeros_like), contract)
    parts = (TRAINING.mean, TRAINING.std, TRAINING.minimum, TRAINING.maximum)
    statistics = ObservationStatistics(9, *(part[2:4] for part in parts))
    wrong = LiveReport(live, statistics, LiveGraph()).wrong
    assert [finding.verdict for finding in wrong] == [UNIT, UNIT]
    assert "the angle reaches 11.3 turns: degrees, unless it turns so far" in str(wrong[0])


def test_an_angle_and_a_velocity_in_degrees_are_for_a_person_to_tell() -> None:
    """A wheel that turns far says the same."""
    report = LiveReport(
        record(joints(lambda p: p * 57.3, lambda v: v * 57.3)), TRAINING, LiveGraph()
    )
    remarks = report.as_text().partition("for you to tell\n")[2]
    assert remarks.startswith("  wheel.cos(wheel), wheel.sin(wheel): the angle reaches ")
    assert "it and its velocity are in degrees, unless it turns so far" in remarks


def test_an_angle_that_winds_up_at_the_speed_its_velocity_says_is_well() -> None:
    assert check(joints(lambda p: p + np.array([200 * math.pi, 0, 0]))) == {}


def test_a_wrapped_angle_is_well() -> None:
    assert check(joints(lambda p: (p + math.pi) % (2 * math.pi) - math.pi)) == {}


def test_an_angle_that_a_simulator_resets_is_well() -> None:
    def jump(t: float) -> Readings:
        said = robot(t)
        old = said["joint_states"]
        position = old.fields["position"] + np.array([0.0 if t < 11 else 9.0, 0, 0])
        fields = {**old.fields, "position": position}
        return {**said, "joint_states": Reading(fields, old.names, stamp=t)}

    assert check(speak=jump) == {}
    still = joints(lambda p: p + np.array([9.0 - p[0], 0, 0]), lambda v: v * [0, 1, 1])
    found = check(still, speak=jump)
    assert set(verdicts(found).values()) <= {NEVER_MOVES, OUT_OF_RANGE}


@pytest.mark.parametrize("positions_turn", [1.0, -1.0])
def test_a_limited_joint_behind_cosine_and_sine(positions_turn: float) -> None:
    """The knee bent to -1.5: its sine tells the sign, its cosine cannot."""
    contract = replace(
        CONTRACT, observation=(ObservationTerm("knee", source("position", ("knee",)), CosSin()),)
    )
    trained = record(contract=contract).frames
    parts = (trained.mean(0), trained.std(0), trained.min(0), trained.max(0))
    live = record(joints(lambda p: positions_turn * p), contract)
    wrong = LiveReport(live, ObservationStatistics(9, *parts), LiveGraph()).wrong
    expected = [] if positions_turn > 0 else [("knee.sin(knee)", SIGN)]
    assert [(finding.where, finding.verdict) for finding in wrong] == expected


def test_swapped_joints_behind_cosine_and_sine_change_places_together() -> None:
    term = ObservationTerm("both", source("position", ("hip", "knee")), CosSin())
    contract = replace(CONTRACT, observation=(term,))
    trained = record(contract=contract).frames
    parts = (trained.mean(0), trained.std(0), trained.min(0), trained.max(0))
    live = record(joints(lambda p: p[[0, 2, 1]]), contract, speak=gentle)
    wrong = LiveReport(live, ObservationStatistics(9, *parts), LiveGraph()).wrong
    assert {finding.verdict for finding in wrong} == {ORDER}
    assert "swapped with both.sin(knee)" in next(str(f) for f in wrong if "sin(hip)" in f.where)


def test_an_upside_down_imu_is_found() -> None:
    found = check(imu("orientation", lambda q: np.array([q[3], -q[2], q[1], -q[0]])))
    assert found["gravity.z"].verdict == SIGN


def test_gravity_in_units_of_itself_is_found() -> None:
    found = check(imu("linear_acceleration", lambda a: a / 9.80665))
    assert verdicts(found) == {"acceleration.z": UNIT}
    assert found["acceleration.z"].sentence == (
        "in g where m/s^2 is expected: times 9.807 it lies in the range"
    )


def test_another_scale_is_found() -> None:
    found = check(imu("linear_acceleration", lambda a: a * 10))
    assert found["acceleration.z"].verdict == SCALE
    assert "10 times too large" in found["acceleration.z"].sentence


def test_millimetres_are_found_where_metres_are_expected() -> None:
    def in_millimetres(said: Readings) -> Readings:
        goal = readings.pose_stamped((3000.0, 1000.0, 0.0))
        position = 1000 * said["odom"].fields["pose.pose.position"]
        odom = Reading({**said["odom"].fields, "pose.pose.position": position}, frame="odom")
        return {**said, "goal": goal, "odom": odom}

    found = check(in_millimetres)
    assert verdicts(found) == {"target.distance": UNIT}
    assert "in millimetres where m is expected" in found["target.distance"].sentence


def test_what_nothing_explains_is_said_to_be_out_of_range() -> None:
    found = check(joints(lambda p: p + np.array([0, 0, 5.0])))
    assert verdicts(found) == {"angles.hip": OUT_OF_RANGE}
    assert found["angles.hip"].sentence == "beyond what training saw in 100% of the ticks"


def test_a_short_excursion_is_told_without_a_guess() -> None:
    """A knee that is stretched beyond its range for a tenth of the time."""
    found = check(joints(lambda p: np.where(p < -1.88, -3.0, p)))
    assert found["angles.knee"].verdict == OUT_OF_RANGE


def test_a_joint_that_never_moves_is_found() -> None:
    found = check(joints(lambda p: [*p[:2], 0.8], lambda v: [*v[:2], 0.0]))
    assert verdicts(found) == {"angles.hip": NEVER_MOVES, "speeds.hip": NEVER_MOVES}


def test_a_goal_and_a_sector_without_return_may_stay_as_they_are() -> None:
    frames = record().frames
    names = CONTRACT.observation_names
    assert np.ptp(frames[:, names.index("ranges.range[1]")]) == 0
    assert check() == {}


def test_a_renamed_joint_is_named() -> None:
    def rename(said: Readings) -> Readings:
        old = said["joint_states"]
        names = ["wheel", "left_knee", "hip"]
        return {**said, "joint_states": Reading(old.fields, names, stamp=old.stamp)}

    found = check(rename)
    assert str(found["joint_states.position"]) == (
        "joint_states.position: malformed: has no knee (it has wheel, left_knee, hip) in 100% of "
        "the ticks; is knee called left_knee here?"
    )
    assert found["angles.hip"].verdict == NO_VALUE
    assert "gravity.z" not in found
    assert "wheel.cos(wheel)" not in found


def test_a_stamp_of_another_clock_is_told_from_a_slow_sensor() -> None:
    def late(said: Readings) -> Readings:
        old = said["joint_states"]
        stamp = (old.stamp or 0) - 7
        return {**said, "joint_states": Reading(old.fields, old.names, stamp=stamp)}

    found = check(late)
    assert found["joint_states.velocity"].verdict == "stale"
    assert "is 7.000 s old, at most 0.1 s in 100% of the ticks, though messages come" in str(
        found["joint_states.velocity"]
    )


def test_a_slow_topic_is_found() -> None:
    found = check(every=4)
    assert {verdict for where, verdict in verdicts(found).items()} == {RATE}
    assert found.keys() == {"joint_states", "imu", "scan", "odom"}
    assert found["imu"].sentence == "12.4 messages a second; the policy wants a new one 50 times"


def test_a_value_that_is_not_finite_is_found() -> None:
    found = check(joints(velocity=lambda v: v * [1, math.nan, 1]))
    assert found["joint_states.velocity"].verdict == "non_finite"
    assert "is not finite for knee" in found["joint_states.velocity"].sentence
    assert "angles.knee" not in found


def test_a_silent_topic_is_named_with_what_is_published_instead() -> None:
    live = record(lambda said: {k: v for k, v in said.items() if k != "joint_states"})
    joints, names = "sensor_msgs/JointState", {"joint_states": "/joint_states"}
    cases = {
        "nobody publishes /joint_states; sensor_msgs/JointState is published on "
        "/arm/joint_states, /gripper/states: try -r joint_states:=/arm/joint_states": {
            "/gripper/states": [joints],
            "/arm/joint_states": [joints],
        },
        "/joint_states is published as std_msgs/String; the policy reads sensor_msgs/JointState": {
            "/joint_states": ["std_msgs/String"]
        },
        "/joint_states has a publisher, but no message came from it": {"/joint_states": [joints]},
        "nobody publishes /joint_states, nor sensor_msgs/JointState anywhere; there is "
        "/joint_state (std_msgs/String)": {
            "/joint_state": ["std_msgs/String"],
            "/tf": ["tf2_msgs/TFMessage"],
        },
    }
    for sentence, published in cases.items():
        report = LiveReport(live, TRAINING, LiveGraph(names, published))
        assert report.wrong[0] == Finding("joint_states", SILENT, sentence)
        assert {f.verdict for f in report.elements if f.where.startswith("speeds")} == {NO_VALUE}


def test_the_array_alone_is_judged_too() -> None:
    contract = replace(CONTRACT, observation=(CONTRACT.observation[0],))
    statistics = ObservationStatistics(
        9, np.array([0.0, 5.0]), np.ones(2), np.array([-2.0, 3.0]), np.array([2.0, 7.0])
    )
    frames = np.linspace([-1, 4], [1, 6], 50)
    assert {f.verdict for f in judge_elements(contract, statistics, frames)} == {OK}
    swapped = judge_elements(contract, statistics, frames[:, ::-1])
    assert [finding.verdict for finding in swapped] == [ORDER, ORDER]
    silent = judge_elements(contract, statistics, frames * math.nan)
    assert [finding.verdict for finding in silent] == [NO_VALUE, NO_VALUE]


def test_the_page_shows_live_values_beside_those_of_training() -> None:
    live = record()
    text = LiveReport(live, TRAINING, LiveGraph({"imu": "/base/imu"})).as_text()
    lines = text.splitlines()
    assert lines[0] == "policy for 'leg', listened for 3.0 s, 150 ticks"
    assert lines[-1] == "nothing looks wrong"
    (imu_line,) = (line.split() for line in lines if line.startswith("  imu "))
    assert imu_line == ["imu", "/base/imu", "sensor_msgs/Imu", "150", "50", "ok"]
    (row,) = (line.split() for line in lines if line.startswith("  angles.knee "))
    knee, trained = live.frames[:, 1], (TRAINING.mean, TRAINING.std)
    numbers = [knee.mean(), knee.min(), knee.max(), *(part[1] for part in trained)]
    numbers += [TRAINING.minimum[1], TRAINING.maximum[1]]
    assert row == ["angles.knee", "rad", *(f"{number:.4g}" for number in numbers), "ok"]


def test_the_page_ends_with_what_looks_wrong() -> None:
    live = record(joints(lambda p: p * [1, -1, 1], lambda v: v * [1, -1, 1]))
    text = LiveReport(live, TRAINING, LiveGraph()).as_text()
    assert text.splitlines()[-2:] == [
        "looks wrong",
        "  angles.knee: sign: negated: with the other sign it lies in the range",
    ]


def test_what_many_elements_share_is_said_once() -> None:
    live = record(joints(lambda p: [0.5, -1.5, 0.8], lambda v: v * [1, 0, 0]))
    told = LiveReport(live, TRAINING, LiveGraph()).as_text().splitlines()
    (said,) = (line for line in told if "never moves: " in line)
    angles = "angles.hip, angles.knee, wheel.cos(wheel), wheel.sin(wheel)"
    assert said.startswith(f"  {angles} and 2 more: never moves: move it while the check listens")
