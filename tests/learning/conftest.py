"""One finished run that the tests of this room share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from point_world import QUICK, PointWorld

from ddpg_ros.learning.job import Job
from ddpg_ros.learning.reporting import Reporter
from ddpg_ros.learning.run_folder import RunFolder
from ddpg_ros.learning.stop_request import StopRequest
from ddpg_ros.learning.training import TrainingResult, start_training
from ddpg_ros.worlds import WORLDS


@pytest.fixture(scope="package", autouse=True)
def point() -> Iterator[None]:
    """Have the package know the point as one of its worlds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(WORLDS, "point", PointWorld)
        yield


@pytest.fixture(scope="package")
def finished(point: None, tmp_path_factory: pytest.TempPathFactory) -> TrainingResult:
    """A training on the point, from its start to its policy file; not to be changed."""
    path = tmp_path_factory.mktemp("runs") / "point"
    return start_training(Job("point"), QUICK, str(path), Reporter(), StopRequest())


@pytest.fixture
def copied(finished: TrainingResult, tmp_path: Path) -> RunFolder:
    """The finished run, to be changed at will."""
    shutil.copytree(finished.folder.path, tmp_path / "run")
    return RunFolder(tmp_path / "run")
