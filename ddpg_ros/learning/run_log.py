"""What a run says of itself on its way: metrics, what looks wrong in them, how far it is."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from ddpg_ros.learning.agents import Episode
from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.reporting import Reporter
from ddpg_ros.learning.run_folder import RunFolder
from ddpg_ros.learning.selection import Judgement
from ddpg_ros.learning.telemetry import Telemetry
from ddpg_ros.learning.update_report import UpdateReport
from ddpg_ros.learning.watch import Watch

_PROGRESS_SECONDS = 0.2


class RunLog:
    """Writes rows of metrics, and tells the reporter of progress and evaluations.

    Args:
        folder: Where metrics and findings are kept.
        config: The hyperparameters.
        first_step: Where the run goes on.
        reporter: Hears of it all.
    """

    def __init__(
        self, folder: RunFolder, config: DdpgConfig, first_step: int, reporter: Reporter
    ) -> None:
        self._config, self._reporter = config, reporter
        self._telemetry = Telemetry()
        self._watch = Watch(folder, config, first_step, reporter)
        self._told_at = time.monotonic()

    def updated(self, report: UpdateReport) -> None:
        """An update was measured."""
        self._telemetry.add_update(report)

    def ended(self, episode: Episode) -> None:
        """An episode ended."""
        self._telemetry.add_episode(episode)

    def stepped(
        self, step: int, episodes: int, noise_std: float, largest_reward: Callable[[], float]
    ) -> None:
        """Every agent has stepped once; writes a row and tells of progress where that is due.

        Args:
            step: Steps so far, over all agents.
            episodes: Episodes that ended so far.
            noise_std: Deviation of the exploration noise.
            largest_reward: Finds that since it was last called.
        """
        interval = self._config.log_interval
        if step // interval > (step - self._config.num_envs) // interval:
            row = self._telemetry.row(noise_std)
            row["largest_reward"] = largest_reward()
            self._watch.write(step, row)
        if time.monotonic() - self._told_at > _PROGRESS_SECONDS:
            self._told_at = time.monotonic()
            total, ill, left = (
                self._config.total_steps,
                self._watch.ill,
                self._evaluations_left(step),
            )
            self._reporter.progress(
                self._telemetry.progress(step, total, episodes, noise_std, ill, left)
            )

    def evaluated(self, step: int, judgement: Judgement) -> None:
        """The policy of the moment was judged."""
        self._telemetry.pause(judgement.seconds)
        self._reporter.evaluated(step, judgement.evaluation, judgement.best)
        self._watch.write(step, judgement.metrics())

    def close(self) -> None:
        """Nothing more will be said."""
        self._watch.close()
        self._reporter.close()

    def _evaluations_left(self, step: int) -> float:
        """How many times ``evaluation_episodes`` are still to be flown, the final ones included."""
        config = self._config
        final = config.final_episodes / config.evaluation_episodes
        return math.ceil((config.total_steps - step) / config.evaluation_interval) + final
