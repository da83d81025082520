"""A run in randomised worlds keeps its ranges, and goes on exactly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from point_world import QUICK, PointWorld, StopAfter, checkpoint, leaves, quick, trainer

from ddpg_ros.contract.generic import OBSERVATION_TOPIC
from ddpg_ros.deploy import OnnxPolicy
from ddpg_ros.deploy.inspection import as_text
from ddpg_ros.errors import ConfigError, WorldError
from ddpg_ros.learning.evaluation import evaluate
from ddpg_ros.learning.job import Job
from ddpg_ros.learning.reporting import Reporter
from ddpg_ros.learning.run_folder import RunFolder
from ddpg_ros.learning.seeds import evaluation_seeds
from ddpg_ros.learning.stop_request import StopRequest
from ddpg_ros.learning.training import find_job, resume_training, start_training
from ddpg_ros.worlds import DisturbedWorld, Randomisation

RANGES = Randomisation(
    sensor_noise=(0.0, 2.0), observation_delay=(0.0, 2.0), action_delay=(0.0, 2.0), drop=(0.0, 0.3)
)


@pytest.fixture(autouse=True)
def noisy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the point say how noisy its sensor is."""
    monkeypatch.setattr(PointWorld, "sensor_noise", {OBSERVATION_TOPIC: {"data": 0.05}})


class Listener(Reporter):
    def __init__(self) -> None:
        self.messages: list[str] = []

    def message(self, text: str) -> None:
        self.messages.append(text)


def disturbed() -> DisturbedWorld:
    return DisturbedWorld(PointWorld(), RANGES)


def test_a_randomised_run_that_was_stopped_ends_as_one_that_was_not(tmp_path: Path) -> None:
    config = quick(num_envs=2)

    def ending(path: Path) -> dict[str, Any]:
        return dict(leaves(checkpoint(path)))

    assert trainer(tmp_path / "whole", config, disturbed).run()
    stops = 0
    while not trainer(tmp_path / "parts", config, disturbed, StopAfter(77)).run():
        stops += 1
    assert stops >= 3
    assert ending(tmp_path / "parts") == ending(tmp_path / "whole")
    trainer(tmp_path / "exact", config).run()
    assert ending(tmp_path / "exact") != ending(tmp_path / "whole")


def test_the_ranges_are_kept_with_the_run_and_with_the_policy(tmp_path: Path) -> None:
    job, listener = Job("point", randomisation=RANGES), Listener()
    result = start_training(job, QUICK, str(tmp_path / "run"), listener, StopRequest())
    assert f"randomised: {RANGES}" in listener.messages
    assert result.folder.load_job() == (job, QUICK)
    assert json.loads(result.folder.config.read_text())["randomisation"] == RANGES.changed()
    policy = OnnxPolicy.load(result.folder.policy)
    assert Randomisation.from_dict(policy.metadata.provenance["randomisation"]) == RANGES
    assert (
        "varied   sensor_noise 0 to 2, observation_delay 0 to 2, action_delay 0 to 2, drop 0 to 0.3"
        in as_text(policy).splitlines()
    )
    seeds = evaluation_seeds(QUICK.final_episodes)
    flown = evaluate(policy.act, disturbed(), seeds)
    exact = evaluate(policy.act, PointWorld(), seeds)
    assert flown is not None
    assert exact is not None
    assert result.evaluation is not None
    np.testing.assert_allclose(flown.returns, result.evaluation.returns, rtol=1e-4)
    assert not np.allclose(exact.returns, result.evaluation.returns, rtol=1e-4)


def test_a_run_is_resumed_with_its_ranges(tmp_path: Path) -> None:
    path = str(tmp_path / "run")
    job = Job("point", randomisation=RANGES)
    assert start_training(job, QUICK, path, Reporter(), StopAfter(100)).evaluation is None
    resumed = resume_training(path, Reporter(), StopRequest())
    whole = start_training(job, QUICK, str(tmp_path / "whole"), Reporter(), StopRequest())
    assert resumed.evaluation is not None
    assert whole.evaluation is not None
    assert resumed.evaluation.returns == whole.evaluation.returns


def test_a_run_from_before_there_were_ranges_is_one_without(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.save_job(Job("point"), QUICK)
    content = json.loads(folder.config.read_text())
    assert content.pop("randomisation") == {}
    folder.config.write_text(json.dumps(content))
    assert folder.load_job() == (Job("point"), QUICK)


def test_flags_win_over_the_file_and_delays_are_in_the_worlds_periods(tmp_path: Path) -> None:
    span = {"p1": 0.02, "p50": 0.1, "p99": 0.2}
    timing = {"policy": "point", "input_age": {"observation": span}, "busy": span}
    (tmp_path / "timing.json").write_text(json.dumps(timing))
    file = tmp_path / "ranges.yaml"
    file.write_text("delays_from: timing.json\ndrop: [0.1, 0.2]\n")
    job = find_job("point", "", str(file), ["drop=0,0.5"])
    assert job.randomisation.observation_delay == pytest.approx((0.1, 1.0))
    assert job.randomisation.drop == (0.0, 0.5)
    assert find_job("point") == Job("point")


def test_ranges_that_the_world_cannot_follow_are_refused_before_there_is_a_run(
    tmp_path: Path,
) -> None:
    job = find_job("point", vary=["mass=0.5,2"])
    with pytest.raises(WorldError, match=r"^world 'point': its mass cannot be varied"):
        start_training(job, QUICK, str(tmp_path / "run"), Reporter(), StopRequest())
    assert not (tmp_path / "run").exists()
    with pytest.raises(ConfigError, match=r"^expected NAME=LOW,HIGH"):
        find_job("point", vary=["mass"])
