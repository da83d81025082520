"""The smallest world there is, and short trainings in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from ddpg_ros.contract import Reading, generic_contract
from ddpg_ros.contract.generic import OBSERVATION_TOPIC
from ddpg_ros.contract.readings import float64_multi_array
from ddpg_ros.learning.agents import Agents, Episode
from ddpg_ros.learning.checkpoint import read_checkpoint
from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.loop import Trainer
from ddpg_ros.learning.replay import Batch
from ddpg_ros.learning.reporting import Reporter
from ddpg_ros.learning.run_folder import RunFolder
from ddpg_ros.learning.stop_request import StopRequest
from ddpg_ros.worlds import PeriodEnd, World

QUICK = DdpgConfig(
    total_steps=420,
    warmup_steps=60,
    hidden_sizes=(8, 8),
    batch_size=16,
    evaluation_interval=120,
    evaluation_episodes=2,
    final_episodes=3,
    log_interval=50,
    checkpoint_seconds=1e6,
)
"""A training of half a second."""


class PointWorld(World):
    """A point whose speed is set, to be brought to 0. Beyond 1.2 it is lost; 20 periods at most."""

    def __init__(self) -> None:
        super().__init__(generic_contract("point", [-2.0], [2.0], [-1.0], [1.0], period=0.2))

    def readings(self) -> dict[str, Reading]:
        return {OBSERVATION_TOPIC: float64_multi_array([self._x])}

    def _restart(self, seed: int | None) -> dict[str, Any]:
        self._x, self._periods = self.np_random.uniform(-1.0, 1.0), 0
        return {}

    def _advance(self, command: Any) -> PeriodEnd:
        self._x += self.contract.period * float(command[0])
        self._periods += 1
        lost, late = abs(self._x) > 1.2, self._periods == 20
        info = {"outcome": "lost" if lost else "time_limit"} if lost or late else {}
        return PeriodEnd(-(self._x**2), lost, late and not lost, info)


class StopAfter(StopRequest):
    """Asks for the end the n-th time the loop or an evaluation looks."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.looks_left = looks

    def requested(self) -> bool:
        self.looks_left -= 1
        return self.looks_left <= 0


class PowerLossError(Exception):
    """The machine stops where it stands."""


class PowerLoss(StopAfter):
    """Fails the n-th time the loop or an evaluation looks."""

    def requested(self) -> bool:
        if super().requested():
            raise PowerLossError
        return False


def quick(**changes: Any) -> DdpgConfig:
    return dataclasses.replace(QUICK, **changes)


def trainer(
    path: Path,
    config: DdpgConfig = QUICK,
    world: Callable[[], World] = PointWorld,
    request: StopRequest | None = None,
    reporter: Reporter | None = None,
) -> Trainer:
    """A trainer that goes on from what lies in ``path``."""
    made = Trainer(RunFolder(path), config, world, reporter or Reporter(), request or StopRequest())
    made.restore()
    return made


def step(agents: Agents, actions: np.ndarray) -> tuple[Batch, list[Episode]]:
    """Act once in every agent's world; what was lived through, and the episodes that ended."""
    agents.act(actions)
    for agent in range(len(actions)):
        agents.step(agent)
    return agents.lived()


def checkpoint(path: Path) -> dict[str, Any]:
    state = read_checkpoint(RunFolder(path).checkpoint, PointWorld().contract)
    assert state is not None
    return state


def remembered(path: Path) -> Batch:
    """What the checkpoint in ``path`` remembers of the point's life, the oldest first."""
    s, a, r, next_s, terminated = checkpoint(path)["replay"]["rows"].split(1, 1)
    return Batch(s, a, r[:, 0], next_s, terminated[:, 0])


def leaves(state: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value in a checkpoint by its path, tensors as their bytes."""
    if isinstance(state, dict | list | tuple):
        items = state.items() if isinstance(state, dict) else enumerate(state)
        for key, value in items:
            yield from leaves(value, f"{path}/{key}")
    elif isinstance(state, Tensor):
        yield path, (state.dtype, tuple(state.shape), state.numpy().tobytes())
    else:
        yield path, state
