"""A policy that sees several ticks at once, in a world whose contract has one."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from point_world import PointWorld, StopAfter, quick

from ddpg_ros.cli.main import main
from ddpg_ros.deploy import OnnxPolicy
from ddpg_ros.learning.job import Job
from ddpg_ros.learning.remaking import export_run
from ddpg_ros.learning.reporting import Reporter
from ddpg_ros.learning.stop_request import StopRequest
from ddpg_ros.learning.training import resume_training, start_training
from ddpg_ros.worlds import DisturbedWorld, Randomisation


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a history of three ticks, interrupted and resumed."""
    path = tmp_path_factory.mktemp("history") / "run"
    start_training(Job("point"), quick(history=3), str(path), Reporter(), StopAfter(100))
    assert resume_training(str(path), Reporter(), StopRequest()).evaluation is not None
    return path


def test_a_world_shows_as_many_ticks_as_it_is_told_to() -> None:
    world = PointWorld().remember(3)
    assert world.contract.history == 3
    assert world.observation_space.shape == (3,)
    first, _ = world.reset(seed=0)
    second, *_ = world.step(np.array([1.0]))
    np.testing.assert_allclose(first, [first[0]] * 3)
    np.testing.assert_allclose(second, [first[0], first[0], first[0] + 0.2], rtol=1e-6)


def test_a_disturbed_world_does_so_too() -> None:
    world = DisturbedWorld(PointWorld(), Randomisation(observation_delay=(1.0, 1.0))).remember(2)
    assert world.reset(seed=0)[0].shape == (2,)


def test_zero_is_what_the_contract_says() -> None:
    world = PointWorld()
    contract = world.contract
    assert world.remember(0).contract is contract


def test_the_policy_file_says_how_many_it_sees(run: Path) -> None:
    contract = OnnxPolicy.load(run / "policy.onnx").contract
    assert (contract.history, contract.observation_size) == (3, 3)


def test_it_flies_in_the_world_that_it_was_trained_in(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(run / "policy.onnx"), "--episodes", "3", "--json"]) == 0
    flown = json.loads(capsys.readouterr().out)
    assert flown["mean"] == pytest.approx(
        json.loads((run / "evaluation.json").read_text())["mean"], rel=1e-3
    )


def test_it_is_exported_again_as_it_was(run: Path, tmp_path: Path) -> None:
    again = OnnxPolicy.load(export_run(str(run), str(tmp_path / "again.onnx")))
    assert again.contract == OnnxPolicy.load(run / "policy.onnx").contract


def test_its_report_is_made_again(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (run / "report.html").unlink()
    assert main(["report", str(run)]) == 0
    assert (run / "report.html").exists()
    assert isinstance(json.loads((run / "report.json").read_text())["values"], dict)
