"""A contract written by a person, in YAML."""

from __future__ import annotations

from pathlib import Path

from ddpg_ros.contract.contract import SCHEMA, Contract
from ddpg_ros.errors import ConfigError, ContractError
from ddpg_ros.yaml_reading import read_yaml


def load_contract(path: str | Path) -> Contract:
    """Read a contract from a YAML file; its keys are those of the JSON form.

    ``schema`` may be left out. One number for a term's ``low`` or ``high`` stands for all elements.

    Raises:
        ContractError: The file cannot be read, is not YAML, or is not a contract.
    """
    try:
        data = read_yaml(path)
    except ConfigError as error:
        raise ContractError(f"contract file {path}: {error}") from None
    if not isinstance(data, dict):
        raise ContractError(f"contract file {path}: expected a mapping, got {type(data).__name__}.")
    try:
        return Contract.from_dict({"schema": SCHEMA, **data})
    except ContractError as error:
        raise ContractError(f"contract file {path}: {error}") from None
