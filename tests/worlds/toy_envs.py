"""Gymnasium environments small enough to know by heart, by the ids ``toy_envs:NAME-v0``."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from ddpg_ros.contract import Reading
from ddpg_ros.contract.readings import joint_state


class Table(gymnasium.Env[np.ndarray, np.ndarray]):
    """Two axes that go where they are told; matrices in and out. The sum of both is the reward.

    Args:
        info: What the info of a last step holds.
        ends: Whether the third step is the last; if not, Gymnasium's time limit cuts at the fifth.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"]}  # noqa: RUF012
    observation_space: spaces.Space[Any] = spaces.Box(-5.0, 5.0, (2, 2))
    action_space: spaces.Space[Any] = spaces.Box(
        np.array([[-1.0], [-0.75]]), np.array([[1.0], [2.0]]), dtype=np.float64
    )

    def __init__(
        self, render_mode: str | None = None, info: dict[str, Any] | None = None, ends: bool = False
    ) -> None:
        self.render_mode = render_mode
        self.commands: list[np.ndarray] = []
        self._info, self._ends = info or {}, ends
        self.closed = False

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[np.ndarray, Any]:
        super().reset(seed=seed)
        self.at = self.np_random.uniform(-1, 1, (2, 1))
        self.commands = []
        return self._observed(), {"fresh": True}

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        assert action.shape == (2, 1)
        assert action.dtype == np.float64
        self.commands.append(action.copy())
        self.at = action
        over = self._ends and len(self.commands) == 3
        return self._observed(), float(action.sum()), over, False, self._info

    def render(self) -> Any:
        return np.full((4, 6, 3), 7, dtype=np.uint8) if self.render_mode else None

    def close(self) -> None:
        self.closed = True

    def _observed(self) -> np.ndarray:
        return np.hstack([self.at, 2 * self.at]).astype(np.float32)


class SensingTable(Table):
    """A table that says what its joint encoders see."""

    def readings(self) -> dict[str, Reading]:
        x, y = self.at[:, 0]
        return {"joint_states": joint_state(["y", "x"], position=[y, x])}


class Grid(Table):
    """Its observation is the number of a cell."""

    observation_space = spaces.Discrete(9)


class Unbounded(Table):
    """Its action may be anything."""

    action_space = spaces.Box(-np.inf, np.inf, (2, 1))


class Slow(Table):
    """Drawn eight times a second."""

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 8}  # noqa: RUF012


class Clocked(Slow):
    """Knows its period, whatever it is drawn at."""

    dt = 0.02


class Broken(Table):
    """Needs what is not there."""

    def __init__(self, **options: Any) -> None:
        raise OSError("the robot's meshes are missing")


for env in (Table, SensingTable, Grid, Unbounded, Slow, Clocked, Broken):
    gymnasium.register(f"{env.__name__}-v0", entry_point=env, max_episode_steps=5)
for name, options in (
    ("Ending", {}),
    ("Succeeding", {"info": {"is_success": True}}),
    ("Failing", {"info": {"is_success": np.False_}}),
    ("Telling", {"info": {"outcome": "docked", "is_success": True}}),
):
    gymnasium.register(f"{name}-v0", entry_point=Table, kwargs={**options, "ends": True})
