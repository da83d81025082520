"""Worlds by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from ddpg_ros.contract import Contract
from ddpg_ros.contract.yaml_file import load_contract
from ddpg_ros.errors import WorldError
from ddpg_ros.worlds.gym_world import GymWorld
from ddpg_ros.worlds.pendulum import PendulumWorld
from ddpg_ros.worlds.rover import LEVELS, RoverWorld
from ddpg_ros.worlds.world import World

WORLDS: dict[str, Callable[[], World]] = {
    "pendulum": PendulumWorld,
    **{name: partial(RoverWorld, level) for name, level in LEVELS.items()},
}
"""The package's own worlds; every other name is a Gymnasium id."""


def make_world(
    name: str,
    contract_file: str | Path = "",
    render: bool = False,
    contract: Contract | None = None,
) -> World:
    """Build a world.

    Args:
        name: A key of :data:`WORLDS`, or a Gymnasium id such as ``HalfCheetah-v5``.
        contract_file: YAML contract of the user's for a Gymnasium environment; empty for none.
        render: Whether pictures will be asked for.
        contract: The same as a value, for who has no file.

    Raises:
        WorldError: There is no such world, or it does not fit the contract.
    """
    if name not in WORLDS:
        if contract_file:
            contract = load_contract(contract_file)
        return GymWorld(name, contract, render)
    if contract_file:
        raise WorldError(
            f"world '{name}': brings its own contract; leave out the contract file {contract_file}."
        )
    return WORLDS[name]()
