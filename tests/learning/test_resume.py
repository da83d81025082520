"""A run that is stopped and continued ends as if nothing had happened, to the bit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from point_world import PowerLoss, PowerLossError, StopAfter, checkpoint, leaves, quick, trainer

from ddpg_ros.learning.metrics import read_metrics
from ddpg_ros.learning.stop_request import StopRequest

VARIANTS = [(1, "gaussian"), (1, "ornstein_uhlenbeck"), (3, "gaussian"), (3, "ornstein_uhlenbeck")]


def evaluation_rows(path: Path) -> list[dict[str, str]]:
    return [row for row in read_metrics(path / "metrics.csv") if row["evaluation_return"]]


def ending(path: Path) -> dict[str, Any]:
    return dict(leaves(checkpoint(path)))


@pytest.mark.parametrize(("num_envs", "noise"), VARIANTS)
def test_a_run_stopped_at_random_steps_ends_as_one_that_was_not(
    num_envs: int, noise: str, tmp_path: Path
) -> None:
    config = quick(num_envs=num_envs, noise=noise, noise_std_final=0.3, noise_decay_steps=300)
    assert trainer(tmp_path / "whole", config).run()
    rng, stops = np.random.default_rng(num_envs), []
    while True:
        run = trainer(tmp_path / "parts", config, request=StopAfter(int(rng.integers(45, 120))))
        if run.run():
            break
        stops.append(run.step)
    assert len(stops) >= 3
    assert ending(tmp_path / "parts") == ending(tmp_path / "whole")
    assert evaluation_rows(tmp_path / "parts") == evaluation_rows(tmp_path / "whole")


def test_a_stop_during_an_evaluation_repeats_it_whole(tmp_path: Path) -> None:
    config = quick(total_steps=130)
    assert trainer(tmp_path / "whole", config).run()
    for looks in (130, 30):
        assert not trainer(tmp_path / "parts", config, request=StopAfter(looks)).run()
        assert checkpoint(tmp_path / "parts")["step"] == 120
    assert trainer(tmp_path / "parts", config).run()
    assert ending(tmp_path / "parts") == ending(tmp_path / "whole")


@pytest.mark.parametrize("looks", [1, 31, 50, 71, 90])
def test_a_run_that_loses_power_goes_on_from_its_latest_checkpoint(
    looks: int, tmp_path: Path
) -> None:
    config = quick(total_steps=60, warmup_steps=15, evaluation_interval=30, checkpoint_seconds=0.0)
    assert trainer(tmp_path / "whole", replace(config, checkpoint_seconds=1e6)).run()
    with pytest.raises(PowerLossError):
        trainer(tmp_path / "parts", config, request=PowerLoss(looks)).run()
    assert trainer(tmp_path / "parts", config).run()
    assert ending(tmp_path / "parts") == ending(tmp_path / "whole")
    assert evaluation_rows(tmp_path / "parts") == evaluation_rows(tmp_path / "whole")


def test_a_wrapped_memory_goes_on_where_it_was(tmp_path: Path) -> None:
    config = quick(buffer_size=50)
    assert trainer(tmp_path / "whole", config).run()
    assert not trainer(tmp_path / "parts", config, request=StopAfter(110)).run()
    assert checkpoint(tmp_path / "parts")["replay"]["size"] == 50
    assert trainer(tmp_path / "parts", config).run()
    assert ending(tmp_path / "parts") == ending(tmp_path / "whole")


def test_the_same_seed_trains_the_same_and_another_another(tmp_path: Path) -> None:
    for name, seed in (("one", 5), ("same", 5), ("other", 6)):
        trainer(tmp_path / name, quick(total_steps=100, seed=seed)).run()
    one, same, other = (ending(tmp_path / name) for name in ("one", "same", "other"))
    assert one == same
    assert one["/ddpg/actor/body.0.weight"] != other["/ddpg/actor/body.0.weight"]


def test_a_run_without_checkpoint_begins_anew(tmp_path: Path) -> None:
    assert trainer(tmp_path).step == 0


def test_a_finished_run_stays_as_it_is(tmp_path: Path) -> None:
    assert trainer(tmp_path).run()
    before = ending(tmp_path)
    assert trainer(tmp_path, request=StopRequest()).run()
    assert ending(tmp_path) == before
