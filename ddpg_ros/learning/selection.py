"""Keeps the best policy of a run, judged without noise at intervals."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.ddpg_networks import DdpgNetworks
from ddpg_ros.learning.evaluation import Evaluation, evaluate
from ddpg_ros.learning.scaling import ActionScale
from ddpg_ros.learning.seeds import selection_seeds
from ddpg_ros.worlds import World


@dataclass(frozen=True)
class Judgement:
    """What an evaluation during training found.

    Args:
        evaluation: Of the policy of the moment, on the seeds kept for choosing.
        best: Whether no policy of the run before it was better.
        q_minus_monte_carlo: Mean of Q at the starts minus the discounted return from there.
        seconds: How long it took [s].
    """

    evaluation: Evaluation
    best: bool
    q_minus_monte_carlo: float
    seconds: float

    def metrics(self) -> dict[str, float]:
        """Columns of the metrics file."""
        return {
            "evaluation_return": self.evaluation.mean,
            "evaluation_confidence": self.evaluation.confidence,
            "q_minus_monte_carlo": self.q_minus_monte_carlo,
        }


class Selection:
    """Evaluates the policy of the moment and keeps the best one.

    Args:
        config: Interval, episodes and discount.
        networks: Whose policy is judged.
        world: Where; nobody else steps it.

    Attributes:
        best: Share of ``success``, ``mean`` return, ``step``, ``actor``, ``critic`` and
            ``normaliser`` of the best policy, and the step of the last evaluation as
            ``evaluated_at``; empty before the first.
    """

    def __init__(self, config: DdpgConfig, networks: DdpgNetworks, world: World) -> None:
        self.best: dict[str, Any] = {}
        self._config, self._networks, self._world = config, networks, world
        self._scale = ActionScale(world.contract)
        self._next = config.evaluation_interval

    def due(self, step: int, last: bool) -> bool:
        """Whether to evaluate at ``step``: at every interval, and at the ``last`` step."""
        judged_at = self.best.get("evaluated_at")
        return step >= self._next or (last and judged_at != step)

    def judge(self, step: int, stopped: Callable[[], bool]) -> Judgement | None:
        """Evaluate; None if it was given up because ``stopped`` said so."""
        begun = time.monotonic()
        seeds = selection_seeds(self._config.evaluation_episodes)
        evaluation = evaluate(self.policy, self._world, seeds, self._config.gamma, stopped)
        if evaluation is None:
            return None
        self._next = step + self._config.evaluation_interval
        best = not self.best or evaluation.rank >= self._rank()
        if best:
            self._keep(step, evaluation)
        self.best["evaluated_at"] = step
        starts = np.stack(evaluation.starts)
        values = self._networks.value(starts, self._networks.fly(starts))
        too_high = float(np.mean(values - np.array(evaluation.discounted)))
        return Judgement(evaluation, best, too_high, time.monotonic() - begun)

    def policy(self, observation: np.ndarray) -> np.ndarray:
        """The noise-free command ``(m,)`` for one observation ``(n,)``, both in SI units."""
        return self._scale.to_command(self._networks.fly(observation[None])[0])

    def close(self) -> None:
        """Close the world."""
        self._world.close()

    def state(self) -> dict[str, Any]:
        """Everything :meth:`restore` needs."""
        return {"best": self.best, "next": self._next}

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what :meth:`state` returned."""
        self.best, self._next = state["best"], state["next"]

    def _rank(self) -> tuple[float, float]:
        """That of the best; a checkpoint from before successes counted has none."""
        return self.best.get("success", 0.0), self.best["mean"]

    def _keep(self, step: int, evaluation: Evaluation) -> None:
        success, mean = evaluation.rank
        self.best = {"success": success, "mean": mean, "step": step}
        for name, network in (
            ("actor", self._networks.flown_actor),
            ("critic", self._networks.critics[0]),
        ):
            weights = network.state_dict().items()
            self.best[name] = {key: value.detach().clone() for key, value in weights}
        self.best["normaliser"] = self._networks.normaliser.state()
