"""What a policy file says of itself, beside its graph: contract, probes, statistics, provenance."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ddpg_ros.contract.contract import Contract
from ddpg_ros.contract.digest import BLANK_DIGEST
from ddpg_ros.errors import ContractError, PolicyFileError

INPUT_NAME = "observation"
OUTPUT_NAME = "action"

_KEYS = ("contract", "probes", "statistics", "provenance")
_DIGEST_KEY = "digest"

_MAX_PROBES = 1024
_MAX_TEXT = 2**22
"""Characters of all texts together: 128 probes of 5,000 elements fit. JSON takes up to 30 times as
much memory as its text.
"""


@dataclass(frozen=True)
class Probes:
    """Pairs that the graph must reproduce wherever it is loaded.

    Args:
        observations: ``(k, n)`` float32.
        actions: ``(k, m)`` float32, computed by torch.
        tolerance: Largest difference allowed, as a fraction of each element's command range.
    """

    observations: np.ndarray
    actions: np.ndarray
    tolerance: float


@dataclass(frozen=True)
class ObservationStatistics:
    """What training saw, ``(n,)`` float64 each, in the units of the observation."""

    count: int
    mean: np.ndarray
    std: np.ndarray
    minimum: np.ndarray
    maximum: np.ndarray


@dataclass(frozen=True)
class PolicyMetadata:
    """The metadata of a policy file.

    Args:
        contract: What the policy reads and drives.
        probes: How it proves itself.
        statistics: What training saw.
        provenance: Where it comes from: config, versions, commit, seed, evaluation. JSON values.
    """

    contract: Contract
    probes: Probes
    statistics: ObservationStatistics
    provenance: dict[str, Any] = field(default_factory=dict)

    def to_texts(self) -> dict[str, str]:
        """The metadata as ONNX carries it: texts by key, the digest still blank."""
        probes = {
            "observations": _pack(self.probes.observations),
            "actions": _pack(self.probes.actions),
            "tolerance": self.probes.tolerance,
        }
        statistics: dict[str, Any] = {"count": self.statistics.count}
        for name in ("mean", "std", "minimum", "maximum"):
            statistics[name] = getattr(self.statistics, name).tolist()
        return {
            "contract": self.contract.to_json(),
            "probes": json.dumps(probes),
            "statistics": json.dumps(statistics, allow_nan=False),
            "provenance": json.dumps(self.provenance),
            _DIGEST_KEY: BLANK_DIGEST,
        }

    @staticmethod
    def from_texts(texts: Mapping[str, str]) -> PolicyMetadata:
        """Read the metadata back.

        Raises:
            PolicyFileError: Something is missing or does not fit the contract.
        """
        missing = [key for key in _KEYS if key not in texts]
        if missing:
            raise PolicyFileError(
                f"its metadata has no {', '.join(missing)}, so it is not a ddpg_ros policy. "
                "Export it with 'ddpg-ros export'."
            )
        length = sum(map(len, texts.values()))
        if length > _MAX_TEXT:
            raise PolicyFileError(f"its metadata has {length} characters, at most {_MAX_TEXT}.")
        try:
            contract = Contract.from_json(texts["contract"])
        except ContractError as error:
            raise PolicyFileError(f"its contract is wrong: {error}") from None
        try:
            probes = _read_probes(json.loads(texts["probes"]), contract)
            statistics = _read_statistics(json.loads(texts["statistics"]), contract)
            provenance = _read_provenance(json.loads(texts["provenance"]))
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise PolicyFileError(f"its metadata is malformed ({error}).") from None
        return PolicyMetadata(contract, probes, statistics, provenance)


def _read_probes(data: dict[str, Any], contract: Contract) -> Probes:
    observations = _unpack(data["observations"], contract.observation_size)
    actions = _unpack(data["actions"], contract.action_size)
    tolerance = float(data["tolerance"])
    if len(observations) != len(actions) or len(observations) == 0:
        raise ValueError(f"{len(observations)} probe observations for {len(actions)} actions")
    if len(observations) > _MAX_PROBES:
        raise ValueError(f"{len(observations)} probes, at most {_MAX_PROBES}")
    if not (np.isfinite(observations).all() and np.isfinite(actions).all()):
        raise ValueError("a probe is not finite")
    if not 0 < tolerance <= 1e-2:
        raise ValueError(f"probe tolerance {tolerance} is not in (0, 0.01]")
    return Probes(observations, actions, tolerance)


def _read_statistics(data: dict[str, Any], contract: Contract) -> ObservationStatistics:
    arrays = {}
    for name in ("mean", "std", "minimum", "maximum"):
        arrays[name] = np.array(data[name], dtype=np.float64)
        if arrays[name].shape != (contract.observation_size,):
            raise ValueError(f"statistics.{name} has shape {arrays[name].shape}")
        if not np.isfinite(arrays[name]).all():
            raise ValueError(f"statistics.{name} is not finite")
    count = int(data["count"])
    if not 0 <= count < 2**63:
        raise ValueError(f"statistics.count is {count:.3g}")
    return ObservationStatistics(count, **arrays)


def _read_provenance(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise ValueError(f"provenance is no mapping but {type(data).__name__}")
    return data


def _pack(array: np.ndarray) -> str:
    """A float32 array as text, bit for bit, little-endian rows."""
    return base64.b64encode(np.ascontiguousarray(array, dtype="<f4").tobytes()).decode("ascii")


def _unpack(text: str, columns: int) -> np.ndarray:
    values = np.frombuffer(base64.b64decode(text, validate=True), dtype="<f4")
    return values.reshape(-1, columns).astype(np.float32)
