"""Where a fault in a file of the user's is told from one of the package's."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from ddpg_ros.cli.main import main
from ddpg_ros.plugin import fault_in_users_code, load_module, load_object

WORLD = """
import numpy as np

from ddpg_ros.worlds.pendulum import PendulumWorld


class Faulty(PendulumWorld):
    def _advance(self, command):
        return super()._advance(np.zeros(3) + np.zeros(4))


def call(function):
    return function()
"""


@pytest.fixture
def faulty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    Path("my_faulty_world.py").write_text(WORLD)
    return load_module("my_faulty_world")


def test_a_world_that_raises_while_it_trains_is_told_by_file_and_line(
    faulty: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["train", "my_faulty_world:Faulty", "--preset", "pendulum", "--run", "run"]
    assert main(command) == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        "ddpg-ros train: ValueError: operands could not be broadcast together with shapes (3,) (4,)"
        f", in {tmp_path}/my_faulty_world.py, line 9: return super()._advance(np.zeros(3) + "
        "np.zeros(4))"
    )


def test_a_fault_of_the_package_is_none_of_the_users(faulty: ModuleType) -> None:
    with pytest.raises(AttributeError) as raised:
        faulty.call(lambda: load_object(None))  # type: ignore[arg-type]
    assert fault_in_users_code(raised.value) == ""


def test_a_fault_in_a_library_is_its_callers() -> None:
    with pytest.raises(ValueError, match="broadcast") as raised:
        np.zeros(3) + np.zeros(4)
    said = fault_in_users_code(raised.value)
    assert said.startswith("ValueError: operands could not be broadcast together")
    assert said.endswith(": np.zeros(3) + np.zeros(4)")
    assert f", in {__file__}, line " in said
