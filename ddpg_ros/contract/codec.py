"""Frozen dataclasses to JSON values and back, without loss, naming the culprit when it fails."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import types
import typing
from collections.abc import Mapping
from reprlib import repr as shown
from typing import Any

from ddpg_ros.errors import ContractError


def encode(value: Any) -> Any:
    """Turn a dataclass into JSON values; infinities become the texts ``"inf"`` and ``"-inf"``.

    A class with a ``kind`` is one of several alternatives and is written with that tag.
    """
    if dataclasses.is_dataclass(value):
        fields = {f.name: encode(getattr(value, f.name)) for f in dataclasses.fields(value)}
        kind = getattr(type(value), "kind", None)
        return fields if kind is None else {"kind": kind, **fields}
    if isinstance(value, tuple):
        return [encode(item) for item in value]
    if isinstance(value, float) and math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return value


def decode(cls: type, data: Any, where: str) -> Any:
    """Build ``cls`` from JSON values.

    Args:
        cls: A dataclass, or a root class whose subclasses carry a ``kind``.
        data: What :func:`encode` returned, or what a person wrote in YAML.
        where: How to name this value in an error, ``contract.observation[2]``.

    Raises:
        ContractError: A key is unknown or missing, or a value has the wrong type.
    """
    if not isinstance(data, Mapping):
        raise ContractError(f"{where}: expected a mapping, got {shown(data)}.")
    data = dict(data)
    subclasses: list[type] = cls.__subclasses__()
    kinds = {kind: s for s in subclasses if (kind := getattr(s, "kind", ""))}
    if kinds:
        kind = data.pop("kind", None)
        if not isinstance(kind, str) or kind not in kinds:
            raise ContractError(
                f"{where}.kind: expected one of {', '.join(sorted(kinds))}, got {shown(kind)}."
            )
        cls = kinds[kind]
    fields = {f.name: f for f in dataclasses.fields(cls)}
    unknown = [str(key)[:80] for key in data if key not in fields]
    if unknown:
        raise ContractError(
            f"{where}: unknown key {', '.join(unknown[:8])}. Known here: {', '.join(fields)}."
        )
    required = [name for name, f in fields.items() if _has_no_default(f) and name not in data]
    if required:
        raise ContractError(f"{where}: {', '.join(required)} missing. Add it to the contract.")
    hints = typing.get_type_hints(cls)
    values = {key: _convert(hints[key], value, f"{where}.{key}") for key, value in data.items()}
    try:
        return cls(**values)
    except ContractError as error:
        raise ContractError(f"{where}: {error}") from None


def _has_no_default(field: dataclasses.Field) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _convert(hint: Any, value: Any, where: str) -> Any:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return _convert_union(typing.get_args(hint), value, where)
    if origin is tuple:
        if not isinstance(value, (list, tuple)):
            raise ContractError(f"{where}: expected a list, got {shown(value)}.")
        item = typing.get_args(hint)[0]
        return tuple(_convert(item, v, f"{where}[{i}]") for i, v in enumerate(value))
    if isinstance(hint, type) and hint not in (int, float, str):
        return decode(hint, value, where)
    if hint is float:
        return _convert_float(value, where)
    if hint is int and isinstance(value, int) and not isinstance(value, bool):
        return value
    if hint is str and isinstance(value, str):
        return value
    expected = {int: "a whole number", str: "a text"}.get(hint, str(hint))
    raise ContractError(f"{where}: expected {expected}, got {shown(value)}.")


def _convert_union(hints: tuple[Any, ...], value: Any, where: str) -> Any:
    """A union is ``T | None``, or ``tuple | float`` where one number may stand for all."""
    if value is None and type(None) in hints:
        return None
    tuples = [hint for hint in hints if typing.get_origin(hint) is tuple]
    if tuples and isinstance(value, (list, tuple)):
        return _convert(tuples[0], value, where)
    rest = [hint for hint in hints if hint is not type(None) and hint not in tuples]
    return _convert(rest[0], value, where)


def _convert_float(value: Any, where: str) -> float:
    """A number, or its text: JSON has no infinities, and YAML 1.1 reads ``1e-3`` as a text."""
    if isinstance(value, (int, float, str)) and not isinstance(value, bool):
        with contextlib.suppress(ValueError, OverflowError):
            number = float(value)
            if not math.isnan(number):
                return number
    raise ContractError(f"{where}: expected a number, got {shown(value)}.")
