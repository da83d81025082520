"""Message types by name: their classes, and their definitions as text."""

from __future__ import annotations

import importlib
import os
import re
import sys
from pathlib import Path
from typing import Any

from ddpg_ros.errors import RecordingError

_FIELD = re.compile(r"^[ \t]*([A-Za-z]\w*(?:/\w+)*)", re.MULTILINE)
_COMMENT = re.compile(r"#.*")
_PRIMITIVE = re.compile(r"bool|byte|char|w?string|u?int(8|16|32|64)|float(32|64)")
_SEPARATOR = "=" * 80


def message_class(kind: str) -> Any:
    """The class of ``package/msg/Name``.

    Raises:
        RecordingError: This Python has none.
    """
    package, name = _parts(kind)
    try:
        return getattr(importlib.import_module(f"{package}.msg"), name)
    except (ImportError, AttributeError):
        raise RecordingError(
            f"{kind} is not known here. Source the workspace that defines it."
        ) from None


def message_definition(kind: str) -> str:
    """``package/msg/Name`` and all it is made of, as a schema of the encoding ``ros2msg``.

    Raises:
        RecordingError: There is no ``.msg`` file for some part of it.
    """
    texts: dict[str, str] = {}
    waiting = [_parts(kind)]
    while waiting:
        package, name = waiting.pop()
        if f"{package}/{name}" not in texts:
            text = texts[f"{package}/{name}"] = _file(package, name).read_text()
            waiting += _parts_of(text, package)
    own, *others = texts.items()
    return "\n".join([own[1], *(f"{_SEPARATOR}\nMSG: {n}\n{text}" for n, text in others)])


def _parts(kind: str) -> tuple[str, str]:
    package, _, name = kind.rpartition("/")
    return package.partition("/")[0], name


def _parts_of(text: str, package: str) -> list[tuple[str, str]]:
    """What a definition in ``package`` is made of, primitive types aside."""
    kinds = (match[1] for match in _FIELD.finditer(_COMMENT.sub("", text)))
    return [
        _parts(kind if "/" in kind else f"{package}/{kind}")
        for kind in kinds
        if not _PRIMITIVE.fullmatch(kind)
    ]


def _file(package: str, name: str) -> Path:
    """The ``.msg`` file: of a sourced workspace, else of the wheels."""
    prefixes = [*os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep), sys.prefix]
    for prefix in filter(None, prefixes):
        path = Path(prefix, "share", package, "msg", f"{name}.msg")
        if path.is_file():
            return path
    raise RecordingError(
        f"{package}/msg/{name} has no definition here: share/{package}/msg/{name}.msg lies in none "
        f"of {', '.join(filter(None, prefixes))}. Source the workspace that defines it."
    )
