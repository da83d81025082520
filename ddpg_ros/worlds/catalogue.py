"""Worlds by name."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from functools import partial
from pathlib import Path

from ddpg_ros.contract import Contract
from ddpg_ros.contract.yaml_file import load_contract
from ddpg_ros.errors import WorldError
from ddpg_ros.worlds.arm import ArmWorld
from ddpg_ros.worlds.balancer import BalancerWorld
from ddpg_ros.worlds.disturbed import DisturbedWorld
from ddpg_ros.worlds.gym_world import GymWorld
from ddpg_ros.worlds.own_world import make_own_world, own_world
from ddpg_ros.worlds.pendulum import PendulumWorld
from ddpg_ros.worlds.randomisation import Randomisation
from ddpg_ros.worlds.rover import LEVELS, RoverWorld
from ddpg_ros.worlds.world import World

WORLDS: dict[str, Callable[[], World]] = {
    "arm": ArmWorld,
    "balancer": BalancerWorld,
    "pendulum": PendulumWorld,
    **{name: partial(RoverWorld, level) for name, level in LEVELS.items()},
}
"""The package's own worlds; every other name is a user's class or a Gymnasium id."""

ROS = "ros"
"""Name of the robot on the ROS graph, which is no simulation of this process."""


def make_world(
    name: str,
    contract_file: str | Path = "",
    render: bool = False,
    contract: Contract | None = None,
    randomisation: Randomisation | None = None,
) -> World:
    """Build a world.

    Args:
        name: A key of :data:`WORLDS`, a user's ``module:Class`` derived from :class:`World`, or a
            Gymnasium id such as ``HalfCheetah-v5``.
        contract_file: YAML contract of the user's for a Gymnasium environment; empty for none.
        render: Whether pictures will be asked for.
        contract: The same as a value, for who has no file.
        randomisation: How far its robot may be from the one modelled; None: not at all.

    Raises:
        WorldError: There is no such world, or it does not fit the contract or the randomisation.
    """
    world = _make(name, contract_file, render, contract)
    if randomisation is None or not randomisation.changed():
        return world
    return DisturbedWorld(world, randomisation)


def _make(name: str, contract_file: str | Path, render: bool, contract: Contract | None) -> World:
    if name == ROS:
        raise WorldError(
            "world 'ros': is the robot on the ROS graph, which can be trained on with 'ddpg-ros "
            "train ros' and flown with 'ddpg-ros controller'. Name a simulated world here."
        )
    own = None if name in WORLDS else own_world(name)
    if name not in WORLDS and own is None:
        if contract_file:
            contract = load_contract(contract_file)
        return _environment(name, contract, render)
    if contract_file:
        raise WorldError(
            f"world '{name}': brings its own contract; leave out the contract file {contract_file}."
        )
    return WORLDS[name]() if own is None else make_own_world(name, own)


def _environment(name: str, contract: Contract | None, render: bool) -> World:
    try:
        return GymWorld(name, contract, render)
    except WorldError as error:
        if "-v" in name:
            raise
        close = difflib.get_close_matches(name, WORLDS, n=1)
        own = f"Or the package's own {close[0]}?" if close else f"Its own: {', '.join(WORLDS)}."
        if name.endswith((".urdf", ".xml")):
            own = "A model becomes a world by a page of Python: docs/your_robot.md."
        raise WorldError(f"{error} {own}") from None
