"""A user's world, named as ``module:Class``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import gymnasium
import pytest

from ddpg_ros.errors import WorldError
from ddpg_ros.worlds import make_world

MODULE = """
import gymnasium
from ddpg_ros.worlds import PeriodEnd, World
from ddpg_ros.worlds.pendulum import PendulumWorld

class Swing(PendulumWorld):
    pass

class Sketch(World):
    def readings(self):
        return {}

class Careless(Swing):
    def __init__(self):
        raise KeyError("hinge")

class Forgetful(Swing):
    def __init__(self):
        pass

class Deaf(Swing):
    def _advance(self):
        pass

helper = 3
gymnasium.register("Registered-v0", entry_point="gymnasium.envs.classic_control:PendulumEnv")
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working directory with a module of the user's, which no other test sees."""
    (tmp_path / "my_worlds.py").write_text(MODULE)
    (tmp_path / "my_broken.py").write_text("import nothing_of_that_name")
    (tmp_path / "my_wrong.py").write_text("1 / 0")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path])
    yield tmp_path
    for file in tmp_path.glob("my_*.py"):
        sys.modules.pop(file.stem, None)
    gymnasium.registry.pop("Registered-v0", None)


def refusal(name: str, contract: str = "") -> str:
    with pytest.raises(WorldError) as refused:
        make_world(name, contract)
    return str(refused.value)


def test_a_class_of_a_module_in_the_working_directory_is_a_world() -> None:
    world = make_world("my_worlds:Swing")
    assert type(world).__name__ == "Swing"
    observation, _ = world.reset(seed=0)
    assert observation.shape == (3,)


def test_an_environment_that_the_module_registers_goes_by_its_id_with_or_without_version() -> None:
    assert make_world("my_worlds:Registered-v0").action_space.shape == (1,)
    with pytest.warns(UserWarning, match="latest"):
        assert make_world("my_worlds:Registered").action_space.shape == (1,)


def test_it_brings_its_own_contract() -> None:
    assert refusal("my_worlds:Swing", "mine.yaml") == (
        "world 'my_worlds:Swing': brings its own contract; leave out the contract file mine.yaml."
    )


def test_a_module_that_is_not_there_is_named_with_where_it_was_looked_for(here: Path) -> None:
    assert refusal("my_world:Swing") == (
        f"world 'my_world:Swing': no module is called 'my_world' in {here} or where Python looks. "
        "Start where its file lies, or set PYTHONPATH."
    )


def test_a_file_is_named_without_its_ending(here: Path) -> None:
    assert refusal("my_worlds.py:Swing") == (
        f"world 'my_worlds.py:Swing': no module is called 'my_worlds.py' in {here} or where Python "
        "looks. A module's name has no .py: my_worlds."
    )


@pytest.mark.parametrize("name", ["Swin", "helper"])
def test_a_class_that_is_not_there_or_no_world_is_told_with_those_there_are(name: str) -> None:
    assert refusal(f"my_worlds:{name}") == (
        f"world 'my_worlds:{name}': module 'my_worlds' has no class '{name}' derived from "
        "ddpg_ros.worlds.World, and registers no such environment. Its worlds: Swing, Sketch, "
        "Careless, Forgetful, Deaf."
    )


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("my_broken", "No module named 'nothing_of_that_name'"),
        ("my_wrong", "ZeroDivisionError: division by zero, in {here}/my_wrong.py, line 1: 1 / 0"),
    ],
)
def test_a_module_that_fails_is_told_with_its_reason(name: str, reason: str, here: Path) -> None:
    reason = reason.format(here=here)
    assert refusal(f"{name}:World") == (
        f"world '{name}:World': module '{name}' cannot be imported ({reason})."
    )


def test_a_world_without_its_methods_is_told_which() -> None:
    assert refusal("my_worlds:Sketch") == (
        "world 'my_worlds:Sketch': the class lacks the methods _restart, _advance."
    )


def test_a_constructor_that_fails_is_told_with_its_reason_and_line(here: Path) -> None:
    assert refusal("my_worlds:Careless") == (
        f"world 'my_worlds:Careless': cannot be made (KeyError: 'hinge', in {here}/my_worlds.py, "
        """line 15: raise KeyError("hinge")). It is made without arguments."""
    )


def test_a_constructor_that_does_not_call_its_bases_is_told() -> None:
    assert refusal("my_worlds:Forgetful") == (
        "world 'my_worlds:Forgetful': its __init__ does not call super().__init__(...)."
    )


def test_a_method_that_cannot_take_what_it_is_given_is_told() -> None:
    assert refusal("my_worlds:Deaf") == (
        "world 'my_worlds:Deaf': its method _advance takes (self); expected (self, command)."
    )


def test_the_robot_on_the_ros_graph_is_no_simulated_world() -> None:
    assert refusal("ros").startswith("world 'ros': is the robot on the ROS graph")
