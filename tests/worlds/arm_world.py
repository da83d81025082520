"""A world of one joint that counts its substeps."""

from __future__ import annotations

from typing import Any

import numpy as np

from ddpg_ros.contract import (
    ActionElement,
    Command,
    Contract,
    ObservationTerm,
    Reading,
    Source,
)
from ddpg_ros.contract.readings import (
    FLOAT64_MULTI_ARRAY,
    JOINT_STATE,
    PREVIOUS_COMMAND,
    joint_state,
)
from ddpg_ros.worlds import PeriodEnd, World

ARM = (
    ActionElement("slow", "N m", -1.0, 1.0, safe=0.25, slew_limit=2.0),
    ActionElement("quick", "N m", -3.0, 2.0),
)
CONTRACT = Contract(
    name="arm",
    period=0.1,
    observation=(
        ObservationTerm(
            "age",
            (Source("joint_states", JOINT_STATE, "position", ("age",), max_age=0.25),),
            low=0.0,
            high=99.0,
        ),
        ObservationTerm(
            "before", (Source("", PREVIOUS_COMMAND, "command", ("slow", "quick")),), low=-3, high=3
        ),
    ),
    commands=(Command("commands", FLOAT64_MULTI_ARRAY, ARM),),
    history=2,
)


class Arm(World):
    """Its one joint counts substeps, its reward is their number; over after ``life`` of them."""

    def __init__(self, life: int = 10**6, names: tuple[str, ...] = ("age",)) -> None:
        super().__init__(CONTRACT, substeps=4)
        self.life, self.names, self.age, self.silent = life, names, 0.0, False
        self.applied: list[np.ndarray] = []

    def readings(self) -> dict[str, Reading]:
        if self.silent:
            return {}
        return {"joint_states": joint_state(self.names, position=[self.age] * len(self.names))}

    def _restart(self, seed: int | None) -> dict[str, Any]:
        self.age, self.applied = 0.0, []
        return {"born": seed}

    def _advance(self, command: np.ndarray) -> PeriodEnd:
        self.applied.append(command.copy())
        self.age += 1
        return PeriodEnd(self.age, self.age >= self.life, False, {"outcome": "old"})


def act(world: World, slow: float = 0.0, quick: float = 0.0) -> tuple[Any, ...]:
    """Step with a command of two elements."""
    return world.step(np.array([slow, quick]))
