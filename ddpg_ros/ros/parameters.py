"""ROS parameters, declared from a frozen dataclass and read back into one."""

from __future__ import annotations

import dataclasses
from reprlib import repr as shown
from typing import Any, TypeVar

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor, ParameterType
from rclpy.exceptions import ParameterException
from rclpy.node import Node

from ddpg_ros.errors import ConfigError

T = TypeVar("T")

_TYPES = {
    bool: ParameterType.PARAMETER_BOOL,
    int: ParameterType.PARAMETER_INTEGER,
    float: ParameterType.PARAMETER_DOUBLE,
    str: ParameterType.PARAMETER_STRING,
    tuple: ParameterType.PARAMETER_INTEGER_ARRAY,
}
_WORDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number with a point, as in 2.0,",
    str: "a text",
    tuple: "a list of whole numbers",
}
_LARGEST_INTEGER = 2**63 - 1
_LARGEST_DOUBLE = 1.7976931348623157e308


def declare(node: Node, defaults: T) -> T:
    """Declare every field of ``defaults`` on ``node``, read-only, and return what was set.

    Args:
        node: Where the parameters live.
        defaults: A frozen dataclass whose fields carry ``description``, ``low``, ``high`` and
            ``choices`` as metadata.

    Raises:
        ConfigError: A parameter was given a value of another type, or out of its range.
    """
    values = {}
    for field in dataclasses.fields(defaults):  # type: ignore[arg-type]
        default = getattr(defaults, field.name)
        declared = list(default) if isinstance(default, tuple) else default
        try:
            values[field.name] = node.declare_parameter(
                field.name, declared, _descriptor(field, type(default))
            ).value
        except ParameterException:
            got = node._parameter_overrides[field.name].value
            raise ConfigError(
                f"parameter {field.name}: expected {_wanted(field, type(default))}, "
                f"got {shown(got)}."
            ) from None
    return dataclasses.replace(defaults, **values)  # type: ignore[type-var]


def _descriptor(field: dataclasses.Field[Any], kind: type) -> ParameterDescriptor:
    meta = field.metadata
    descriptor = ParameterDescriptor(
        type=_TYPES[kind], description=meta["description"], read_only=True
    )
    if meta["choices"]:
        descriptor.additional_constraints = f"one of {', '.join(meta['choices'])}"
    low, high = meta["low"], meta["high"]
    if kind is int and low is not None:
        top = _LARGEST_INTEGER if high is None else int(high)
        descriptor.integer_range = [IntegerRange(from_value=int(low), to_value=top, step=1)]
    if kind is float and low is not None:
        upper = _LARGEST_DOUBLE if high is None else float(high)
        descriptor.floating_point_range = [
            FloatingPointRange(from_value=float(low), to_value=upper, step=0.0)
        ]
    return descriptor


def _wanted(field: dataclasses.Field[Any], kind: type) -> str:
    low, high = field.metadata["low"], field.metadata["high"]
    least = "" if low is None else f" of at least {low:g}"
    most = "" if high is None else f" and at most {high:g}"
    return _WORDS[kind] + least + most


def is_given(node: Node, name: str) -> bool:
    """Whether the parameter was set from outside, by a file or on the command line."""
    return name in getattr(node, "_parameter_overrides", {})


def check_overrides(node: Node) -> None:
    """Raise ConfigError for a parameter that was given but that the node does not have."""
    given = getattr(node, "_parameter_overrides", {})
    unknown = [n for n in given if not node.has_parameter(n) and not n.startswith("qos_overrides")]
    if unknown:
        known = sorted(n for n in node._parameters if not n.startswith("qos_overrides"))
        raise ConfigError(
            f"no parameter is called {', '.join(unknown)}. Known: {', '.join(known)}."
        )
