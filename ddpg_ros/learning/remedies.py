"""What the signs of an ill run usually mean, and which hyperparameters may cure them."""

from __future__ import annotations

from collections.abc import Callable

from ddpg_ros.learning.config import DdpgConfig

DOCS = "docs/ddpg.md"
"""The page with a section for each sign, called like the sign."""

_LARGE_TAU = 0.05
"""Above this, targets move fast enough to be the first thing to look at."""

Advice = tuple[str, str]
"""What a sign usually means and what to try, a sentence each."""


def _rewardless(config: DdpgConfig) -> Advice:
    return (
        "There is nothing to learn from: the reward function gives none, or what it rewards was "
        "never reached.",
        "Look at the reward function first. "
        + _try("easier starts", "a reward that tells near from far", *_more_noise(config)),
    )


def _diverging(config: DdpgConfig) -> Advice:
    return (
        "Usually the critic feeds on its own overestimate.",
        _try(
            "" if config.batch_norm else _smaller(config, "tau"),
            _smaller(config, "critic_lr"),
            "max_grad_norm 1" if config.max_grad_norm == 0 else "",
            "critics 2" if config.critics == 1 else "",
            _smaller(config, "gamma"),
        ),
    )


def _saturated(config: DdpgConfig) -> Advice:
    return (
        "Unless the task needs full effort, the actor was driven there before the critic was "
        "right, where its gradient is almost 0.",
        _try(
            _smaller(config, "actor_lr"),
            _larger(config, "warmup_steps"),
            "smaller rewards, or a small cost on effort in the reward",
        ),
    )


def _stalled(config: DdpgConfig) -> Advice:
    return (
        "Unless that is as good as it gets, nothing is learned: the noise never finds a reward, "
        "the networks hardly move, or the observation does not tell what the reward depends on.",
        _try(
            *_more_noise(config),
            _rates(config),
            "a reward that tells near from far, 'ddpg-ros inspect' for what the policy reads",
        ),
    )


def _collapsed(config: DdpgConfig) -> Advice:
    return (
        "Usually targets move too fast, or the memory no longer holds enough variety. The best "
        "policy is kept.",
        _try(
            _smaller(config, "tau") if config.tau > _LARGE_TAU and not config.batch_norm else "",
            _smaller(config, "actor_lr"),
            _smaller(config, "critic_lr"),
            _larger(config, "batch_size"),
            "a noise_std_final above 0" if config.noise_std_final == 0 else "",
            "critics 2 with policy_delay 2" if config.critics == 1 else "",
        ),
    )


def _unexplored(config: DdpgConfig) -> Advice:
    std = "noise_std_final" if config.noise_decay_steps else "noise_std"
    kinds = "noise ornstein_uhlenbeck or gaussian"
    noise = kinds if config.noise == "none" else f"a {std} above 0"
    return (
        "The memory fills with what the actor would do anyway, so the critic learns nothing of "
        "other actions.",
        _try(noise),
    )


REMEDIES: dict[str, Callable[[DdpgConfig], Advice]] = {
    "no-reward": _rewardless,
    "diverging": _diverging,
    "saturated": _saturated,
    "stalled": _stalled,
    "collapsed": _collapsed,
    "no-exploration": _unexplored,
}
"""Advice by sign, for a run with that configuration."""


def _try(*what: str) -> str:
    return f"Try {', '.join(filter(None, what))}."


def _smaller(config: DdpgConfig, name: str) -> str:
    return f"a smaller {name} (now {getattr(config, name):g})"


def _larger(config: DdpgConfig, name: str) -> str:
    return f"a larger {name} (now {getattr(config, name):g})"


def _more_noise(config: DdpgConfig) -> tuple[str, str]:
    other = "" if config.noise == "ornstein_uhlenbeck" else "noise ornstein_uhlenbeck"
    return other, "" if config.noise == "none" else _larger(config, "noise_std")


def _rates(config: DdpgConfig) -> str:
    now = f"now {config.actor_lr:g} and {config.critic_lr:g}"
    return f"other rates actor_lr and critic_lr ({now})"
