"""The policy file: does ONNX say what torch says, and is every damage noticed?"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ddpg_ros.deploy import OnnxPolicy
from ddpg_ros.errors import PolicyFileError
from ddpg_ros.learning.checkpoint import read_checkpoint
from ddpg_ros.learning.export import ExportedPolicy, export_policy
from ddpg_ros.learning.job import Job
from ddpg_ros.learning.presets import load_preset
from ddpg_ros.learning.reporting import Reporter
from ddpg_ros.learning.stop_request import StopRequest
from ddpg_ros.learning.training import start_training
from ddpg_ros.worlds import make_world

_OBSERVATIONS = 10_000
_FLIPS = 500


def measure() -> dict[str, Any]:
    """Train the pendulum, compare torch with ONNX, flip bits."""
    config, folder = load_preset("pendulum"), Path(tempfile.mkdtemp()) / "run"
    result = start_training(Job("pendulum"), config, str(folder), Reporter(), StopRequest())
    contract = make_world("pendulum").contract
    state = read_checkpoint(result.folder.checkpoint, contract)
    assert state is not None
    twin = ExportedPolicy.best_of(contract, config, state["selection"]["best"])
    path = folder / "again.onnx"
    export_policy(twin, path, {})
    rng = np.random.default_rng(0)
    scale = 10.0 ** rng.uniform(-3, 6, (_OBSERVATIONS, 1))
    drawn = scale * rng.standard_normal((_OBSERVATIONS, contract.observation_size))
    observations = drawn.astype(np.float32)
    by_torch = twin(torch.from_numpy(observations)).numpy()
    by_onnx = OnnxPolicy.load(path).act_batch(observations)
    difference = np.abs(by_torch - by_onnx)
    content = path.read_bytes()
    refused = sum(_is_refused(content, int(rng.integers(8 * len(content)))) for _ in range(_FLIPS))
    figures = {
        "observations": _OBSERVATIONS,
        "largest_difference_of_range": float(difference.max() / 2),
        "largest_relative_difference": float(
            (difference / np.maximum(np.abs(by_torch), 1e-6)).max()
        ),
        "bits_flipped": _FLIPS,
        "refused": refused,
    }
    print(figures)
    return figures


def _is_refused(content: bytes, bit: int) -> bool:
    damaged = bytearray(content)
    damaged[bit // 8] ^= 1 << bit % 8
    try:
        OnnxPolicy(bytes(damaged))
    except PolicyFileError:
        return True
    return False
