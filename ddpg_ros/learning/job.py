"""What a run trains on, as it is written down in its folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.presets import preset_for
from ddpg_ros.worlds import Randomisation


@dataclass(frozen=True)
class Job:
    """What a run trains on.

    Args:
        world: The world's name.
        contract_file: The user's contract for it; empty for none.
        randomisation: How far its robot may be from the one modelled.
        options: What else the world is made with, as JSON values by name.
        preset: Name of the hyperparameters that were started from; empty for the world's own.
    """

    world: str
    contract_file: str = ""
    randomisation: Randomisation = field(default_factory=Randomisation)
    options: dict[str, Any] = field(default_factory=dict)
    preset: str = ""

    @property
    def usual(self) -> DdpgConfig:
        """The hyperparameters of that preset."""
        return preset_for(self.world, self.preset)
