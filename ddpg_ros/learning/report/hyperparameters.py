"""The hyperparameters of a run as rows, and the algorithm they make in words."""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple

from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.report.numbers import number


class Hyperparameter(NamedTuple):
    """A hyperparameter: its value, the default, that of the preset, and its meaning."""

    name: str
    value: str
    default: str
    preset: str
    meaning: str

    @property
    def changed(self) -> bool:
        """Whether it is not the default, or was made so again."""
        return self.value != self.default or self.chosen

    @property
    def chosen(self) -> bool:
        """Whether it is not the preset's."""
        return self.value != self.preset


def hyperparameters(
    config: dict[str, Any], defaults: dict[str, Any], preset: dict[str, Any]
) -> list[Hyperparameter]:
    """All that the run had."""
    meanings = {
        field.name: field.metadata["description"] for field in dataclasses.fields(DdpgConfig)
    }
    return [
        Hyperparameter(
            name, _shown(value), _shown(defaults[name]), _shown(preset[name]), meanings[name]
        )
        for name, value in config.items()
        if name in meanings
    ]


def algorithm(config: dict[str, Any]) -> str:
    """DDPG, and what was added to it."""
    additions = [
        text
        for present, text in (
            (config["batch_norm"], "batch-normalised critics without targets (CrossQ)"),
            (config["layer_norm"], "layer-normalised critics"),
            (config["critics"] == 2, "the smaller of two critics' values (TD3)"),
            (config["policy_delay"] > 1, "a delayed actor (TD3)"),
            (config["target_noise_std"] > 0, "smoothed target actions (TD3)"),
        )
        if present
    ]
    return f"DDPG with {', '.join(additions)}" if additions else "DDPG"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " × ".join(map(str, value))
    return number(value) if isinstance(value, int | float) else str(value)
