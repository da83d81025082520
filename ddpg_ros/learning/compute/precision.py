"""Which arithmetic an update uses, and how many cores."""

from __future__ import annotations

import itertools
import os
import platform
from functools import cache
from pathlib import Path

import torch

from ddpg_ros.learning.config import DdpgConfig

_LARGE = 256 * 128 * 128
"""Multiplications in a hidden layer from which narrow operands and a second core pay."""

_NARROW_PRODUCTS = {"avx512_bf16", "amx_bf16"}


def operand_type(config: DdpgConfig, device: torch.device) -> torch.dtype:
    """Type of the operands of an update's matrix products; sums are float32 in any case."""
    if config.precision == "auto":
        narrow = _is_large(config) and device.type == "cpu" and _cpu_has_narrow_products()
        return torch.bfloat16 if narrow else torch.float32
    return torch.bfloat16 if config.precision == "bfloat16" else torch.float32


def update_cores(config: DdpgConfig, device: torch.device) -> int:
    """Cores an update uses; more than one only where it gains by them."""
    if device.type != "cpu":
        return 1
    if config.threads:
        return config.threads
    return min(2, _cores()) if _is_large(config) else 1


def can_share_memory() -> bool:
    """Whether two processes may pass work by writing to shared memory without further ado.

    They may where stores become visible in order (x86), and where memory can be shared by an
    anonymous file (Linux).
    """
    return hasattr(os, "memfd_create") and platform.machine() in ("x86_64", "AMD64")


def _cores() -> int:
    """Cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _is_large(config: DdpgConfig) -> bool:
    sizes = config.hidden_sizes
    products = (a * b for a, b in itertools.pairwise(sizes))
    return config.batch_size * max(products, default=0) >= _LARGE


@cache
def _cpu_has_narrow_products() -> bool:
    try:
        words = Path("/proc/cpuinfo").read_text().split()
    except OSError:
        return False
    return not _NARROW_PRODUCTS.isdisjoint(words)
