"""Which device a training computes on."""

from __future__ import annotations

import torch

from ddpg_ros.errors import ConfigError


def find_device(name: str) -> torch.device:
    """What hyperparameter ``device`` names.

    Raises:
        ConfigError: This machine does not have it.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise ConfigError("device: torch finds no CUDA device here. Use cpu, or auto.")
    return torch.device(name)
