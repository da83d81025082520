"""The fault matrix: whatever befalls a robot, its controller falls back, says why, and recovers.

``DDPG_ROS_FAULT_TABLE=table.md`` keeps what was measured.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fault_list
import pytest
from arm_robot import BIAS, PERIOD, ArmRobot, Spoil, arm_contract, write_arm_policy
from fault_flight import HICCUPS, Fault, Flight, Row
from graph import NodeProcess
from spoils import three_drivers

ATTEMPTS = 6
"""A busy machine makes messages stale by itself; a harmless fault is then tried again."""


@dataclass(frozen=True)
class Setup:
    """A controller with parameters, and a robot."""

    faults: tuple[Fault, ...]
    parameters: dict[str, Any] = field(default_factory=dict)
    build: Spoil | None = None
    period: float = PERIOD


SETUPS = {
    "plain": Setup(fault_list.PLAIN),
    "careful": Setup(
        fault_list.CAREFUL,
        {
            "frozen_time": 0.3,
            "out_of_range": "stop",
            "max_tilt": 0.5,
            "trip_elements": "[joint_states.position.elbow]",
            "trip_low": "[-3.0]",
            "trip_high": "[3.0]",
        },
    ),
    "punctual": Setup(fault_list.PUNCTUAL, {"missed_deadline": "stop"}, period=0.1),
    "three publishers": Setup(fault_list.DRIVERS, build=three_drivers),
    "simulated time": Setup(fault_list.SIMULATED, {"use_sim_time": True}),
    "hold": Setup(fault_list.FALLBACKS, {"fallback": "hold"}),
    "ramp": Setup(
        fault_list.FALLBACKS + fault_list.STOPS, {"fallback": "ramp", "fallback_time": 0.4}
    ),
    "silent": Setup(fault_list.FALLBACKS, {"fallback": "silent"}),
    "abrupt": Setup(
        fault_list.FALLBACKS + fault_list.STOPS, {"recovery_time": 0.0, "ramp_in_time": 0.0}
    ),
}

MATRIX = [(name, fault) for name, setup in SETUPS.items() for fault in setup.faults]


class Table:
    """What was measured, for docs/safety.md."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, Fault, Row]] = []
        self.checked = 0

    def __str__(self) -> str:
        lines = [
            "| controller | fault | reason | fallback | safe | drives again |",
            "|---|---|---|---|---|---|",
        ]
        for setup, fault, row in self.rows:
            told = ", ".join(row.reasons) or ("stopped" if row.fell is not None else "drives on")
            times = (_ms(value) for value in (row.fell, row.safe, row.recovered))
            lines.append(f"| {setup} | {fault.name} | {told} | {' | '.join(times)} |")
        return "\n".join(lines) + f"\n\n{len(self.rows)} faults, {self.checked} commands.\n"


def _ms(seconds: float | None) -> str:
    return "" if seconds is None else f"{1000 * seconds:.0f}"


@pytest.fixture(scope="module")
def table() -> Iterator[Table]:
    table = Table()
    yield table
    path = os.environ.get("DDPG_ROS_FAULT_TABLE")
    if path:
        Path(path).write_text(str(table))


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the policies that are flown, or refused."""
    folder = tmp_path_factory.mktemp("policies")
    good = write_arm_policy(folder / "good.onnx")
    write_arm_policy(folder / "slow.onnx", period=0.1)
    write_arm_policy(folder / "other_weights.onnx", BIAS + 0.02)
    write_arm_policy(folder / "other_contract.onnx", period=2 * PERIOD)
    damaged = bytearray(good.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (folder / "damaged.onnx").write_bytes(damaged)
    return folder


class Hangar:
    """One flight at a time; consecutive faults of a setup befall the same controller."""

    def __init__(self, policies: Path, table: Table) -> None:
        self._policies, self._table = policies, table
        self._name = ""
        self._flight: Flight | None = None

    def flight(self, name: str) -> Flight:
        """That of a setup."""
        if self._flight is None or name != self._name:
            self.close()
            self._name, self._flight = name, self._take_off(SETUPS[name])
        return self._flight

    def close(self) -> None:
        if self._flight is not None:
            self._table.checked += self._flight.checked
            self._flight.close()
            self._flight = None

    def _take_off(self, setup: Setup) -> Flight:
        policy = self._policies / "policy.onnx"
        source = "good.onnx" if setup.period == PERIOD else "slow.onnx"
        policy.write_bytes((self._policies / source).read_bytes())
        log = self._policies / "controller.log"

        def start() -> NodeProcess:
            return NodeProcess(log, "controller", (), {"policy": policy, **setup.parameters})

        robot = ArmRobot("use_sim_time" in setup.parameters, setup.build)
        fallback = setup.parameters.get("fallback", "safe")
        return Flight(robot, arm_contract(setup.period), policy, start, fallback)


@pytest.fixture(scope="module")
def hangar(policies: Path, table: Table, context: None) -> Iterator[Hangar]:
    hangar = Hangar(policies, table)
    yield hangar
    hangar.close()


@pytest.mark.parametrize(
    ("setup", "fault"),
    [
        pytest.param(name, fault, id=f"{name}: {fault.name}".replace("/", ""))
        for name, fault in MATRIX
    ],
)
def test_no_fault_passes_an_unsafe_command(
    setup: str, fault: Fault, hangar: Hangar, table: Table
) -> None:
    flight = hangar.flight(setup)
    row = flight.fly(fault)
    for _ in range(ATTEMPTS - 1):
        if fault.outcome != "drives" or row.fell is None or not set(flight.reasons) <= HICCUPS:
            break
        row = flight.fly(fault)
    flight.assess(fault, row)
    table.rows.append((setup, fault, row))


def test_the_matrix_has_forty_faults() -> None:
    names = [(name, fault.name) for name, fault in MATRIX]
    assert len(set(names)) == len(names) >= 40
