"""A dataclass field that carries its own description and range.

Hyperparameters, ROS parameters, launch arguments and the tables in the docs are all made of these.
"""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
from collections.abc import Iterable
from typing import Any

from ddpg_ros.errors import ConfigError

_KINDS = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}


def knob(
    default: Any,
    description: str,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    dynamic: bool = False,
) -> Any:
    """A field of a frozen dataclass.

    Args:
        default: Its value unless another is given.
        description: Meaning, unit and effect, a sentence.
        low: Smallest value allowed; None for no limit.
        high: Largest value allowed; None for no limit.
        choices: The values allowed, for a string.
        dynamic: Whether a ROS parameter of it may change while its node runs.
    """
    metadata = {
        "description": description,
        "low": low,
        "high": high,
        "choices": choices,
        "dynamic": dynamic,
    }
    return dataclasses.field(default=default, metadata=metadata)


def check_names(kind: type, names: Iterable[Any], what: str) -> None:
    """Raise ConfigError for a name that is none of ``kind``'s fields.

    Args:
        kind: A dataclass of knobs.
        names: What was given.
        what: What its fields are called, for people.
    """
    known = [field.name for field in dataclasses.fields(kind)]
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(str(name), known, n=1)
            hint = f" Did you mean {close[0]}?" if close else ""
            raise ConfigError(f"no {what} is called '{name}'.{hint} Known: {', '.join(known)}.")


def settle_knobs(instance: Any) -> None:
    """Give every knob of a frozen dataclass the type it says, and check it.

    Numbers become floats and lists tuples where those are meant; a tuple is one of whole numbers.

    Raises:
        ConfigError: A value has the wrong type or range.
    """
    for field in dataclasses.fields(instance):
        value = getattr(instance, field.name)
        if isinstance(field.default, float):
            value = _as_float(value)
        if isinstance(value, list):
            value = tuple(value)
        object.__setattr__(instance, field.name, value)
        _check(field, value)


def _as_float(value: Any) -> Any:
    """``value`` as a float where it is one; YAML 1.1 reads ``1e-3`` as a text."""
    if isinstance(value, (int, str)) and not isinstance(value, bool):
        with contextlib.suppress(ValueError, OverflowError):
            return float(value)
    return value


def _check(field: dataclasses.Field[Any], value: Any) -> None:
    several = isinstance(field.default, tuple)
    if several and not isinstance(value, tuple):
        raise ConfigError(f"{field.name}: expected a list of whole numbers, got {value!r}.")
    kind = int if several else type(field.default)
    for item in value if several else (value,):
        if not isinstance(item, kind) or (kind is not bool and isinstance(item, bool)):
            raise ConfigError(f"{field.name}: expected {_KINDS[kind]}, got {item!r}.")
        _check_range(field, item)


def _check_range(field: dataclasses.Field[Any], value: Any) -> None:
    """Raise ConfigError if ``value`` is outside the range of a knob, or none of its choices."""
    low, high, choices = (field.metadata[key] for key in ("low", "high", "choices"))
    if choices and value not in choices:
        raise ConfigError(f"{field.name}: expected one of {', '.join(choices)}, got '{value}'.")
    too_low = low is not None and not value >= low
    too_high = high is not None and not value <= high
    if too_low or too_high:
        bounds = f"at least {low}" if high is None else f"in [{low}, {high}]"
        raise ConfigError(f"{field.name}: expected {bounds}, got {value}.")
