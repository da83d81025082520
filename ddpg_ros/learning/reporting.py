"""What a run tells whoever watches it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ddpg_ros.learning.evaluation import Evaluation


@dataclass(frozen=True)
class Progress:
    """Where a run stands.

    Args:
        step: Steps taken, over all agents.
        total_steps: Steps it will take at most.
        episodes: Episodes that ended.
        episode_return: Mean return of the latest episodes, with noise; NaN before the first.
        q: Mean value of the actions in recent batches; NaN before the first update.
        saturation: Fraction of the actor's action elements at the end of their range; likewise.
        steps_per_second: Speed, averaged over the last seconds.
        seconds_left: Estimated wall-clock time to the end [s].
        critic_loss: Mean squared error of the critic in recent batches; NaN likewise.
        noise_std: Deviation of the exploration noise, as a fraction of half the range.
        ill: Names of what looks wrong now (:mod:`ddpg_ros.learning.health`).
    """

    step: int
    total_steps: int
    episodes: int
    episode_return: float
    q: float
    saturation: float
    steps_per_second: float
    seconds_left: float
    critic_loss: float = math.nan
    noise_std: float = math.nan
    ill: str = ""


class Reporter:
    """Hears of a run and says nothing; root of those that do say something."""

    def progress(self, progress: Progress) -> None:
        """Called a few times a second."""

    def evaluated(self, step: int, evaluation: Evaluation, best: bool) -> None:
        """Called after each evaluation; ``best`` says whether none before was as good."""

    def message(self, text: str) -> None:
        """Something a person should know."""

    def warning(self, text: str) -> None:
        """Something a person should do something about."""
        self.message(text)

    def close(self) -> None:
        """Called when the run ends, however it ends."""
