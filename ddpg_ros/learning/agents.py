"""The agents: each acts in a world of its own, and all feed one memory."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from ddpg_ros.errors import (
    CheckpointError,
    TrainingDiverged,
    WorldError,
    WorldStalled,
)
from ddpg_ros.learning.replay import Batch
from ddpg_ros.learning.scaling import ActionScale
from ddpg_ros.learning.seeds import training_seed
from ddpg_ros.worlds import World


@dataclass(frozen=True)
class Episode:
    """An episode that ended: which agent's, how long [steps], with what return and outcome."""

    agent: int
    length: int
    reward_sum: float
    outcome: str


class Agents:
    """A world each; an episode that ends is followed by the next at once.

    Every episode starts from a seed of its own, so an interrupted one can be lived through again:
    the actions since its start are kept, and :meth:`restore` repeats them.

    Args:
        make_world: Builds one agent's world.
        count: Number of agents.
        seed: The run's seed.
        time_limit_terminal: Whether a time limit is remembered as an end of the task.
    """

    def __init__(
        self,
        make_world: Callable[[], World],
        count: int,
        seed: int,
        time_limit_terminal: bool = False,
    ) -> None:
        self.worlds = [make_world() for _ in range(count)]
        self.contract = self.worlds[0].contract
        self.live = self.worlds[0].live
        self._scale = ActionScale(self.contract)
        self._seed = seed
        self._time_limit_terminal = time_limit_terminal
        n, m = self.contract.observation_size, self.contract.action_size
        self.observations = np.zeros((count, n), dtype=np.float32)
        columns = (count, n), (count, m), (count,), (count, n), (count,)
        self._lived = Batch(*(torch.zeros(*shape) for shape in columns))
        self._ended: list[Episode] = []
        self._started = [0] * count
        self._actions: list[list[np.ndarray]] = [[] for _ in range(count)]
        self._returns = [0.0] * count
        self._largest_reward = math.nan
        self.begin_anew()

    def act(self, actions: np.ndarray) -> None:
        """Have the actions that :meth:`step` will take.

        Args:
            actions: ``(agents, m)`` in [-1, 1].

        Raises:
            TrainingDiverged: An action is not finite.
        """
        if not np.isfinite(actions).all():
            raise TrainingDiverged(
                "the actor chose an action that is not finite. Try smaller learning rates or "
                "max_grad_norm=1.",
                {"observations": self.observations.copy(), "actions": actions},
            )
        self._lived.actions.numpy()[:] = actions

    def step(self, agent: int) -> None:
        """Take an agent's action in its world.

        Raises:
            TrainingDiverged: What the world returned is not finite.
        """
        world, before = self.worlds[agent], self.observations[agent].copy()
        action = self._lived.actions[agent].numpy().copy()
        command = self._scale.to_command(action)
        culprit = {"observation": before, "action": action, "command": command}
        try:
            observation, reward, terminal, truncated, info = world.step(command)
        except WorldStalled:
            raise
        except WorldError as error:
            raise TrainingDiverged(str(error), culprit) from None
        if not math.isfinite(np.float32(reward)):
            raise TrainingDiverged(
                f"world '{self.contract.name}' returned the reward {reward}; it must be finite.",
                culprit,
            )
        terminal = terminal or (truncated and self._time_limit_terminal)
        transition = before, action, reward, observation, terminal
        for column, value in zip(self._lived, transition, strict=True):
            column.numpy()[agent] = value
        self._actions[agent].append(action)
        self._returns[agent] += reward
        if not abs(reward) <= self._largest_reward:
            self._largest_reward = abs(reward)
        self.observations[agent] = observation
        if terminal or truncated:
            length = len(self._actions[agent])
            outcome = info.get("outcome", "")
            self._ended.append(Episode(agent, length, self._returns[agent], outcome))
            self._begin(agent)

    def lived(self) -> tuple[Batch, list[Episode]]:
        """What the latest step of all was, and the episodes that ended since this was asked."""
        ended, self._ended = self._ended, []
        return self._lived, ended

    def largest_reward(self) -> float:
        """Size of the largest reward since this was last asked; NaN if there was none."""
        largest, self._largest_reward = float(self._largest_reward), math.nan
        return largest

    def close(self) -> None:
        """Close every world."""
        for world in self.worlds:
            world.close()

    def state(self) -> dict[str, Any]:
        """Everything :meth:`restore` needs: where each episode began, and its actions since."""
        size = self.contract.action_size
        actions = [np.array(taken).reshape(-1, size) for taken in self._actions]
        return {
            "started": list(self._started),
            "actions": [torch.from_numpy(taken.astype(np.float32)) for taken in actions],
            "observations": torch.from_numpy(self.observations.copy()),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take the worlds back to where :meth:`state` found them, by living through it again.

        A live world cannot: its interrupted episode is left out, and the next one begins.

        Raises:
            CheckpointError: A world does not repeat itself from the same seed and actions.
        """
        if self.live:
            self._started = list(state["started"])
            self.begin_anew()
            return
        for agent, taken in enumerate(state["actions"]):
            self._started[agent] = state["started"][agent] - 1
            self._begin(agent)
            for action in taken.numpy():
                command = self._scale.to_command(action)
                observation, reward, *_ = self.worlds[agent].step(command)
                self._actions[agent].append(action)
                self._returns[agent] += float(reward)
                self.observations[agent] = observation
        if not np.array_equal(self.observations, state["observations"].numpy()):
            raise CheckpointError(
                f"world '{self.contract.name}' does not repeat itself from the same seed and "
                "actions, so this run cannot be continued as if nothing had happened. Make its "
                "reset(seed=...) settle all of its randomness."
            )

    def begin_anew(self) -> None:
        """Leave every episode where it is, and begin the next."""
        for agent in range(len(self.worlds)):
            self._begin(agent)

    def _begin(self, agent: int) -> None:
        seed = training_seed(self._seed, agent, self._started[agent])
        self._started[agent] += 1
        self._actions[agent] = []
        self._returns[agent] = 0.0
        self.observations[agent], _ = self.worlds[agent].reset(seed=seed)
