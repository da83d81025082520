"""Readings become the observation: by name, oldest first, without allocating."""

from __future__ import annotations

import math
import tracemalloc
from collections.abc import Mapping

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ddpg_ros.contract import Assembler, Contract, Reading, readings

FRAME = np.float32([0, 1, 1, 0, -2, 1, 0, 0, -1, 0.1, 0.2, 0.3] + [4] * 8 + [0.5, 0])
"""One tick of the robot in conftest.py, its sensors being healthy and its command the safe one."""


def previous_commands(assembler: Assembler) -> list[list[float]]:
    """What the next observation says of the previous command, tick by tick."""
    frames = assembler.assemble(0.0).reshape(assembler.contract.history, -1)
    assert assembler.faults == []
    return frames[:, -2:].tolist()


def test_the_first_observation_fills_the_history(assembler: Assembler) -> None:
    observation = assembler.assemble(0.0)
    assert assembler.faults == []
    assert observation.dtype == np.float32
    np.testing.assert_allclose(observation, np.tile(FRAME, 3), atol=1e-7)


def test_the_observation_is_as_long_as_the_contract_says(assembler: Assembler) -> None:
    assert assembler.assemble(0.0).shape == (assembler.contract.observation_size,) == (66,)


def test_the_history_lies_oldest_first(assembler: Assembler) -> None:
    seen = []
    for tick in range(5):
        assembler.record_command(np.array([tick, -tick]))
        seen.append([hip for hip, _ in previous_commands(assembler)])
    assert seen == [[0, 0, 0], [0, 0, 1], [0, 1, 2], [1, 2, 3], [2, 3, 4]]


def test_forgetting_the_history_keeps_the_readings(assembler: Assembler) -> None:
    assembler.assemble(0.0)
    assembler.record_command(np.array([1.5, 2.5]))
    assembler.forget_history()
    assert previous_commands(assembler) == [[1.5, 2.5]] * 3


def test_reset_forgets_readings_history_and_command(
    assembler: Assembler, healthy: Mapping[str, Reading]
) -> None:
    assembler.record_command(np.array([1.5, 2.5]))
    assembler.assemble(0.0)
    assembler.reset()
    assert [assembler.measured_at(topic) for topic in healthy] == [-math.inf] * 3
    assembler.assemble(0.0)
    assert {fault.reason for fault in assembler.faults} == {"missing"}
    for topic, reading in healthy.items():
        assembler.receive(topic, reading, 0.0)
    np.testing.assert_allclose(assembler.assemble(0.0), np.tile(FRAME, 3), atol=1e-7)


def test_after_a_fault_the_history_starts_anew(
    assembler: Assembler, healthy: Mapping[str, Reading]
) -> None:
    before = assembler.assemble(0.0).copy()
    assembler.receive("imu", readings.imu(orientation=[0, 0, 0, 0]), 0.0)
    np.testing.assert_array_equal(assembler.assemble(0.0), before)
    assembler.record_command(np.array([1.0, 1.0]))
    assembler.receive("imu", healthy["imu"], 0.0)
    assert previous_commands(assembler) == [[1, 1], [1, 1], [1, 1]]


@given(st.permutations(["hip", "knee", "wheel", "arm"]), st.integers(0, 2))
def test_neither_joint_order_nor_extra_joints_matter(
    robot: Contract, healthy: Mapping[str, Reading], order: list[str], absent: int
) -> None:
    names = [name for name in order if name not in ("wheel", "arm")[:absent]]
    angles, speeds = {"hip": math.pi / 2, "knee": 0.0}, {"hip": -2.0, "knee": 1.0}
    joints = readings.joint_state(
        names, [angles.get(n, math.nan) for n in names], [speeds.get(n, math.inf) for n in names]
    )
    assembler = Assembler(robot)
    for topic, reading in {**healthy, "joint_states": joints}.items():
        assembler.receive(topic, reading, 0.0)
    np.testing.assert_allclose(assembler.assemble(0.0), np.tile(FRAME, 3), atol=1e-7)
    assert assembler.faults == []


def test_the_joint_order_may_change_from_one_message_to_the_next(assembler: Assembler) -> None:
    for names in (["hip", "knee"], ["knee", "hip"], ["hip", "x", "knee"]):
        values = [float(ord(name[0])) for name in names]
        assembler.receive("joint_states", readings.joint_state(names, values, values), 0.0)
        assert assembler.assemble(0.0)[-18:-16].tolist() == [ord("h"), ord("k")]


def test_a_topic_nobody_reads_is_ignored(assembler: Assembler) -> None:
    assembler.receive("camera", Reading({}), 0.0)
    np.testing.assert_allclose(assembler.assemble(0.0), np.tile(FRAME, 3), atol=1e-7)
    assert assembler.measured_at("camera") == -math.inf


def test_a_thousand_ticks_allocate_nothing(
    assembler: Assembler, healthy: Mapping[str, Reading]
) -> None:
    command = np.array([0.1, 0.2])

    def ticks(count: int) -> None:
        for tick in range(count):
            for topic, reading in healthy.items():
                assembler.receive(topic, reading, tick * 0.02)
            assembler.record_command(command)
            assembler.assemble(tick * 0.02)

    tracemalloc.start()
    try:
        ticks(2000)  # Python 3.10 caches opcodes after 1,024 calls
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        ticks(1000)
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert assembler.faults == []
    assert after - before < 2048
    assert peak - before < 4096, "a tick makes a temporary array"
