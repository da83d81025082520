"""A hostile parameter file is refused in a sentence, soon, and nothing moves."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from graph import NodeProcess
from hostile_parameters import HOSTILE

from ddpg_ros.errors import ConfigError
from ddpg_ros.ros.parameter_files import check_parameter_files

PATIENCE = 10.0
"""A busy machine's for what takes less than a second on a quiet one [s]."""


def test_there_are_enough_of_them() -> None:
    assert len(HOSTILE) >= 30


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_parameter_file_is_refused(name: str, tmp_path: Path, policy: Path) -> None:
    make, words = HOSTILE[name]
    (tmp_path / "files").mkdir()
    path = make(tmp_path / "files", policy)
    begun = time.monotonic()
    node = NodeProcess(
        tmp_path / "log", "controller", ["--ros-args", "--params-file", str(path)], {}
    )
    try:
        assert node.wait(PATIENCE) == 2
    finally:
        node.kill()
    assert time.monotonic() - begun < PATIENCE
    sentence = next(line for line in node.output.splitlines() if words in line)
    assert sentence.startswith("ddpg_controller: ")
    assert len(sentence) < 700
    assert "Traceback" not in node.output
    assert "active" not in node.output
    assert len(node.output.splitlines()) <= 3


@pytest.mark.parametrize(
    ("section", "arguments"),
    [
        ("ddpg_controller", []),
        ("/ddpg_controller", []),
        ("/**", ["-r", "__ns:=/arm"]),
        ("/**/ddpg_controller", ["-r", "__ns:=/arm"]),
        ("**", []),
        ("/*", []),
        ("/arm/*", ["-r", "__ns:=arm"]),
        ("arm/left", ["--remap", "ddpg_controller:__node:=left", "-r", "__ns:=/arm"]),
        ("left", ["-r", "__name:=left"]),
    ],
)
def test_a_section_for_the_node_is_found(
    section: str, arguments: list[str], tmp_path: Path
) -> None:
    check_parameter_files("ddpg_controller", command_line(tmp_path, section, arguments))


@pytest.mark.parametrize(
    ("section", "arguments", "node"),
    [
        ("ddpg_controller", ["-r", "__ns:=/arm"], "/arm/ddpg_controller"),
        ("/*", ["-r", "__ns:=/arm"], "/arm/ddpg_controller"),
        ("/*/ddpg_controller", [], "/ddpg_controller"),
        ("/arm/**", [], "/ddpg_controller"),
        ("ddpg_controller", ["-r", "__node:=left"], "/left"),
    ],
)
def test_a_file_without_a_section_for_the_node_is_refused(
    section: str, arguments: list[str], node: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=f"has no section for {node}; its sections: "):
        check_parameter_files("ddpg_controller", command_line(tmp_path, section, arguments))


def command_line(folder: Path, section: str, arguments: list[str]) -> list[str]:
    """A command line with a file that has a section for another node as well."""
    path = folder / "parameters.yaml"
    sections = (f'"{name}":\n  ros__parameters: {{enable: true}}\n' for name in ("other", section))
    path.write_text("".join(sections))
    return ["controller", "--ros-args", *arguments, "--params-file", str(path)]
