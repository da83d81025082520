"""Episodes flown once more, with everything that happened in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ddpg_ros.learning.evaluation import Policy
from ddpg_ros.worlds import World

_MOST_STEPS = 20_000
"""No further episode is begun once so many steps have been flown."""

Stopped = Callable[[], bool]
"""Asked every step whether to give up."""


class GivenUp(Exception):
    """Someone asked to stop."""


@dataclass(frozen=True)
class Flight:
    """An episode.

    Args:
        seed: What its world was reset with.
        observations: Before each step and after the last, ``(steps + 1, n)``.
        commands: What the policy chose, ``(steps, m)`` in SI units.
        rewards: Of each step, ``(steps,)``.
        terminated: Whether it ended by itself, so that nothing follows.
        outcome: How it ended.
    """

    seed: int
    observations: np.ndarray
    commands: np.ndarray
    rewards: np.ndarray
    terminated: bool
    outcome: str


def fly_all(policy: Policy, world: World, seeds: Iterable[int], stopped: Stopped) -> list[Flight]:
    """Fly episodes of ``seeds``, the first at least; fewer where they are long."""
    flights: list[Flight] = []
    for seed in seeds:
        flights.append(fly(policy, world, seed, stopped))
        if sum(len(flight.rewards) for flight in flights) >= _MOST_STEPS:
            break
    return flights


def fly(
    policy: Policy,
    world: World,
    seed: int,
    stopped: Stopped,
    watch: Callable[[int], None] = lambda step: None,
) -> Flight:
    """Fly the episode of ``seed``.

    Args:
        policy: Chooses the commands.
        world: Where.
        seed: The episode's.
        stopped: Asked every step whether to give up.
        watch: Called with the number of steps flown, before the first and after each.

    Raises:
        GivenUp: ``stopped`` said so.
    """
    observation, _ = world.reset(seed=seed)
    observations, commands, rewards = [observation.copy()], [], []
    terminated = truncated = False
    info: dict[str, Any] = {}
    watch(0)
    while not (terminated or truncated):
        if stopped():
            raise GivenUp
        command = policy(observation)
        observation, reward, terminated, truncated, info = world.step(command)
        observations.append(observation.copy())
        commands.append(np.array(command))
        rewards.append(reward)
        watch(len(rewards))
    return Flight(
        seed,
        np.stack(observations),
        np.stack(commands),
        np.array(rewards, dtype=np.float64),
        terminated,
        str(info.get("outcome", "")),
    )
