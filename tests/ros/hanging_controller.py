"""``ddpg_controller`` with a policy that hangs for good once there is a file ``hang`` beside it."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from ddpg_ros.deploy import OnnxPolicy
from ddpg_ros.ros.controller_node import main

act = OnnxPolicy.act


def act_or_hang(policy: OnnxPolicy, observation: np.ndarray) -> np.ndarray:
    while Path("hang").exists():
        time.sleep(3600.0)
    return act(policy, observation)


if __name__ == "__main__":
    OnnxPolicy.act = act_or_hang  # type: ignore[method-assign]
    sys.exit(main())
