"""``ddpg_controller`` whose policy hangs, be it flown or loaded, once there is a file ``hang``."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from ddpg_ros.deploy import OnnxPolicy
from ddpg_ros.ros.controller_node import main

act, load = OnnxPolicy.act, OnnxPolicy.load


def hang() -> None:
    while Path("hang").exists():
        Path("hangs").touch()
        time.sleep(3600.0)


def act_or_hang(policy: OnnxPolicy, observation: np.ndarray) -> np.ndarray:
    hang()
    return act(policy, observation)


def load_or_hang(path: Path) -> OnnxPolicy:
    hang()
    return load(path)


if __name__ == "__main__":
    OnnxPolicy.act = act_or_hang  # type: ignore[method-assign]
    OnnxPolicy.load = load_or_hang  # type: ignore[method-assign,assignment]
    sys.exit(main())
