"""Says in words when the numbers of a run look ill, what that may mean, and what to try."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.course import Course
from ddpg_ros.learning.finding import Finding
from ddpg_ros.learning.remedies import REMEDIES, UNLEARNED, Knobs

_BEYOND_ROWS = 3
"""Rows in which Q must be out of reach, and evaluations that must overestimate."""

_FAR_BEYOND = 3.0
"""So far out of reach one row is enough."""

_OVERESTIMATE = 2.0
"""An overestimate is beyond what an episode can explain from so many of the largest returns on."""

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
        self._course = Course(config)
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
        self._course.hear(step, known)
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
        course = self._course
        if not course.evaluations:
            return ""
        best = max(course.evaluations, key=lambda evaluated: (evaluated.mean, evaluated.step))
        if best.step <= self._config.warmup_steps:
            return f"The best policy is the one after {best.step:,} steps: nothing was learned."
        start = course.start
        if not start.later or start.beaten_by(best):
            return ""
        return (
            f"The best evaluation returned {_said(best.mean)} ± {_said(best.confidence)}, not "
            f"clearly better than {start.name}, {_said(start.mean)} ± {_said(start.confidence)}: "
            "nothing was learned, unless that is as good as it gets."
        )

    def _rewardless(self) -> str:
        """A reason to look at nothing else first."""
        course = self._course
        known = self._config.warmup_steps + _REWARDLESS_EPISODES * course.length
        if course.largest_reward == 0 and course.step > known:
            return f"Every reward in {course.step:,} steps was 0."
        return ""

    def _diverging(self) -> str:
        course, beyond = self._course, self._course.beyond
        lasting = beyond.rows >= _BEYOND_ROWS and abs(beyond.last) >= abs(beyond.first)
        if beyond.rows and (lasting or abs(beyond.last) > _FAR_BEYOND * course.reach):
            return (
                f"Q is {_said(beyond.last)} on average; rewards of at most "
                f"{_said(course.largest_reward)} in size cannot give more than "
                f"{_said(course.reach)} with gamma {self._config.gamma:g}."
            )
        over = [evaluated.overestimate for evaluated in course.evaluations[-_BEYOND_ROWS:]]
        limit = _OVERESTIMATE * course.largest_return * course.beyond_episode
        if len(over) == _BEYOND_ROWS and 0 < limit < over[0] < over[1] < over[2]:
            return (
                f"Q at the starts of the evaluation is {_said(over[-1])} above what came of them, "
                f"more with each of {_BEYOND_ROWS} evaluations; the largest return seen is "
                f"{_said(course.largest_return)}."
            )
        return ""

    def _saturation(self) -> str:
        course = self._course
        lasting = course.step - course.saturated.since
        long = lasting >= _SATURATED_SHARE * self._config.total_steps
        if course.saturated.rows < _SATURATED_ROWS or not long:
            return ""
        return (
            f"{course.saturated.last:.0%} of the actor's action elements are at an end of their "
            f"range, and have been for {lasting:,} steps."
        )

    def _stalled(self) -> str:
        course = self._course
        early = course.step < _STALLED_SHARE * self._config.total_steps
        if not course.evaluations or early or self._rewardless():
            return ""
        start = course.start
        recent = start.later[-max(_STALLED_EVALUATIONS, len(start.later) // 2) :]
        if len(recent) < _STALLED_EVALUATIONS or any(map(start.beaten_by, recent)):
            return ""
        best = max(evaluated.mean for evaluated in recent)
        return (
            f"The last {len(recent)} evaluations returned at most {_said(best)}, not clearly "
            f"better than {start.name}, {_said(start.mean)}."
        )

    def _collapsed(self) -> str:
        course = self._course
        recent = course.evaluations[-_COLLAPSED_EVALUATIONS:]
        before = course.evaluations[:-_COLLAPSED_EVALUATIONS]
        if not before:
            return ""
        start = course.start
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
        course = self._course
        begun = course.step > self._config.warmup_steps
        early = course.step < _UNEXPLORED_SHARE * self._config.total_steps
        # What is said stays so for the rest of the run, until there is noise again.
        if not (course.noiseless and begun and (early or "no-exploration" in self.ill)):
            return ""
        left = self._config.total_steps - course.step
        return f"The noise is 0 with {left:,} of {self._config.total_steps:,} steps to go."


def _said(value: float) -> str:
    """``value`` with three digits, as people write it."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
