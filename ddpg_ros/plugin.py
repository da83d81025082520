"""What a user wrote and named: modules, and objects in them as ``module:name``."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

from ddpg_ros.errors import ConfigError, one_line

_PACKAGE = Path(__file__).parent
_STANDARD_LIBRARY = Path(os.__file__).parent


def see_working_directory() -> None:
    """Have modules be looked for in the working directory too, after everywhere else."""
    if "" not in sys.path and os.getcwd() not in sys.path:
        sys.path.append(os.getcwd())


def load_module(name: str) -> ModuleType:
    """The user's module.

    Raises:
        ConfigError: There is none of that name, or it fails when it is imported.
    """
    see_working_directory()
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(error.name + ".")):
            advice = "Start where its file lies, or set PYTHONPATH."
            if name.endswith(".py"):
                advice = f"A module's name has no .py: {name.removesuffix('.py')}."
            raise ConfigError(
                f"no module is called '{name}' in {os.getcwd()} or where Python looks. {advice}"
            ) from None
        raise ConfigError(f"module '{name}' cannot be imported ({error}).") from error
    except Exception as error:  # whatever a module of the user's does when it is imported
        raise ConfigError(f"module '{name}' cannot be imported ({told(error)}).") from error


def load_object(name: str) -> Any:
    """What is called ``module:name``.

    Raises:
        ConfigError: The name has another form, or there is no such module or object.
    """
    module_name, colon, attribute = name.partition(":")
    if not (module_name and colon and attribute.isidentifier()):
        raise ConfigError(f"expected module:name, as my_file:my_function, got '{name}'.")
    module = load_module(module_name)
    try:
        return getattr(module, attribute)
    except AttributeError:
        own = [
            known
            for known, value in vars(module).items()
            if getattr(value, "__module__", "") == module_name and not known.startswith("_")
        ]
        has = f" It has: {', '.join(own[:20])}." if own else ""
        raise ConfigError(f"module '{module_name}' has no '{attribute}'.{has}") from None


def told(error: Exception) -> str:
    """What was raised, and where in the user's code if it was there."""
    said = f"{type(error).__name__}: {one_line(error)}"
    where = _place_in_users_code(error)
    return f"{said}, in {where}" if where else said


def fault_in_users_code(error: Exception) -> str:
    """What went wrong and where, a sentence, if it was in a file of the user's; empty elsewhere.

    What a library raises is the fault of whoever called it.
    """
    return told(error) if _place_in_users_code(error) else ""


def _place_in_users_code(error: Exception) -> str:
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(_PACKAGE):
            return ""
        installed = not {"site-packages", "dist-packages"}.isdisjoint(path.parts)
        if path.is_file() and not installed and not path.is_relative_to(_STANDARD_LIBRARY):
            return f"{path}, line {frame.lineno}: {frame.line}"
    return ""
