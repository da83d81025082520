"""A world of a MuJoCo model: given as a file or compiled, its timing and its camera."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import mujoco
import numpy as np
import pytest

import ddpg_ros.worlds
from ddpg_ros.contract import Contract
from ddpg_ros.errors import WorldError
from ddpg_ros.worlds.mujoco_world import MujocoWorld
from ddpg_ros.worlds.pendulum import pendulum_contract

FILE = Path(ddpg_ros.worlds.__file__).parent / "models" / "pendulum.xml"


def contract(period: float) -> Contract:
    return dataclasses.replace(pendulum_contract(), period=period)


def test_a_model_is_a_name_a_path_or_compiled() -> None:
    model = mujoco.MjModel.from_xml_path(str(FILE))
    worlds = [MujocoWorld(given, contract(0.05), 2) for given in ("pendulum.xml", FILE, model)]
    assert worlds[2].model is model
    assert [world.substeps for world in worlds] == [5, 5, 5]


def test_a_relative_path_starts_where_python_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.xml").write_text(FILE.read_text().replace("pendulum", "mine"))
    monkeypatch.chdir(tmp_path)
    assert MujocoWorld("mine.xml", contract(0.05), 2).substeps == 5
    with pytest.raises(ValueError, match=r"'yours\.xml'"):
        MujocoWorld("yours.xml", contract(0.05), 2)


@pytest.mark.parametrize(("period", "steps"), [(0.05, 3), (0.052, 1), (0.05, 11)])
def test_a_period_that_is_no_whole_number_of_substeps_is_refused(period: float, steps: int) -> None:
    with pytest.raises(WorldError) as refused:
        MujocoWorld(FILE, contract(period), steps)
    assert str(refused.value) == (
        f"world 'pendulum': the contract's period of {period:g} s is no whole number of "
        f"{steps * 0.005:g} s: {steps} physics steps of 0.005 s. Change the model's timestep or "
        "steps_per_substep."
    )


def test_a_camera_that_the_model_lacks_is_told_with_those_it_has() -> None:
    world = MujocoWorld(FILE, contract(0.05), 2, camera="side")
    with pytest.raises(WorldError) as refused:
        world.render()
    assert str(refused.value) == "the model has no camera called 'side'. Its cameras: film."
    assert np.ptp(MujocoWorld(FILE, contract(0.05), 2).render()) > 0
