"""A world that is one robot outside this process: no two at once, nothing lived through again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from point_world import PointWorld, StopAfter, quick, trainer

from ddpg_ros.errors import ConfigError, TrainingDiverged, WorldStalled
from ddpg_ros.learning.job import Job
from ddpg_ros.learning.reporting import Reporter
from ddpg_ros.learning.stop_request import StopRequest
from ddpg_ros.learning.training import resume_training, start_training


class OneRobot(PointWorld):
    """All its instances drive one point, and no seed reaches it."""

    live = True
    driver: OneRobot | None = None
    resets = 0
    stalls_at = 10**9

    def step(self, action: np.ndarray) -> tuple[Any, ...]:
        assert OneRobot.driver is self, "another episode has begun on the robot meanwhile"
        OneRobot.stalls_at -= 1
        if OneRobot.stalls_at < 0:
            raise WorldStalled("robot 'point' stands still.")
        return super().step(action)

    def _restart(self, seed: int | None) -> dict[str, Any]:
        OneRobot.driver = self
        OneRobot.resets += 1
        info = super()._restart(None)
        self._x = float(np.random.default_rng(OneRobot.resets).uniform(-1, 1))
        return info


@pytest.fixture(autouse=True)
def robot(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("driver", None), ("resets", 0), ("stalls_at", 10**9)):
        monkeypatch.setattr(OneRobot, name, value)


class Listener(Reporter):
    def __init__(self) -> None:
        self.said: list[str] = []

    def message(self, text: str) -> None:
        self.said.append(text)


def test_after_an_evaluation_on_the_same_robot_the_next_episode_begins(tmp_path: Path) -> None:
    training = trainer(tmp_path, quick(evaluation_interval=70), OneRobot)
    assert training.run()
    training.close()
    assert training.step == 420


def test_several_agents_do_not_share_one_robot(tmp_path: Path) -> None:
    job, listener, path = Job("point"), Listener(), tmp_path / "run"
    with pytest.raises(ConfigError) as refused:
        start_training(
            job, quick(num_envs=2), str(path), listener, StopRequest(), lambda job: OneRobot()
        )
    assert str(refused.value) == (
        "num_envs: 'point' is one robot on the ROS graph; expected 1, got 2. Set num_envs to "
        "1; presets may set more."
    )
    assert not path.exists()
    assert not listener.said


def test_an_interrupted_run_goes_on_with_the_next_episode_and_says_so(tmp_path: Path) -> None:
    path, listener = str(tmp_path / "run"), Listener()
    job, config = Job("point", options={"reward": "mine:reach"}), quick()
    stop = StopAfter(310)
    stopped = start_training(job, config, path, listener, stop, lambda job: OneRobot())
    assert stopped.evaluation is None
    asked: list[Job] = []

    def make(job: Job) -> OneRobot:
        asked.append(job)
        return OneRobot()

    result = resume_training(path, listener, StopRequest(), make)
    assert result.evaluation is not None
    assert asked[0].options == {"reward": "mine:reach"}
    assert (
        listener.said.count(
            "a robot on the ROS graph cannot live through an episode again: the one that was "
            "interrupted is left out, and the next begins"
        )
        == 1
    )


@pytest.mark.parametrize("steps", [30, 131])
def test_a_robot_that_stalls_ends_the_run_with_its_checkpoint_named(
    steps: int, tmp_path: Path
) -> None:
    OneRobot.stalls_at = steps  # in training, and in the first evaluation
    training = trainer(tmp_path, quick(), OneRobot)
    training.save()
    with pytest.raises(TrainingDiverged) as stalled:
        training.run()
    training.close()
    assert str(stalled.value) == (
        f"step {min(steps, 120)}: robot 'point' stands still. Checkpoint: the last is "
        f"{tmp_path}/checkpoint.pt."
    )
