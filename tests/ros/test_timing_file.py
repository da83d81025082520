"""What a controller measures of its delays is left in a file that training takes."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flying import drive, flying
from graph import Graph, NodeProcess
from hinge import Hinge

from ddpg_ros.worlds.pendulum import pendulum_contract
from ddpg_ros.worlds.randomisation_file import read_randomisation

PERIOD = pendulum_contract().period
Start = Callable[..., NodeProcess]


def spans(content: dict[str, Any]) -> list[dict[str, float]]:
    return [content["latency"], content["busy"], *content["input_age"].values()]


def test_a_controller_that_is_stopped_leaves_ages_and_times(
    graph: Graph, start: Start, policy: Path, tmp_path: Path
) -> None:
    hinge, file = Hinge(graph, rate=100.0), tmp_path / "timing.json"
    node = start("controller", policy=policy, timing_file=file, pace_on="timer")
    hinge.wait_until_driven()
    graph.serve(2.0)
    assert not file.exists()
    digest = hinge.digest()
    node.signal(signal.SIGINT)
    assert node.wait(10.0) == 0, node.output
    content = json.loads(file.read_text())
    assert (content["policy"], content["policy_digest"]) == ("pendulum", digest)
    assert content["period"] == PERIOD
    assert 25 <= content["ticks"] <= 400
    assert list(content["input_age"]) == ["joint_states"]
    for span in spans(content):
        assert list(span) == ["p1", "p5", "p25", "p50", "p75", "p95", "p99", "p100"]
        assert sorted(span.values()) == list(span.values())
        assert 0 <= span["p50"] < PERIOD
    age, busy, latency = (
        span["p50"]
        for span in (content["input_age"]["joint_states"], content["busy"], content["latency"])
    )
    assert latency == pytest.approx(age + busy, rel=0.5, abs=1e-3)
    ranges_file = tmp_path / "ranges.yaml"
    ranges_file.write_text("delays_from: timing.json")
    ranges = read_randomisation(ranges_file, pendulum_contract())
    measured = content["input_age"]["joint_states"]
    assert ranges.observation_delay == pytest.approx(
        (max(0.0, measured["p1"]) / PERIOD, measured["p99"] / PERIOD)
    )
    assert ranges.action_delay[1] == pytest.approx(content["busy"]["p99"] / PERIOD)


def test_a_slower_sensor_is_found_older(graph: Graph, policy: Path, tmp_path: Path) -> None:
    hinge, file = Hinge(graph, rate=12.0), tmp_path / "timing.json"
    with flying(policy, timing_file=str(file), pace_on="timer") as (node, spin):
        drive(hinge, spin)
        for _ in range(300):
            spin(0.005)
            graph.serve(0.0)
        node.trigger_deactivate()
        ages = json.loads(file.read_text())["input_age"]["joint_states"]
    assert ages["p50"] > 0.01
    assert 0.04 < ages["p99"] < 0.2


def test_a_controller_that_never_drove_leaves_no_file(policy: Path, tmp_path: Path) -> None:
    file = tmp_path / "timing.json"
    with flying(policy, timing_file=str(file)) as (_, spin):
        spin(0.2)
    assert not file.exists()


def test_a_folder_that_is_not_there_is_told_in_a_sentence(
    start: Start, policy: Path, tmp_path: Path
) -> None:
    file = tmp_path / "nowhere" / "timing.json"
    node = start("controller", policy=policy, timing_file=file)
    assert node.wait() == 2
    assert f"parameter timing_file is {file}, which cannot be written to." in node.output
    assert "Traceback" not in node.output
