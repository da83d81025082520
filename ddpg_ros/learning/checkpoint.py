"""The file from which an interrupted training run goes on."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import torch

from ddpg_ros.contract import Contract, differences
from ddpg_ros.errors import CheckpointError
from ddpg_ros.learning.atomic import write_atomically

_VERSION = 2


def write_checkpoint(path: Path, contract: Contract, state: dict[str, Any]) -> None:
    """Replace the checkpoint at ``path``, atomically.

    Args:
        path: The file.
        contract: What the policy that is trained reads and drives.
        state: Everything that the rest of the run depends on.

    Raises:
        CheckpointError: It cannot be written; the one before it is kept.
    """
    content = {"version": _VERSION, "contract": contract.to_json(), **state}
    try:
        write_atomically(path, lambda partial: torch.save(content, partial))
    except (OSError, RuntimeError) as error:  # torch has an error of its own for a full disk
        raise CheckpointError(
            f"{path}: cannot be written ({str(error).splitlines()[0]}); the one "
            "before it is kept. Make room and continue the run with --resume."
        ) from None


def read_checkpoint(path: Path, contract: Contract) -> dict[str, Any] | None:
    """The state in the checkpoint at ``path``, None if there is no such file.

    Args:
        path: The file.
        contract: What the world's policy reads and drives now.

    Raises:
        CheckpointError: It is damaged, of another version, or trained with another contract.
    """
    try:
        _check_sums(path)
        state: dict[str, Any] = torch.load(path, weights_only=True)
    except FileNotFoundError:
        return None
    except Exception as error:  # a damaged file makes torch raise whatever it pleases
        raise CheckpointError(f"{path}: cannot be read ({error}).") from None
    if state.get("version") != _VERSION:
        raise CheckpointError(
            f"{path}: has version {state.get('version')}, this ddpg_ros reads {_VERSION}. "
            "Resume with the ddpg_ros that wrote it."
        )
    trained = Contract.from_json(state["contract"])
    if trained != contract:
        raise CheckpointError(
            f"{path}: was trained with another contract than world "
            f"'{contract.name}' has now: {differences(trained, contract)}. Bring that contract "
            "back, or train anew."
        )
    return state


def _check_sums(path: Path) -> None:
    """Compare the sums ``torch.save`` wrote with the content, which ``torch.load`` does not."""
    with zipfile.ZipFile(path) as file:
        damaged = file.testzip()
    if damaged:
        raise zipfile.BadZipFile(f"{damaged} is damaged")
