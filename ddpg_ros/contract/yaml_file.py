"""A contract written by a person, in YAML."""

from __future__ import annotations

from pathlib import Path

import yaml

from ddpg_ros.contract.contract import SCHEMA, Contract
from ddpg_ros.errors import ContractError


def load_contract(path: str | Path) -> Contract:
    """Read a contract from a YAML file; its keys are those of the JSON form.

    ``schema`` may be left out. One number for a term's ``low`` or ``high`` stands for all elements.

    Raises:
        ContractError: The file cannot be read, is not YAML, or is not a contract.
    """
    try:
        data = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ContractError(f"contract file {path}: cannot be read ({error}).") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ContractError(f"contract file {path}: not YAML ({error}).") from None
    if not isinstance(data, dict):
        raise ContractError(f"contract file {path}: expected a mapping, got {type(data).__name__}.")
    try:
        return Contract.from_dict({"schema": SCHEMA, **data})
    except ContractError as error:
        raise ContractError(f"contract file {path}: {error}") from None
