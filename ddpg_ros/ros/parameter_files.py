"""Parameter files, read before ROS reads them, which passes over what it does not understand.

To ROS a file for another node, an empty one, and one that says the same thing twice are all right:
the node then runs with other settings than those somebody wrote down for it.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import Path

import yaml

from ddpg_ros.errors import ConfigError, one_line, reason_of

_MAX_BYTES = 2**15
"""Some hundred parameters with comments; the limit keeps reading below half a second."""
_MOST_OPEN = 500
"""Brackets that may be open at once; PyYAML's time grows with the square of them."""


def check_parameter_files(name: str, arguments: Sequence[str]) -> None:
    """Check every parameter file on a command line.

    Args:
        name: The node's name, unless the command line gives it another.
        arguments: The command line.

    Raises:
        ConfigError: A file cannot be read, is no parameter file, says something twice, or says
            nothing to this node.
    """
    node = _full_name(name, arguments)
    for flag, path in pairwise(arguments):
        if flag == "--params-file":
            try:
                _check_file(path, node)
            except ConfigError as error:
                raise ConfigError(f"parameter file {path}: {one_line(error)}") from None


def _check_file(path: str, node: str) -> None:
    content = _read(path)
    if _open_brackets(content) > _MOST_OPEN:
        raise ConfigError("is nested too deep.")
    try:
        document = yaml.compose(content, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise ConfigError(f"is not YAML ({error}).") from None
    except RecursionError:
        raise ConfigError("is nested too deep.") from None
    if document is not None:
        _check_values(document)
    sections = [name for name in _sections(document, "") if name]
    if not any(_means(section, node) for section in sections):
        raise ConfigError(
            f"has no section for {node}; its sections: {', '.join(sections) or 'none'}. "
            f"Begin it with '{node}:' or '/**:', and below that 'ros__parameters:'."
        )


def _read(path: str) -> bytes:
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):  # a pipe would be waited for, for ever
            raise ConfigError("is no file. Give the path of a YAML file.")
        with Path(path).open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"cannot be read ({reason_of(error)}). Give the path of a YAML file."
        ) from None
    if len(content) > _MAX_BYTES:
        raise ConfigError(f"is larger than {_MAX_BYTES >> 10} KiB.")
    return content


def _open_brackets(content: bytes) -> int:
    """How many are open at once, at most; those in comments and texts count too."""
    return max(accumulate((byte in b"[{") - (byte in b"]}") for byte in content), default=0)


def _check_values(document: yaml.Node) -> None:
    """Refuse what ROS would pass over, or overwrite, without a word."""
    left, seen = [document], set()
    while left:
        value = left.pop()
        line = f"line {value.start_mark.line + 1}"
        if id(value) in seen:
            raise ConfigError(f"{line}: an alias stands for this; write it out each time.")
        seen.add(id(value))
        if isinstance(value, yaml.MappingNode):
            names = [str(key.value) for key, _ in value.value]
            twice = [name for name in names if names.count(name) > 1]
            if twice:
                raise ConfigError(f"{line}: {twice[0]} is there twice.")
            left += [item for _, item in value.value]
        elif isinstance(value, yaml.SequenceNode):
            if not value.value:
                raise ConfigError(f"{line}: ROS passes over an empty list; leave the line out.")
            left += value.value


def _sections(value: yaml.Node | None, path: str) -> Iterator[str]:
    """The nodes a file speaks to: names, perhaps nested in those of their namespaces."""
    if isinstance(value, yaml.MappingNode):
        for key, item in value.value:
            if key.value == "ros__parameters":
                yield path
            elif isinstance(item, yaml.MappingNode):
                yield from _sections(item, f"{path}/{str(key.value).strip('/')}")


def _full_name(name: str, arguments: Sequence[str]) -> str:
    """What the node will be called after the remappings ``__node`` and ``__ns``."""
    matches = (re.fullmatch(r"(?:\w+:)?__(name|node|ns):=(.+)", text) for text in arguments)
    rules = {match[1]: match[2] for match in matches if match}
    namespace = rules.get("ns", "").strip("/")
    own_name = rules.get("node", rules.get("name", name))
    return f"/{namespace}/{own_name}" if namespace else f"/{own_name}"


def _means(section: str, node: str) -> bool:
    """Whether ROS takes a section for a node: ``*`` is a part of its name, ``**`` any parts."""
    pattern = re.escape(section).replace(r"/\*\*", r"(/\w+)*")
    return re.fullmatch(pattern.replace(r"\*", r"\w+"), node) is not None
