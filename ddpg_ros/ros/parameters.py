"""ROS parameters, declared from a frozen dataclass and read back into one."""

from __future__ import annotations

import dataclasses
import difflib
import os
from collections.abc import Callable
from pathlib import Path
from reprlib import repr as shown
from typing import Any, TypeVar

from rcl_interfaces.msg import (
    FloatingPointRange,
    IntegerRange,
    ParameterDescriptor,
    ParameterType,
    SetParametersResult,
)
from rclpy.exceptions import ParameterException
from rclpy.node import Node
from rclpy.parameter import Parameter

from ddpg_ros.errors import ConfigError

T = TypeVar("T")

_TYPES = {
    "bool": ParameterType.PARAMETER_BOOL,
    "int": ParameterType.PARAMETER_INTEGER,
    "float": ParameterType.PARAMETER_DOUBLE,
    "str": ParameterType.PARAMETER_STRING,
    "tuple[int, ...]": ParameterType.PARAMETER_INTEGER_ARRAY,
    "tuple[float, ...]": ParameterType.PARAMETER_DOUBLE_ARRAY,
    "tuple[str, ...]": ParameterType.PARAMETER_STRING_ARRAY,
}
"""By the annotation of the field, which a dataclass keeps as text."""

_WORDS = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number with a point, as in 2.0,",
    "str": "a text",
    "tuple[int, ...]": "a list of whole numbers",
    "tuple[float, ...]": "a list of numbers with a point",
    "tuple[str, ...]": "a list of texts",
}
_LARGEST_INTEGER = 2**63 - 1
_LARGEST_DOUBLE = 1.7976931348623157e308


def file_to_write(name: str, path: str) -> Path:
    """The path in parameter ``name``, where a file will be written at the end.

    Raises:
        ConfigError: It could not be.
    """
    try:
        file = Path(path).expanduser()
    except RuntimeError as error:
        raise ConfigError(f"parameter {name} is {path}: {error}") from None
    if file.is_dir():
        raise ConfigError(f"parameter {name} is {file}, a folder. Name a file in it.")
    touched = [file.parent, file] if file.exists() else [file.parent]
    if not file.parent.is_dir() or not all(os.access(path, os.W_OK) for path in touched):
        raise ConfigError(
            f"parameter {name} is {file}, which cannot be written to. Name a file of yours, in a "
            "folder that is there."
        )
    return file


def declare(
    node: Node,
    defaults: T,
    prefix: str = "",
    changed: Callable[[T, set[str]], None] | None = None,
) -> T:
    """Declare every field of ``defaults`` on ``node`` and return what was set.

    Args:
        node: Where the parameters live.
        defaults: A frozen dataclass of knobs.
        prefix: What the names begin with, ``faults.``.
        changed: Called with the new values, and the names of the fields that were set, when
            somebody sets some while the node runs; refuses them by raising ConfigError. None: the
            parameters are read-only, but for those whose knob is dynamic.

    Raises:
        ConfigError: A value has another type, is out of its range or none of the choices.
    """
    values = {}
    for field in dataclasses.fields(defaults):  # type: ignore[arg-type]
        read_only = changed is None and not field.metadata["dynamic"]
        name, default = prefix + field.name, _default(field, getattr(defaults, field.name))
        try:
            value = node.declare_parameter(name, default, _descriptor(field, read_only)).value
        except ParameterException:
            got = node._parameter_overrides[name].value
            raise ConfigError(
                f"parameter {name}: expected {_wanted(field)}, got {shown(got)}."
            ) from None
        _check_choice(field, value)
        is_list = str(field.type).startswith("tuple")
        values[field.name] = tuple(value or ()) if is_list else value
    present: T = dataclasses.replace(defaults, **values)  # type: ignore[type-var]
    if changed is not None:
        _follow(node, present, prefix, changed)
    return present


def _follow(node: Node, present: T, prefix: str, changed: Callable[[T, set[str]], None]) -> None:
    """Call ``changed`` when parameters are set; rclpy has checked types and ranges by then."""

    def on_set(parameters: list[Parameter]) -> SetParametersResult:
        nonlocal present
        ours = [p for p in parameters if p.name.startswith(prefix)]
        values = {p.name.removeprefix(prefix): p.value for p in ours}
        if values:
            wanted: T = dataclasses.replace(present, **values)  # type: ignore[type-var]
            try:
                changed(wanted, set(values))
            except ConfigError as error:
                return SetParametersResult(successful=False, reason=str(error))
            present = wanted
        return SetParametersResult(successful=True)

    node.add_on_set_parameters_callback(on_set)


def _default(field: dataclasses.Field[Any], value: Any) -> Any:
    """As rclpy wants it: an empty list would be taken for bytes."""
    if isinstance(value, tuple):
        return list(value) or Parameter.Type(_TYPES[str(field.type)])
    return value


def _check_choice(field: dataclasses.Field[Any], value: Any) -> None:
    choices = field.metadata["choices"]
    if choices and value not in choices:
        raise ConfigError(
            f"parameter {field.name}: expected one of {', '.join(choices)}, got '{value}'."
        )


def _descriptor(field: dataclasses.Field[Any], read_only: bool) -> ParameterDescriptor:
    meta, kind = field.metadata, _TYPES[str(field.type)]
    descriptor = ParameterDescriptor(
        type=kind, description=meta["description"], read_only=read_only
    )
    if meta["choices"]:
        descriptor.additional_constraints = f"one of {', '.join(meta['choices'])}"
    low, high = meta["low"], meta["high"]
    if kind == ParameterType.PARAMETER_INTEGER and low is not None:
        top = _LARGEST_INTEGER if high is None else int(high)
        descriptor.integer_range = [IntegerRange(from_value=int(low), to_value=top, step=1)]
    if kind == ParameterType.PARAMETER_DOUBLE and low is not None:
        upper = _LARGEST_DOUBLE if high is None else float(high)
        descriptor.floating_point_range = [
            FloatingPointRange(from_value=float(low), to_value=upper, step=0.0)
        ]
    return descriptor


def _wanted(field: dataclasses.Field[Any]) -> str:
    low, high = field.metadata["low"], field.metadata["high"]
    least = "" if low is None else f" of at least {low:g}"
    most = "" if high is None else f" and at most {high:g}"
    return _WORDS[str(field.type)] + least + most


def is_given(node: Node, name: str) -> bool:
    """Whether the parameter was set from outside, by a file or on the command line."""
    return name in getattr(node, "_parameter_overrides", {})


def check_overrides(node: Node) -> None:
    """Raise ConfigError for a parameter that was given but that the node does not have."""
    given = getattr(node, "_parameter_overrides", {})
    unknown = [n for n in given if not node.has_parameter(n) and not n.startswith("qos_overrides")]
    if unknown:
        known = sorted(n for n in node._parameters if not n.startswith("qos_overrides"))
        close = difflib.get_close_matches(unknown[0], known, n=1)
        meant = f" (did you mean {close[0]}?)" if close else ""
        raise ConfigError(
            f"no parameter is called {', '.join(unknown)}{meant}. Known: {', '.join(known)}."
        )
