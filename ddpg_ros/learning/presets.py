"""Named sets of hyperparameters, from ``config/presets``."""

from __future__ import annotations

from pathlib import Path

from ddpg_ros.errors import ConfigError
from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.shipped import shipped_files
from ddpg_ros.yaml_reading import read_yaml

DEFAULT = "default"
"""The preset for worlds that have none of their own."""

_FOLDER = "presets"


def preset_for(world: str, name: str = "") -> DdpgConfig:
    """The preset called ``name``; without one that of ``world``, ``default`` if it has none.

    A world that is a level of another, such as ``rover-2``, has that one's.

    Raises:
        ConfigError: No preset is called ``name``.
    """
    presets, whole = shipped_files(_FOLDER), world.rpartition("-")[0]
    own = next((known for known in (world, whole) if known in presets), DEFAULT)
    return load_preset(name or own)


def load_preset(name: str) -> DdpgConfig:
    """The preset of that name.

    Raises:
        ConfigError: There is none.
    """
    presets = shipped_files(_FOLDER)
    if name not in presets:
        known = ", ".join(sorted(presets))
        raise ConfigError(f"no preset is called '{name}'. Known: {known}.")
    return read_config(presets[name])


def read_config(path: str | Path, base: DdpgConfig | None = None) -> DdpgConfig:
    """Hyperparameters from a YAML file of names and values; the rest come from ``base``.

    Raises:
        ConfigError: The file cannot be read, or a name or value in it is wrong.
    """
    try:
        values = read_yaml(path) or {}
        if not isinstance(values, dict):
            raise ConfigError("expected 'name: value' lines.")
        return DdpgConfig.from_dict(values, base)
    except ConfigError as error:
        raise ConfigError(f"config file {path}: {error}") from None
