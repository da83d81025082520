"""Running means between two rows of metrics, and the speed of the run."""

from __future__ import annotations

import math
import time
from collections import deque

from ddpg_ros.learning.agents import Episode
from ddpg_ros.learning.reporting import Progress
from ddpg_ros.learning.update_report import UpdateReport

_NAMES = UpdateReport._fields
_RECENT_EPISODES = 20
_SPEED_WINDOW = 50


class Telemetry:
    """Collects what updates and episodes measured."""

    def __init__(self) -> None:
        self._sums = [0.0] * len(_NAMES)
        self._updates = 0
        self._latest = dict.fromkeys(_NAMES, math.nan)
        self._episodes: list[Episode] = []
        self._recent: deque[float] = deque(maxlen=_RECENT_EPISODES)
        self._ticks: deque[tuple[float, int]] = deque(maxlen=_SPEED_WINDOW)
        self._paused, self._pauses = 0.0, 0

    def add_update(self, report: UpdateReport) -> None:
        """Take in what an update measured."""
        for i, value in enumerate(report):
            self._sums[i] += value
        self._updates += 1

    def add_episode(self, episode: Episode) -> None:
        """Take in an episode that ended."""
        self._episodes.append(episode)
        self._recent.append(episode.reward_sum)

    def pause(self, seconds: float) -> None:
        """An evaluation took so long [s]; the speed is that of the steps between them."""
        self._paused += seconds
        self._pauses += 1

    def row(self, noise_std: float) -> dict[str, float]:
        """Means since the last row; NaN where there was nothing."""
        if self._updates:
            means = (total / self._updates for total in self._sums)
            self._latest = dict(zip(_NAMES, means, strict=True))
        else:
            self._latest = dict.fromkeys(_NAMES, math.nan)
        row = {
            **self._latest,
            "episode_return": _mean([e.reward_sum for e in self._episodes]),
            "episode_length": _mean([float(e.length) for e in self._episodes]),
            "noise_std": noise_std,
            "steps_per_second": self._speed(),
        }
        self._sums, self._updates, self._episodes = [0.0] * len(_NAMES), 0, []
        return row

    def progress(
        self,
        step: int,
        total_steps: int,
        episodes: int,
        noise_std: float = math.nan,
        ill: str = "",
        evaluations_left: float = 0.0,
    ) -> Progress:
        """Where the run stands; each evaluation that is left takes as long as those before."""
        self._ticks.append((time.monotonic() - self._paused, step))
        speed = self._speed()
        learning_left = max(0, total_steps - step) / speed if speed > 0 else math.nan
        evaluating_left = evaluations_left * self._paused / max(1, self._pauses)
        return Progress(
            step=step,
            total_steps=total_steps,
            episodes=episodes,
            episode_return=_mean(list(self._recent)),
            q=self._now("q"),
            saturation=self._now("saturation"),
            steps_per_second=speed,
            seconds_left=learning_left + evaluating_left,
            critic_loss=self._now("critic_loss"),
            noise_std=noise_std,
            ill=ill,
        )

    def _now(self, name: str) -> float:
        if self._updates:
            return self._sums[_NAMES.index(name)] / self._updates
        return self._latest[name]

    def _speed(self) -> float:
        if len(self._ticks) < 2:
            return math.nan
        (start, first), (end, last) = self._ticks[0], self._ticks[-1]
        return (last - first) / max(1e-9, end - start)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else math.nan
