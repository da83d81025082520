"""A user's world, a class named as ``module:Class``."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import ModuleType

import gymnasium

from ddpg_ros.errors import ConfigError, DdpgRosError, WorldError
from ddpg_ros.plugin import load_module, told
from ddpg_ros.worlds.world import World

_TO_PROVIDE = {"_restart": ("seed",), "_advance": ("command",), "readings": ()}
"""Methods, and what each takes."""


def own_world(name: str) -> Callable[[], World] | None:
    """The class ``module:Class``; None where the name can only be a Gymnasium id.

    Raises:
        WorldError: There is no such module or world in it, or the world lacks a method.
    """
    module_name, colon, attribute = name.partition(":")
    if not (module_name and colon and attribute.isidentifier()):
        return None
    try:
        module = load_module(module_name)
    except ConfigError as error:
        raise WorldError(f"world '{name}': {error}") from error
    found = getattr(module, attribute, None)
    if not (isinstance(found, type) and issubclass(found, World)):
        if any(spec.name == attribute for spec in gymnasium.registry.values()):
            return None
        raise WorldError(
            f"world '{name}': module '{module_name}' has no class '{attribute}' derived from "
            f"ddpg_ros.worlds.World, and registers no such environment. {_listed(module)}"
        )
    _check_methods(name, found)
    own: Callable[[], World] = found
    return own


def make_own_world(name: str, kind: Callable[[], World]) -> World:
    """One of the user's worlds; its constructor takes nothing.

    Raises:
        WorldError: The constructor fails.
    """
    try:
        world = kind()
    except DdpgRosError:
        raise
    except Exception as error:  # whatever the user's constructor raises
        raise WorldError(
            f"world '{name}': cannot be made ({told(error)}). It is made without arguments."
        ) from error
    if not hasattr(world, "contract"):
        raise WorldError(f"world '{name}': its __init__ does not call super().__init__(...).")
    return world


def _check_methods(name: str, kind: type[World]) -> None:
    lacks = [method for method in _TO_PROVIDE if getattr(kind, method) is getattr(World, method)]
    if lacks:
        raise WorldError(f"world '{name}': the class lacks the methods {', '.join(lacks)}.")
    for method, arguments in _TO_PROVIDE.items():
        given = inspect.signature(getattr(kind, method))
        try:
            given.bind("self", *arguments)
        except TypeError:
            wanted = ", ".join(("self", *arguments))
            raise WorldError(
                f"world '{name}': its method {method} takes {given}; expected ({wanted})."
            ) from None


def _listed(module: ModuleType) -> str:
    """The worlds of a module, a sentence."""
    kinds = [value for value in vars(module).values() if isinstance(value, type)]
    own = [
        kind.__name__
        for kind in kinds
        if issubclass(kind, World) and kind.__module__ == module.__name__
    ]
    return f"Its worlds: {', '.join(own) or 'none'}."
