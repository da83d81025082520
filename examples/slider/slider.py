"""A robot of one's own: a cart on a rail that has to reach a target. numpy and Gymnasium alone.

What makes it fit for a real robot is ``readings()``: what its sensors would say, by topic. The
policy's observation is assembled from these, in training and on the robot, as slider.yaml says.
"""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np

from ddpg_ros.contract import Reading, readings

PERIOD = 0.05  # s
MASS = 2.0  # kg
FRICTION = 1.5  # N s/m
RAIL = 1.0  # m, half its length
FORCE = 5.0  # N
STEPS = 100


class SliderEnv(gymnasium.Env[np.ndarray, np.ndarray]):
    """Action: force [N]. Reward: 1 at the target, less with distance, speed and effort."""

    observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (3,))
    action_space = gymnasium.spaces.Box(-FORCE, FORCE, (1,), dtype=np.float64)

    def readings(self) -> dict[str, Reading]:
        """What the sensors say: a gripper joint is there too, and the policy does not need it."""
        return {
            "joint_states": readings.joint_state(
                ["gripper", "rail"], position=[0.0, self.x], velocity=[0.0, self.v]
            ),
            "target": readings.float64_multi_array([self.target]),
        }

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        super().reset(seed=seed)
        self.x, self.target = self.np_random.uniform(-0.8 * RAIL, 0.8 * RAIL, 2)
        self.v, self.steps = 0.0, 0
        return self._vector(), {}

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        force = float(action[0])
        for _ in range(10):
            self.v += (force - FRICTION * self.v) / MASS * PERIOD / 10
            self.x += self.v * PERIOD / 10
        self.steps += 1
        off_rail = abs(self.x) > RAIL
        distance = abs(self.x - self.target)
        reward = np.exp(-8 * distance) - 0.02 * abs(self.v) - 0.002 * abs(force)
        over = self.steps >= STEPS
        info = {"is_success": not off_rail and distance < 0.05 and abs(self.v) < 0.1}
        return self._vector(), float(reward) - 10.0 * off_rail, off_rail, over, info

    def _vector(self) -> np.ndarray:
        return np.array([self.x, self.v, self.target], dtype=np.float32)


gymnasium.register("Slider-v0", entry_point="slider:SliderEnv")
