"""One training of ours, printed as ``peer`` prints theirs: the learning curve, or the speed."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.evaluation import Evaluation
from ddpg_ros.learning.job import Job
from ddpg_ros.learning.loop import Trainer
from ddpg_ros.learning.presets import load_preset
from ddpg_ros.learning.reporting import Reporter
from ddpg_ros.learning.run_folder import RunFolder
from ddpg_ros.learning.selection import Judgement
from ddpg_ros.learning.stop_request import StopRequest
from ddpg_ros.worlds import make_world

_NEVER = 10**9


class _Curve(Reporter):
    """Notes every evaluation during training, and the seconds spent training up to there."""

    def __init__(self) -> None:
        self.steps: list[int] = []
        self.returns: list[float] = []
        self.seconds: list[float] = []
        self.judging = self._start = 0.0

    def watch(self, trainer: Trainer) -> None:
        """Begin to count the time, and leave out what evaluations take of it."""
        judge = trainer.selection.judge

        def timed(*arguments: Any) -> Judgement | None:
            start = time.perf_counter()
            judgement = judge(*arguments)
            self.judging += time.perf_counter() - start
            return judgement

        trainer.selection.judge = timed  # type: ignore[method-assign, assignment]
        self._start = time.perf_counter()

    def evaluated(self, step: int, evaluation: Evaluation, best: bool) -> None:
        self.steps.append(step)
        self.returns.append(evaluation.mean)
        self.seconds.append(time.perf_counter() - self._start - self.judging)


class _Stopwatch(StopRequest):
    """Asked once a step, it notes when the first and the last of those measured began."""

    def __init__(self, first: int, last: int) -> None:
        super().__init__()
        self._first, self._last, self._asked = first, last, 0
        self.began = self.ended = 0.0

    def requested(self) -> bool:
        self._asked += 1
        if self._asked == self._first:
            self.began = time.perf_counter()
        elif self._asked == self._last:
            self.ended = time.perf_counter()
        return False


def main() -> None:
    """Train as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("preset")
    parser.add_argument("environment")
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--settings", type=json.loads, default={}, help="hyperparameters, JSON")
    parser.add_argument("--speed", action="store_true", help="measure steps/s, do not evaluate")
    arguments = parser.parse_args()
    settings = {"checkpoint_seconds": float(_NEVER), **arguments.settings}
    config = DdpgConfig.from_dict(settings, load_preset(arguments.preset))
    measure = _speed if arguments.speed else _curve
    json.dump(measure(arguments.environment, config, arguments.steps), sys.stdout)


def _speed(environment: str, config: DdpgConfig, steps: int) -> dict[str, Any]:
    """Steps a second once warm, of the loop that everybody trains with."""
    first = config.warmup_steps + 500
    config = dataclasses.replace(
        config, total_steps=first + steps, evaluation_interval=_NEVER, evaluation_episodes=1
    )
    watch = _Stopwatch(first, first + steps)
    _train(environment, config, Reporter(), watch)
    return {"steps_per_second": steps / (watch.ended - watch.began)}


def _curve(environment: str, config: DdpgConfig, steps: int) -> dict[str, Any]:
    curve = _Curve()
    config = dataclasses.replace(config, total_steps=steps)
    _train(environment, config, curve, StopRequest(), curve.watch)
    return {"steps": curve.steps, "returns": curve.returns, "train_seconds": curve.seconds}


def _train(
    environment: str,
    config: DdpgConfig,
    reporter: Reporter,
    request: StopRequest,
    prepare: Callable[[Trainer], None] = lambda trainer: None,
) -> None:
    with tempfile.TemporaryDirectory() as path:
        folder = RunFolder.create(str(Path(path) / "run"), environment)
        folder.save_job(Job(environment), config)
        trainer = Trainer(folder, config, lambda: make_world(environment), reporter, request)
        prepare(trainer)
        trainer.run()
        trainer.close()


if __name__ == "__main__":
    main()
