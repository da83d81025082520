"""Ranges in files, and delays that a controller measured."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from ddpg_ros.errors import ConfigError
from ddpg_ros.worlds import Randomisation, make_world
from ddpg_ros.worlds.pendulum import pendulum_contract
from ddpg_ros.worlds.randomisation_file import read_randomisation

CONTRACT = pendulum_contract()
EXAMPLE = Path(__file__).parents[2] / "config" / "randomisation.yaml"
TIMING: dict[str, Any] = {
    "policy": "pendulum",
    "period": CONTRACT.period,
    "input_age": {
        "imu": {"p1": 0.001, "p50": 0.002, "p99": 0.1},
        "joint_states": {"p1": 0.005, "p50": 0.01, "p99": 0.04},
    },
    "busy": {"p1": 0.0005, "p50": 0.001, "p99": 0.0025},
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ranges.yaml"


def refusal(file: Path) -> str:
    with pytest.raises(ConfigError) as refused:
        read_randomisation(file, CONTRACT)
    begin, text = f"randomisation file {file}: ", str(refused.value)
    assert text.startswith(begin)
    return text.removeprefix(begin)


def test_a_file_holds_names_with_ranges(file: Path) -> None:
    file.write_text("mass: [0.7, 1.3]\ndrop: 0.1\n")
    expected = Randomisation(mass=(0.7, 1.3), drop=(0.1, 0.1))
    assert read_randomisation(file, CONTRACT) == expected


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "{}"])
def test_a_file_without_a_range_is_refused(text: str, file: Path) -> None:
    file.write_text(text)
    assert refusal(file) == "expected 'name: [low, high]' lines, got nothing."


def test_the_example_sets_every_range_and_suits_the_pendulum() -> None:
    ranges = read_randomisation(EXAMPLE, CONTRACT)
    assert set(ranges.changed()) == set(yaml.safe_load(EXAMPLE.read_text()))
    assert len(ranges.changed()) == 11
    make_world("pendulum", randomisation=ranges).reset(seed=0)


@pytest.mark.parametrize("world", ["arm", "pendulum"])
def test_the_example_of_a_world_suits_it(world: str) -> None:
    file = EXAMPLE.with_name(f"randomisation_{world}.yaml")
    ranges = read_randomisation(file, CONTRACT)
    assert set(ranges.changed()) == set(yaml.safe_load(file.read_text()))
    make_world(world, randomisation=ranges).reset(seed=0)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("mass: [", "is not YAML (line 1: "),
        ("base: &b {a: 1}\none: {<<: *b, a: 2}", "no range is called 'base'."),
        ("[" * 10_000, "is not YAML ("),
        ("mass: 1\nmass: 2", "is not YAML (line 2: 'mass' is there twice)."),
        ("1: 2", "no range is called '1'. Known: mass,"),
        ("- mass", "expected 'name: [low, high]' lines, got a list."),
        ("mases: 1", "no range is called 'mases'. Did you mean mass? Known: mass, inertia,"),
        ("mass: 0", "mass: expected a value in [0.01, 100], got 0."),
        ("mass: [2, 1]", "mass: expected low and high in [0.01, 100], the lower first, got"),
        ("delays_from: none.json", "timing file "),
    ],
)
def test_what_is_wrong_in_a_file_is_a_sentence(text: str, sentence: str, file: Path) -> None:
    file.write_text(text)
    assert refusal(file).startswith(sentence)


def test_a_file_that_is_not_there_is_named(file: Path) -> None:
    assert refusal(file).startswith("cannot be read (No such file or directory). Give ")


def test_delays_are_those_of_the_slowest_sensor_and_of_the_controller_in_periods(
    file: Path,
) -> None:
    (file.parent / "timing.json").write_text(json.dumps(TIMING))
    file.write_text("delays_from: timing.json\nmass: 1.1\n")
    ranges = read_randomisation(file, CONTRACT)
    assert ranges.observation_delay == pytest.approx((0.1, 0.8))
    assert ranges.action_delay == pytest.approx((0.01, 0.05))
    assert ranges.mass == (1.1, 1.1)
    twice_as_often = read_randomisation(file, replace(CONTRACT, period=CONTRACT.period / 2))
    assert twice_as_often.observation_delay == pytest.approx((0.2, 1.6))


def test_a_delay_that_is_written_out_wins_over_the_measured_one(file: Path) -> None:
    (file.parent / "timing.json").write_text(json.dumps(TIMING))
    file.write_text("delays_from: timing.json\naction_delay: [0.5, 1]\n")
    ranges = read_randomisation(file, CONTRACT)
    assert ranges.action_delay == (0.5, 1.0)
    assert ranges.observation_delay == pytest.approx((0.1, 0.8))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"input_age": {}, "busy": {"p1": 0, "p99": 1}}',
        '{"input_age": {"a": {"p50": 1}}, "busy": {"p1": 0, "p99": 1}}',
        '{"input_age": {"a": {"p1": 0, "p50": "x", "p99": 1}}, "busy": {"p1": 0, "p99": 1}}',
        '{"input_age": {"a": 3}, "busy": 4}',
        json.dumps({key: value for key, value in TIMING.items() if key != "policy"}),
        "[" * 100_000,
    ],
)
def test_what_is_no_timing_file_is_refused(content: str, file: Path) -> None:
    timing = file.parent / "timing.json"
    timing.write_text(content)
    file.write_text("delays_from: timing.json")
    text = refusal(file)
    assert text.startswith(f"timing file {timing}: cannot be used (")
    assert text.endswith("). Have ddpg_controller write one: its parameter timing_file.")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "it is no JSON"),
        ("{}", "it has no 'input_age'"),
        ("[]", "it is no timing file"),
        ('{"input_age": {}, "busy": {"p1": 0, "p99": 1}}', "it is no timing file"),
    ],
)
def test_it_says_what_is_wrong_with_it(content: str, reason: str, file: Path) -> None:
    (file.parent / "timing.json").write_text(content)
    file.write_text("delays_from: timing.json")
    assert f": cannot be used ({reason}). " in refusal(file)


def test_a_timing_file_that_is_not_there_is_named_once(file: Path) -> None:
    file.write_text("delays_from: none.json")
    assert refusal(file) == (
        f"timing file {file.parent / 'none.json'}: cannot be used (No such file or directory). "
        "Have ddpg_controller write one: its parameter timing_file."
    )


def test_what_was_measured_on_another_robot_is_refused(file: Path) -> None:
    timing = file.parent / "timing.json"
    timing.write_text(json.dumps({**TIMING, "policy": "arm"}))
    file.write_text("delays_from: timing.json")
    assert refusal(file) == (
        f"timing file {timing}: was measured with a policy of 'arm'; expected one of 'pendulum'."
    )
