"""What the pendulum is rewarded for, of what can be seen on its topics."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from ddpg_ros.contract import Reading

UPRIGHT = 0.2  # rad


def swing_up(
    observation: Mapping[str, np.ndarray], readings: Mapping[str, Reading], command: np.ndarray
) -> tuple[float, bool, str]:
    """1 a period when upright and at rest, 0 hanging; speed and effort cost a little."""
    cosine = float(observation["angle"][0])
    speed = float(readings["joint_states"].fields["velocity"][0])
    cost = 0.002 * speed**2 + 0.01 * float(command[0]) ** 2
    outcome = "success" if cosine > math.cos(UPRIGHT) else "failure"
    return 0.5 + 0.5 * cosine - cost, False, outcome
