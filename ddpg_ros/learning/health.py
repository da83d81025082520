"""Says in words when the numbers of a run look ill, what that may mean, and what to try."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.course import Evaluated, Start, Streak, start_of
from ddpg_ros.learning.finding import Finding
from ddpg_ros.learning.remedies import REMEDIES, UNLEARNED, Knobs

_BEYOND_ROWS = 3
"""Rows in which Q must be out of reach, and evaluations that must overestimate."""

_FAR_BEYOND = 3.0
"""So far out of reach one row is enough."""

_OVERESTIMATE = 2.0
"""An overestimate is beyond what an episode can explain from so many of the largest returns on."""

_SATURATED = 0.9
"""Above this fraction actions are saturated; tasks that need full effort stay below it."""

_SATURATED_ROWS = 6
_SATURATED_SHARE = 0.05
"""Saturation must last for so many rows and for this share of the run."""

_STALLED_SHARE = 0.5
"""Share of a run after which something should have been learned."""

_STALLED_EVALUATIONS = 4
_COLLAPSED_EVALUATIONS = 3
_UNEXPLORED_SHARE = 0.5

_REWARDLESS_EPISODES = 5
"""A reward should have come within so many episodes after warm-up."""

_WELL_ROWS = 8
"""A sign has got well when so many rows in a row do not show it."""


class Health:
    """Hears every row of the metrics of a run and finds what is wrong with it.

    What it finds follows from the rows alone, so a resumed run hears those written before again.

    Args:
        config: The run's hyperparameters.
        usual: Those it started from, where one knows.

    Attributes:
        ill: Names of the signs that are present now.
    """

    def __init__(self, config: DdpgConfig, usual: DdpgConfig | None = None) -> None:
        self._config = config
        self._knobs = Knobs(config, usual or config)
        self.ill: list[str] = []
        self._well = dict.fromkeys(REMEDIES, _WELL_ROWS)
        self._step = 0
        self._largest_reward = math.nan
        self._largest_return = 0.0
        self._length = math.nan
        self._early_returns: list[float] = []
        self._beyond = Streak()
        self._saturated = Streak()
        self._noiseless = False
        self._evaluations: list[Evaluated] = []
        self._looks = {
            "no-reward": self._rewardless,
            "diverging": self._diverging,
            "saturated": self._saturation,
            "stalled": self._stalled,
            "collapsed": self._collapsed,
            "no-exploration": self._unexplored,
        }

    def hear(self, step: int, values: Mapping[str, float]) -> list[Finding]:
        """Take in a row of metrics; what it newly shows to be wrong.

        Args:
            step: The row's step.
            values: Metrics by their column; what is missing or NaN was not measured.
        """
        known = {name: value for name, value in values.items() if not math.isnan(value)}
        self._remember(step, known)
        looks = {sign: look() for sign, look in self._looks.items()}
        news = [sign for sign, seen in looks.items() if seen and sign not in self.ill]
        for sign, seen in looks.items():
            self._well[sign] = 0 if seen else self._well[sign] + 1
        self.ill = [sign for sign, rows in self._well.items() if rows < _WELL_ROWS]
        return [Finding(step, sign, looks[sign], *REMEDIES[sign](self._knobs)) for sign in news]

    def unlearned(self, outcomes: Sequence[str] = ()) -> str:
        """That nothing was learned, and what to try; empty where something was.

        Args:
            outcomes: How the episodes of the evaluation after training ended.
        """
        if said := self._rewardless():
            _, advice = REMEDIES["no-reward"](self._knobs)
        elif said := self._unlearned(outcomes):
            advice = self._knobs.all_as_usual()
        else:
            return ""
        return " ".join(filter(None, [said, advice, f"See {UNLEARNED}."]))

    def _unlearned(self, outcomes: Sequence[str]) -> str:
        if said := self._no_better():
            return said
        if "failure" in outcomes and "success" not in outcomes:
            return f"None of {len(outcomes)} episodes on unseen seeds was a success."
        return ""

    def _no_better(self) -> str:
        if not self._evaluations:
            return ""
        best = max(self._evaluations, key=lambda evaluated: (evaluated.mean, evaluated.step))
        if best.step <= self._config.warmup_steps:
            return f"The best policy is the one after {best.step:,} steps: nothing was learned."
        start = self._start
        if not start.later or start.beaten_by(best):
            return ""
        return (
            f"The best evaluation returned {_said(best.mean)} ± {_said(best.confidence)}, not "
            f"clearly better than {start.name}, {_said(start.mean)} ± {_said(start.confidence)}: "
            "nothing was learned, unless that is as good as it gets."
        )

    def _remember(self, step: int, row: Mapping[str, float]) -> None:
        self._step = step
        self._largest_reward = _larger(self._largest_reward, row.get("largest_reward", math.nan))
        for name in ("episode_return", "evaluation_return"):
            self._largest_return = max(self._largest_return, abs(row.get(name, 0.0)))
        self._length = row.get("episode_length", self._length)
        warmup = step <= self._config.warmup_steps
        if "episode_return" in row and (warmup or not self._early_returns):
            self._early_returns.append(row["episode_return"])
        if "q" in row:
            self._beyond.hear(step, row["q"], abs(row["q"]) > self._reach)
        if "saturation" in row:
            ends = row["saturation"]
            self._saturated.hear(step, ends, ends > _SATURATED)
        if "noise_std" in row:
            self._noiseless = row["noise_std"] == 0.0
        if "evaluation_return" in row:
            columns = ("evaluation_return", "evaluation_confidence", "q_minus_monte_carlo")
            self._evaluations.append(Evaluated(step, *(row.get(c, 0.0) for c in columns)))

    @property
    def _start(self) -> Start:
        return start_of(self._evaluations, self._early_returns, self._config.warmup_steps)

    @property
    def _reach(self) -> float:
        """The largest value that rewards as large as those seen can give."""
        largest = self._largest_reward
        return self._config.value_bound(largest) if largest > 0 else math.inf

    def _rewardless(self) -> str:
        """A reason to look at nothing else first."""
        known = self._config.warmup_steps + _REWARDLESS_EPISODES * self._length
        if self._largest_reward == 0 and self._step > known:
            return f"Every reward in {self._step:,} steps was 0."
        return ""

    def _diverging(self) -> str:
        beyond = self._beyond
        lasting = beyond.rows >= _BEYOND_ROWS and abs(beyond.last) >= abs(beyond.first)
        if beyond.rows and (lasting or abs(beyond.last) > _FAR_BEYOND * self._reach):
            return (
                f"Q is {_said(beyond.last)} on average; rewards of at most "
                f"{_said(self._largest_reward)} in size cannot give more than "
                f"{_said(self._reach)} with gamma {self._config.gamma:g}."
            )
        over = [evaluated.overestimate for evaluated in self._evaluations[-_BEYOND_ROWS:]]
        limit = _OVERESTIMATE * self._largest_return * self._beyond_episode
        if len(over) == _BEYOND_ROWS and 0 < limit < over[0] < over[1] < over[2]:
            return (
                f"Q at the starts of the evaluation is {_said(over[-1])} above what came of them, "
                f"more with each of {_BEYOND_ROWS} evaluations; the largest return seen is "
                f"{_said(self._largest_return)}."
            )
        return ""

    @property
    def _beyond_episode(self) -> float:
        """How many times its return a state may be worth where a time limit ends episodes early."""
        left = (1.0 - self._config.gamma) * self._length
        return max(1.0, 1.0 / left) if left > 0 else 1.0

    def _saturation(self) -> str:
        lasting = self._step - self._saturated.since
        long = lasting >= _SATURATED_SHARE * self._config.total_steps
        if self._saturated.rows < _SATURATED_ROWS or not long:
            return ""
        return (
            f"{self._saturated.last:.0%} of the actor's action elements are at an end of their "
            f"range, and have been for {lasting:,} steps."
        )

    def _stalled(self) -> str:
        early = self._step < _STALLED_SHARE * self._config.total_steps
        if not self._evaluations or early or self._rewardless():
            return ""
        start = self._start
        recent = start.later[-max(_STALLED_EVALUATIONS, len(start.later) // 2) :]
        if len(recent) < _STALLED_EVALUATIONS or any(map(start.beaten_by, recent)):
            return ""
        best = max(evaluated.mean for evaluated in recent)
        return (
            f"The last {len(recent)} evaluations returned at most {_said(best)}, not clearly "
            f"better than {start.name}, {_said(start.mean)}."
        )

    def _collapsed(self) -> str:
        recent = self._evaluations[-_COLLAPSED_EVALUATIONS:]
        before = self._evaluations[:-_COLLAPSED_EVALUATIONS]
        if not before:
            return ""
        start = self._start
        best = max(before, key=lambda evaluated: evaluated.mean)
        gained = best.mean - start.mean
        margin = 2 * max(start.confidence, best.confidence)
        if gained <= margin or max(e.mean for e in recent) > start.mean + gained / 2:
            return ""
        return (
            f"The last {len(recent)} evaluations returned at most "
            f"{_said(max(e.mean for e in recent))}; at step {best.step:,} it was "
            f"{_said(best.mean)}."
        )

    def _unexplored(self) -> str:
        begun = self._step > self._config.warmup_steps
        early = self._step < _UNEXPLORED_SHARE * self._config.total_steps
        # What is said stays so for the rest of the run, until there is noise again.
        if not (self._noiseless and begun and (early or "no-exploration" in self.ill)):
            return ""
        left = self._config.total_steps - self._step
        return f"The noise is 0 with {left:,} of {self._config.total_steps:,} steps to go."


def _larger(one: float, other: float) -> float:
    """The larger of two numbers, of which one may be unknown."""
    return other if math.isnan(one) or other > one else one


def _said(value: float) -> str:
    """``value`` with three digits, as people write it."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
