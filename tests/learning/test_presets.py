"""Hyperparameters from files: the package's presets, and those people write."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ddpg_ros.errors import ConfigError
from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.presets import load_preset, preset_for, read_config
from ddpg_ros.worlds import make_world

PRESETS = sorted((Path(__file__).parents[2] / "config/presets").glob("*.yaml"))


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_a_preset_says_what_its_file_says(path: Path) -> None:
    values = yaml.safe_load(path.read_text())
    preset = load_preset(path.stem)
    assert preset == DdpgConfig.from_dict(values)
    assert preset != DdpgConfig()


@pytest.mark.parametrize("name", [p.stem for p in PRESETS if p.stem not in ("ddpg", "default")])
def test_any_other_preset_belongs_to_a_world_which_gets_it(name: str) -> None:
    make_world(name).close()
    assert preset_for(name) == load_preset(name)


def test_a_level_of_a_world_gets_the_preset_of_the_whole() -> None:
    assert preset_for("rover-2") == load_preset("rover")


def test_there_is_a_preset_for_the_packages_own_world() -> None:
    assert "pendulum" in [path.stem for path in PRESETS]


@pytest.mark.parametrize("world", ["NoSuchWorld-v0", "../presets/pendulum", "module:Id-v0"])
def test_a_world_without_preset_gets_the_default_one(world: str) -> None:
    assert preset_for(world) == load_preset("default")


def test_the_preset_ddpg_has_every_addition_off() -> None:
    plain, preset = DdpgConfig(), load_preset("ddpg")
    additions = ("critics", "policy_delay", "target_noise_std", "layer_norm", "batch_norm")
    for name in (*additions, "adam_beta1", "noise_spread", "loss_power", "policy_average"):
        assert getattr(preset, name) == getattr(plain, name)


def test_an_unknown_preset_is_refused_with_those_there_are() -> None:
    known = ", ".join(sorted(path.stem for path in PRESETS))
    text = f"no preset is called 'ddgp'. Known: {known}."
    with pytest.raises(ConfigError, match=f"^{re.escape(text)}$"):
        load_preset("ddgp")


def test_a_config_file_changes_only_what_it_names(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("gamma: 0.5  # short-sighted\nhidden_sizes: [4]\n")
    base = DdpgConfig(tau=0.25)
    assert read_config(file, base) == DdpgConfig(tau=0.25, gamma=0.5, hidden_sizes=(4,))
    file.write_text("# nothing yet\n")
    assert read_config(file, base) == base


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"gamma: 2", "gamma: expected in [0, 1], got 2.0."),
        (b"gama: 1", "no hyperparameter is called 'gama'. Did you mean gamma?"),
        (b"1: 2", "no hyperparameter is called '1'. Known:"),
        (b"- gamma", "expected 'name: value' lines."),
        (
            b"gamma: [",
            "is not YAML (line 1: expected the node content, but found '<stream end>'). Give",
        ),
        (b"\xff\xfe\x00", "is not text. Give the path of a YAML file."),
    ],
)
def test_a_wrong_config_file_is_refused_with_its_path(
    content: bytes, problem: str, tmp_path: Path
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=f"^{re.escape(f'config file {file}: {problem}')}"):
        read_config(file)


def test_a_missing_config_file_is_refused_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^config file .*/none\.yaml: cannot be read \("):
        read_config(tmp_path / "none.yaml")
