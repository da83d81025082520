"""What faults make of a world's messages, without a graph."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from ddpg_ros.contract import Reading, readings
from ddpg_ros.errors import ConfigError
from ddpg_ros.ros.faults import FaultInjector, described
from ddpg_ros.ros.settings import FaultParameters

STEP = 10_000_000
JOINTS = ("hip", "knee", "ankle")

Sent = tuple[str, Reading, int]


def sensed(number: int) -> dict[str, Reading]:
    """What the robot says in a step: each position is the number of the step."""
    return {
        "joint_states": readings.joint_state(JOINTS, np.full(3, float(number)), np.ones(3)),
        "imu": readings.imu(),
    }


class Run:
    """An injector and what came out of it, step by step."""

    def __init__(self, seed: int = 0, **faults: Any) -> None:
        self.injector = FaultInjector(sensed(0), seed)
        self.step = 0
        self.set(**faults)

    def set(self, **faults: Any) -> None:
        self.injector.switch(FaultParameters(**faults))

    def go(self, steps: int) -> list[list[Sent]]:
        """What is published in each of the next ``steps``."""
        published = []
        for _ in range(steps):
            self.step += 1
            now = self.step * STEP
            published.append(self.injector.pass_on(sensed(self.step), now, now))
        return published

    def stamps(self, steps: int, topic: str = "joint_states") -> list[int]:
        """The steps in which the messages of ``topic`` were stamped, as they come out."""
        return [s // STEP for sent in self.go(steps) for t, _, s in sent if t == topic]


def positions(published: list[list[Sent]]) -> np.ndarray:
    return np.array(
        [r.fields["position"] for sent in published for t, r, _ in sent if t == "joint_states"]
    )


def test_without_faults_the_readings_themselves_pass() -> None:
    injector = FaultInjector(sensed(0), 0)
    now = sensed(1)
    assert [(t, s) for t, _, s in injector.pass_on(now, 7, 7)] == [("joint_states", 7), ("imu", 7)]
    assert all(reading is now[topic] for topic, reading, _ in injector.pass_on(now, 7, 7))


def test_a_share_of_the_messages_is_dropped() -> None:
    assert 620 < len(Run(drop=0.3).stamps(1000)) < 780
    assert Run(drop=1.0).go(20) == [[]] * 20


def test_what_happens_by_chance_follows_from_the_seed() -> None:
    first, again, other = (Run(seed, drop=0.5).stamps(50) for seed in (3, 3, 4))
    assert first == again != other


def test_a_delayed_message_comes_later_with_the_stamp_it_had() -> None:
    run = Run(delay=0.03)
    assert [[s // STEP for _, _, s in sent] for sent in run.go(6)] == [
        [],
        [],
        [],
        [1, 1],
        [2, 2],
        [3, 3],
    ]


def test_a_delay_that_ends_lets_all_that_waited_out_in_order() -> None:
    run = Run(delay=0.05)
    run.go(4)
    run.set()
    assert run.stamps(3) == [1, 2, 3, 4, 5, 6, 7]
    assert not run.injector._under_way


def test_a_delayed_message_says_what_was_so_when_it_set_out() -> None:
    run = Run(delay=0.02)
    state = np.zeros(3)
    for step in range(1, 4):
        state[:] = step
        live = {"joint_states": readings.joint_state(JOINTS, state)}
        sent = run.injector.pass_on(live, step, step * STEP)
    assert sent[0][1].fields["position"].tolist() == [1.0, 1.0, 1.0]


def test_jitter_delays_by_up_to_its_size_and_lets_messages_overtake() -> None:
    run = Run(delay=0.01, delay_jitter=0.05)
    published = run.go(400)
    late = [
        step - s // STEP for step, sent in enumerate(published, 1) for t, _, s in sent if t == "imu"
    ]
    assert set(late) == {2, 3, 4, 5, 6}  # a step is 0.01 s, and a delay is rounded up to one
    stamps = run.stamps(100)
    assert stamps != sorted(stamps)


def test_a_duplicate_follows_its_original() -> None:
    assert Run(duplicate=1.0).stamps(3) == [1, 1, 2, 2, 3, 3]


def test_a_reordered_message_comes_after_the_next_of_its_topic() -> None:
    run = Run(reorder=1.0)
    assert run.stamps(5) == [2, 1, 4, 3]
    run.set()
    assert run.stamps(2) == [6, 5, 7]


def test_frozen_values_stay_while_stamps_go_on_until_they_thaw() -> None:
    run = Run()
    run.go(3)
    run.set(freeze=True)
    frozen = run.go(3)
    assert np.unique(positions(frozen)).tolist() == [4.0]
    assert [sent[0][2] // STEP for sent in frozen] == [4, 5, 6]
    run.set()
    assert positions(run.go(1)).tolist() == [[7.0] * 3]
    run.set(freeze=True)
    assert positions(run.go(2)).tolist() == [[8.0] * 3] * 2


def test_elements_become_no_numbers() -> None:
    values = positions(Run(nan=0.25).go(1000))
    assert 0.2 < np.isnan(values).mean() < 0.3
    assert np.isnan(positions(Run(nan=1.0).go(3))).all()


def test_elements_become_garbage_of_every_size_and_sign() -> None:
    values = positions(Run(corrupt=1.0).go(1000))
    sizes = np.abs(values)
    assert 1.0 <= sizes.min() < 100.0
    assert 1e10 < sizes.max() <= 1e12
    assert (values > 0).any()
    assert (values < 0).any()
    some = positions(Run(corrupt=0.25).go(1000))
    spoilt = (some != np.arange(1, 1001)[:, None]).mean()
    assert 0.2 < spoilt < 0.3


def test_a_lost_joint_is_gone_from_every_field_and_the_others_keep_their_values() -> None:
    sent = Run(lose_joint="knee").go(1)[0]
    reading = sent[0][1]
    assert reading.names == ["hip", "ankle"]
    assert {path: len(values) for path, values in reading.fields.items()} == {
        "position": 2,
        "velocity": 2,
    }
    assert sent[1][1].fields.keys() == readings.imu().fields.keys()


def test_faults_befall_the_topics_they_are_told_to() -> None:
    run = Run(topics="imu", drop=1.0)
    assert [[topic for topic, _, _ in sent] for sent in run.go(2)] == [["joint_states"]] * 2
    run.set(topics="imu, joint_states", nan=1.0)
    sent = run.go(1)[0]
    assert all(np.isnan(v).all() for _, reading, _ in sent for v in reading.fields.values())


def test_the_worlds_own_readings_stay_whole() -> None:
    run = Run(nan=1.0, lose_joint="hip")
    now = sensed(1)
    run.injector.pass_on(now, STEP, STEP)
    assert now["joint_states"].names == list(JOINTS)
    assert np.isfinite(now["joint_states"].fields["position"]).all()


def test_faults_add_up() -> None:
    run = Run(duplicate=1.0, delay=0.01, nan=1.0, freeze=True)
    published = run.go(4)
    assert [[s // STEP for t, _, s in sent if t == "imu"] for sent in published] == [
        [],
        [1, 1],
        [2, 2],
        [3, 3],
    ]
    assert all(math.isnan(value) for value in positions(published).ravel())


@pytest.mark.parametrize(
    ("faults", "sentence"),
    [
        (
            {"topics": "imu,scan,odom"},
            "faults: the world has no sensor topic odom, scan. It has: joint_states, imu.",
        ),
        (
            {"lose_joint": "elbow"},
            "faults: the world has no joint elbow. It has: hip, knee, ankle.",
        ),
    ],
)
def test_a_name_the_world_does_not_have_is_refused_and_changes_nothing(
    faults: dict[str, str], sentence: str
) -> None:
    run = Run(duplicate=1.0)
    with pytest.raises(ConfigError) as refusal:
        run.set(**faults)
    assert str(refusal.value) == sentence
    assert run.stamps(1) == [1, 1]


def test_the_faults_that_are_set_are_described() -> None:
    assert described(FaultParameters()) == "none"
    faults = FaultParameters(drop=0.3, freeze=True, topics="imu")
    assert described(faults) == "drop 0.3, freeze, topics imu"
