"""Names in a contract: topics, terms, elements."""

from __future__ import annotations

from collections.abc import Iterable

from ddpg_ros.errors import ContractError

_MAX_LENGTH = 200


def check_name(name: str, what: str) -> None:
    """Raise ContractError unless ``name`` is a short printable text without blanks."""
    if not name or len(name) > _MAX_LENGTH or not name.isprintable() or " " in name:
        raise ContractError(
            f"{what}: a name is 1 to {_MAX_LENGTH} printable characters without blanks, "
            f"got {name[:_MAX_LENGTH]!r}."
        )


def check_topic(name: str, what: str) -> None:
    """Raise ContractError unless ``name`` is a relative ROS name, which users can remap."""
    check_name(name, what)
    parts = name.split("/")
    valid = all(
        part.replace("_", "a").isalnum() and not part[0].isdigit() for part in parts if part
    )
    if not valid or "" in parts or not name.isascii():
        raise ContractError(
            f"{what}: expected a relative ROS name such as joint_states or arm/commands, "
            f"got '{name}'."
        )


def check_unique(names: Iterable[str], what: str) -> None:
    """Raise ContractError naming the first of ``names`` that comes twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ContractError(f"{what} '{name}' is there twice; names must be unique.")
        seen.add(name)
