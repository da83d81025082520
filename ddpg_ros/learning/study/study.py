"""A study: a question, what varies and what is held, and how often it is tried."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ddpg_ros.errors import ConfigError
from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.study.training import Training

FIXED: dict[str, Any] = {"threads": 1, "checkpoint_seconds": 1e9}
"""One core a training, since several run at once; a training that is interrupted is run again."""

SET_BY_STUDY = ("seed", "total_steps", "log_interval", *FIXED)
"""Hyperparameters that neither vary nor are held by name: seeds and steps say what they are."""

QUICK_SEEDS = 2
QUICK_SHARE = 2
"""A quick form has so many seeds at most, and one part in so many of all and of warm-up steps."""


@dataclass(frozen=True)
class Variant:
    """One of what is compared: a name, and the configuration but for its seed."""

    name: str
    config: DdpgConfig

    def shorter(self, steps: int, share: int) -> Variant:
        """The same in so many steps, with one part in ``share`` of the warm-up."""
        warmup_steps = self.config.warmup_steps // share
        config = dataclasses.replace(self.config, total_steps=steps, warmup_steps=warmup_steps)
        return Variant(self.name, config)


@dataclass(frozen=True)
class Study:
    """What is tried, and how often.

    Args:
        name: What it is called, and its files.
        question: What it answers.
        world: Where everything is trained.
        contract_file: The user's contract for the world; empty for none.
        varies: The hyperparameter that varies; empty if variants differ in more.
        variants: What is compared, in the order to show them.
        seeds: Trainings of each variant, with seeds from 0.
        minutes: Time all of it takes on two cores, if known [min].
    """

    name: str
    question: str
    world: str
    contract_file: str
    varies: str
    variants: tuple[Variant, ...]
    seeds: int
    minutes: float = 0.0

    def __post_init__(self) -> None:
        if self.seeds < 1:
            raise ConfigError(f"seeds: expected at least 1, got {self.seeds}.")
        if not self.variants:
            raise ConfigError("nothing varies: expected at least one variant.")
        names = [variant.name for variant in self.variants]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ConfigError(f"variant '{twice[0]}': is there twice.")

    @property
    def steps(self) -> int:
        """Steps of each training."""
        return self.variants[0].config.total_steps

    def at(self, seeds: int = 0, steps: int = 0, quick: bool = False) -> Study:
        """The same study with other numbers of seeds and steps; 0 leaves them, or makes them quick.

        Raises:
            ConfigError: There are too few seeds or steps.
        """
        seeds = seeds or (min(QUICK_SEEDS, self.seeds) if quick else self.seeds)
        share = QUICK_SHARE if quick and not steps else 1
        steps = steps or self.steps // share
        try:
            variants = tuple(variant.shorter(steps, share) for variant in self.variants)
        except ConfigError as error:
            raise ConfigError(f"study '{self.name}' with {steps:,} steps: {error}") from None
        return dataclasses.replace(self, seeds=seeds, variants=variants)

    def trainings(self) -> Iterator[Training]:
        """All of them, the first seed of every variant first: what is there early is balanced."""
        for seed in range(self.seeds):
            for variant in self.variants:
                config = dataclasses.replace(variant.config, seed=seed)
                yield Training(variant.name, self.world, self.contract_file, config)


def check_free(values: Mapping[str, Any]) -> None:
    """Raise ConfigError for a hyperparameter that the study sets itself."""
    for name in values:
        if name in SET_BY_STUDY:
            raise ConfigError(
                f"{name}: is set by the study. Say 'seeds' and 'steps'; the rest cannot be chosen."
            )


def make_variant(name: str, values: Mapping[str, Any], held: DdpgConfig) -> Variant:
    """The variant that differs from ``held`` by ``values``.

    Raises:
        ConfigError: A name or value is wrong, or one that the study sets.
    """
    check_free(values)
    config = DdpgConfig.from_dict(values, held)
    return Variant(name, dataclasses.replace(config, log_interval=config.evaluation_interval))
