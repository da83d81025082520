"""A Gymnasium environment that no policy of ours can drive is refused."""

from __future__ import annotations

import pytest

from ddpg_ros.errors import ContractError, WorldError
from ddpg_ros.worlds.gym_world import GymWorld

NOT_A_BOX = "a deterministic policy over continuous actions needs a Box."


@pytest.mark.parametrize(
    ("env_id", "problem"),
    [("CartPole-v1", "action space"), ("toy_envs:Grid-v0", "observation space")],
)
def test_a_space_that_is_no_box_is_refused(env_id: str, problem: str) -> None:
    with pytest.raises(WorldError) as refused:
        GymWorld(env_id)
    assert str(refused.value) == f"world '{env_id}': its {problem} is a Discrete; {NOT_A_BOX}"


def test_an_environment_that_cannot_be_made_says_why() -> None:
    with pytest.raises(WorldError) as refused:
        GymWorld("toy_envs:Broken-v0")
    assert str(refused.value).startswith(
        "world 'toy_envs:Broken-v0': cannot be made (OSError: the robot's meshes are missing, in "
    )
    assert "toy_envs.py, line " in str(refused.value)


def test_a_picture_that_cannot_be_drawn_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(env: object) -> None:
        raise OSError("no OpenGL\n  here")

    world = GymWorld("toy_envs:Table-v0", render=True)
    world.reset(seed=0)
    monkeypatch.setattr(type(world._env.unwrapped), "render", fails)
    with pytest.raises(WorldError) as refused:
        world.render()
    assert str(refused.value) == (
        "world 'toy_envs:Table-v0': cannot be pictured here (no OpenGL here). Install what it "
        "draws with (OpenGL, or pygame), or do without pictures."
    )


def test_infinite_action_limits_are_refused() -> None:
    with pytest.raises(ContractError, match=r"the action space has infinite limits\. Give it"):
        GymWorld("toy_envs:Unbounded-v0")


@pytest.mark.parametrize("env_id", ["NoSuchWorld-v0", "no_such_module:Walker-v0", "", "a b"])
def test_an_unknown_world_is_refused(env_id: str) -> None:
    with pytest.raises(WorldError) as refused:
        GymWorld(env_id)
    start = f"world '{env_id}': neither a world of ddpg_ros nor an environment of Gymnasium ("
    assert str(refused.value).startswith(start)
