"""What the signs of an ill run usually mean, and which hyperparameters may cure them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, NamedTuple

from ddpg_ros.learning.config import DdpgConfig

DOCS = "docs/ddpg.md"
"""The page with a section for each sign, called like the sign."""

UNLEARNED = f"{DOCS}#when-it-does-not-learn"
"""Its section for a run that shows none."""

_LARGE_TAU = 0.05
"""Above this, targets move fast enough to be the first thing to look at."""

_STEPS = "total_steps"

_ASIDE = (
    *(_STEPS, "episodes", "seed", "evaluation_interval", "evaluation_episodes", "final_episodes"),
    *("checkpoint_seconds", "log_interval", "device", "threads", "precision", "history"),
)
"""What says how long a run is, how it is watched and computed, and what the policy sees."""

Advice = tuple[str, str]
"""What a sign usually means and what to try, a sentence each."""


class Knobs(NamedTuple):
    """The hyperparameters of a run that is ill.

    Args:
        config: Those it has.
        usual: Those it started from; where one does not know them, the same as it has.
    """

    config: DdpgConfig
    usual: DdpgConfig

    def smaller(self, name: str) -> str:
        """To make the one of that name smaller: as small as usual, if it is larger than that."""
        return (
            self._to_usual(name) if self._above_usual(name) > 0 else self._changed("smaller", name)
        )

    def larger(self, name: str) -> str:
        """To make the one of that name larger: as large as usual, if it is smaller than that."""
        return (
            self._to_usual(name) if self._above_usual(name) < 0 else self._changed("larger", name)
        )

    def as_usual(self) -> list[str]:
        """To make each that is not as usual so, but for those that keep no run from learning."""
        names = [field.name for field in fields(DdpgConfig) if field.name not in _ASIDE]
        return [self._to_usual(name) for name in names if not self.is_usual(name)]

    def as_long_as_usual(self) -> str:
        """To train for as many steps, if it was for fewer: what is tried when all else is tried."""
        return self._to_usual(_STEPS) if self._above_usual(_STEPS) < 0 else ""

    def all_as_usual(self) -> str:
        """To try all of that, a sentence; empty where there is nothing to."""
        tried = [*self.as_usual(), self.as_long_as_usual()]
        return _try(*tried) if any(tried) else ""

    def is_usual(self, name: str) -> bool:
        """Whether the one of that name is as in the preset."""
        return bool(getattr(self.config, name) == getattr(self.usual, name))

    def _above_usual(self, name: str) -> float:
        above: float = getattr(self.config, name) - getattr(self.usual, name)
        return above

    def _changed(self, how: str, name: str) -> str:
        return f"a {how} {name} (now {_said(getattr(self.config, name))})"

    def _to_usual(self, name: str) -> str:
        usual, now = getattr(self.usual, name), getattr(self.config, name)
        return f"{name} {_said(usual)} as in the preset (now {_said(now)})"


def _rewardless(knobs: Knobs) -> Advice:
    return (
        "There is nothing to learn from: the reward function gives none, or what it rewards was "
        "never reached.",
        "Look at the reward function first. "
        + _try("easier starts", "a reward that tells near from far", *_more_noise(knobs)),
    )


def _diverging(knobs: Knobs) -> Advice:
    config = knobs.config
    return (
        "Usually the critic feeds on its own overestimate.",
        _try(
            "" if config.batch_norm else knobs.smaller("tau"),
            knobs.smaller("critic_lr"),
            "max_grad_norm 1" if config.max_grad_norm == 0 else "",
            "critics 2" if config.critics == 1 else "",
            knobs.smaller("gamma"),
        ),
    )


def _saturated(knobs: Knobs) -> Advice:
    return (
        "Unless the task needs full effort, the actor was driven there before the critic was "
        "right, where its gradient is almost 0.",
        _try(
            *knobs.as_usual(),
            knobs.smaller("actor_lr") if knobs.is_usual("actor_lr") else "",
            knobs.larger("warmup_steps") if knobs.is_usual("warmup_steps") else "",
            "smaller rewards, or a small cost on effort in the reward",
        ),
    )


def _stalled(knobs: Knobs) -> Advice:
    rates = knobs.is_usual("actor_lr") and knobs.is_usual("critic_lr")
    return (
        "Unless that is as good as it gets, nothing is learned: the noise never finds a reward, "
        "the networks hardly move, or the observation does not tell what the reward depends on.",
        _try(
            *knobs.as_usual(),
            *_more_noise(knobs),
            "another actor_lr and critic_lr" if rates else "",
            knobs.as_long_as_usual(),
            "a reward that tells near from far, 'ddpg-ros inspect' for what the policy reads",
        ),
    )


def _collapsed(knobs: Knobs) -> Advice:
    config = knobs.config
    return (
        "Usually targets move too fast, or the memory no longer holds enough variety. The best "
        "policy is kept.",
        _try(
            knobs.smaller("tau") if config.tau > _LARGE_TAU and not config.batch_norm else "",
            knobs.smaller("actor_lr"),
            knobs.smaller("critic_lr"),
            knobs.larger("batch_size"),
            "a noise_std_final above 0" if config.noise_std_final == 0 else "",
            "critics 2 with policy_delay 2" if config.critics == 1 else "",
        ),
    )


def _unexplored(knobs: Knobs) -> Advice:
    config = knobs.config
    std = "noise_std_final" if config.noise_decay_steps else "noise_std"
    kinds = "noise ornstein_uhlenbeck or gaussian"
    noise = kinds if config.noise == "none" else f"a {std} above 0"
    return (
        "The memory fills with what the actor would do anyway, so the critic learns nothing of "
        "other actions.",
        _try(noise),
    )


REMEDIES: dict[str, Callable[[Knobs], Advice]] = {
    "no-reward": _rewardless,
    "diverging": _diverging,
    "saturated": _saturated,
    "stalled": _stalled,
    "collapsed": _collapsed,
    "no-exploration": _unexplored,
}
"""Advice by sign, for a run with those hyperparameters."""


def _try(*what: str) -> str:
    return f"Try {', '.join(dict.fromkeys(filter(None, what)))}."


def _said(value: Any) -> str:
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _more_noise(knobs: Knobs) -> tuple[str, str]:
    noise = knobs.config.noise
    other = "" if noise == "ornstein_uhlenbeck" else "noise ornstein_uhlenbeck"
    return other, "" if noise == "none" else knobs.larger("noise_std")
