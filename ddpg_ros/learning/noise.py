"""Exploration noise, independent for each agent and action element."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from ddpg_ros.learning.config import DdpgConfig


class Noise:
    """No noise; root of the noises.

    Args:
        shape: ``(agents, m)``.
        config: Deviation, schedule and pull.
        rng: Where the noise is drawn from.
    """

    def __init__(
        self, shape: tuple[int, int], config: DdpgConfig, rng: np.random.Generator
    ) -> None:
        self._shape = shape
        self._config = config
        self._rng = rng
        self._shares = np.linspace(1.0, 1.0 - config.noise_spread, shape[0])[:, None]

    def std(self, step: int) -> float:
        """Deviation at ``step``, of the agent with most, as a fraction of half the range."""
        return 0.0

    def sample(self, step: int) -> np.ndarray:
        """Noise for every agent, ``(agents, m)``, in the actor's units."""
        return np.zeros(self._shape)

    def restart(self, agent: int) -> None:
        """Forget the past of ``agent``, whose episode begins."""

    def state(self) -> dict[str, Any]:
        """Everything :meth:`restore` needs, the random state aside."""
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what :meth:`state` returned."""


class GaussianNoise(Noise):
    """Independent from step to step: N(0, std^2)."""

    def std(self, step: int) -> float:
        config = self._config
        steps = config.noise_decay_steps
        progress = min(1.0, step / steps) if steps else 0.0
        return config.noise_std + progress * (config.noise_std_final - config.noise_std)

    def sample(self, step: int) -> np.ndarray:
        return self.std(step) * self._shares * self._rng.standard_normal(self._shape)


class OrnsteinUhlenbeckNoise(GaussianNoise):
    """Correlated from step to step, which pushes a heavy plant further (paper, 7).

    x <- x - theta x + std * sqrt(2 theta - theta^2) N(0, 1), whose stationary deviation is std, so
    that the deviation means the same for both noises. The paper's sigma is std sqrt(2 theta - ...).
    """

    def __init__(
        self, shape: tuple[int, int], config: DdpgConfig, rng: np.random.Generator
    ) -> None:
        super().__init__(shape, config, rng)
        self._unit = np.zeros(shape)

    def sample(self, step: int) -> np.ndarray:
        theta = self._config.ou_theta
        kick = np.sqrt(max(0.0, 2 * theta - theta**2))
        self._unit += -theta * self._unit + kick * self._rng.normal(size=self._shape)
        return self.std(step) * self._shares * self._unit

    def restart(self, agent: int) -> None:
        self._unit[agent] = 0.0

    def state(self) -> dict[str, Any]:
        return {"unit": torch.from_numpy(self._unit.copy())}

    def restore(self, state: dict[str, Any]) -> None:
        self._unit = state["unit"].numpy().copy()


NOISES = {"none": Noise, "gaussian": GaussianNoise, "ornstein_uhlenbeck": OrnsteinUhlenbeckNoise}
"""Noises by the name they have in the configuration."""
