"""Worlds by name: the package's own, and everything Gymnasium knows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from ddpg_ros.contract import generic_contract
from ddpg_ros.errors import ContractError, WorldError
from ddpg_ros.worlds import make_world
from ddpg_ros.worlds.gym_world import GymWorld
from ddpg_ros.worlds.pendulum import PendulumWorld


def test_the_packages_worlds_go_by_their_names() -> None:
    assert isinstance(make_world("pendulum"), PendulumWorld)


def test_every_other_name_is_gymnasiums() -> None:
    world = make_world("toy_envs:Table-v0", render=True)
    assert isinstance(world, GymWorld)
    world.reset(seed=0)
    assert world.render().shape == (4, 6, 3)
    blind = make_world("toy_envs:Table-v0")
    blind.reset(seed=0)
    with pytest.raises(WorldError, match="was made without rendering"):
        blind.render()


def test_a_contract_file_is_kept_to(tmp_path: Path) -> None:
    contract = generic_contract("mine", [-1] * 4, [1] * 4, [-0.5] * 2, [0.5] * 2, period=0.1)
    file = tmp_path / "contract.yaml"
    file.write_text(yaml.safe_dump(contract.to_dict()))
    world = make_world("toy_envs:Table-v0", file)
    assert world.contract == contract
    np.testing.assert_array_equal(world.action_space.high, [0.5, 0.5])


def test_a_contract_file_that_is_not_there_is_refused() -> None:
    with pytest.raises(ContractError, match=r"^contract file nowhere\.yaml: cannot be read"):
        make_world("toy_envs:Table-v0", "nowhere.yaml")


def test_the_packages_worlds_bring_their_own_contract() -> None:
    with pytest.raises(WorldError) as refused:
        make_world("pendulum", "mine.yaml")
    assert str(refused.value) == (
        "world 'pendulum': brings its own contract; leave out the contract file mine.yaml."
    )


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(WorldError, match=r"^world 'pendulums': neither a world of ddpg_ros nor"):
        make_world("pendulums")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("arn", "Or the package's own arm?"),
        ("policies/arm.onnx", "Its own: arm, balancer, pendulum, rover-1, "),
        ("robot.urdf", "A model becomes a world by a page of Python: docs/your_robot.md."),
    ],
)
def test_the_packages_own_worlds_are_named_to_who_names_none(name: str, hint: str) -> None:
    with pytest.raises(WorldError) as refused:
        make_world(name)
    assert f"). {hint}" in str(refused.value)
