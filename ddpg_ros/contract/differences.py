"""Where two contracts part, for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ddpg_ros.contract.contract import Contract

_SHOWN = 4
_LONGEST = 60
"""Characters of a value that are shown."""


def differences(expected: Contract, got: Contract) -> str:
    """Where ``got`` is not as expected, such as ``period is 0.1 instead of 0.02``."""
    found = list(_parted("", expected.to_dict(), got.to_dict()))
    more = [f"and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    return "; ".join(found[:_SHOWN] + more)


def _parted(place: str, expected: Any, got: Any) -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(got, dict):
        for key in dict.fromkeys((*expected, *got)):
            path = f"{place}.{key}" if place else key
            yield from _parted(path, expected.get(key), got.get(key))
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        for index, pair in enumerate(zip(expected, got, strict=True)):
            yield from _parted(f"{place}[{index}]", *pair)
    elif expected != got:
        yield f"{place} is {_said(got)} instead of {_said(expected)}"


def _said(value: Any) -> str:
    if isinstance(value, list):
        return "1 entry" if len(value) == 1 else f"{len(value)} entries"
    text = json.dumps(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
