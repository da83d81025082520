"""Hyperparameters that suit a world, from ``config/presets``."""

from __future__ import annotations

from pathlib import Path

import yaml

from ddpg_ros.errors import ConfigError
from ddpg_ros.learning.config import DdpgConfig

_IN_SHARE = Path("share/ddpg_ros/config/presets")
_IN_CHECKOUT = Path("config/presets")


def load_preset(world: str) -> DdpgConfig:
    """The preset of ``world``; the defaults if it has none."""
    for folder in _folders():
        path = folder / f"{world}.yaml"
        if "/" not in world and path.is_file():
            return read_config(path)
    return DdpgConfig()


def read_config(path: str | Path, base: DdpgConfig | None = None) -> DdpgConfig:
    """Hyperparameters from a YAML file of names and values; the rest come from ``base``.

    Raises:
        ConfigError: The file cannot be read, or a name or value in it is wrong.
    """
    try:
        values = yaml.safe_load(Path(path).read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"config file {path}: cannot be read ({error}).") from None
    if not isinstance(values, dict):
        raise ConfigError(f"config file {path}: expected 'name: value' lines.")
    try:
        return DdpgConfig.from_dict(values, base)
    except ConfigError as error:
        raise ConfigError(f"config file {path}: {error}") from None


def _folders() -> list[Path]:
    """Where presets may lie: in the checkout, or in the share folder the package came with."""
    here = Path(__file__).resolve()
    return [here.parents[2] / _IN_CHECKOUT, *(parent / _IN_SHARE for parent in here.parents)]
