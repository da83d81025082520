"""Wall-clock from the first step to a good policy on Pendulum-v1, ours beside SB3's DDPG.

Both train with the settings of our preset, one seed after the other in one run. What evaluations
take is left out.
"""

from __future__ import annotations

import json
import statistics
from typing import Any

from benchmarks.peers import train_own, train_peer
from ddpg_ros.learning.presets import load_preset

_WORLD = "Pendulum-v1"
_GOOD = -160.0
_SEEDS = (1, 2, 3)
_INTERVAL, _EPISODES = 500, 50


def measure() -> dict[str, Any]:
    """Seconds of training until the first evaluation of at least -160, by seed."""
    steps = load_preset(_WORLD).total_steps
    times: dict[str, list[float]] = {"ours": [], "sb3": []}
    for seed in _SEEDS:
        times["ours"].append(_seconds(_own(seed, steps)))
        times["sb3"].append(_seconds(_peer(seed, steps)))
        told = ", ".join(f"{name} {values[-1]:.1f} s" for name, values in times.items())
        print(f"seed {seed}: {told}", flush=True)
    ratio = statistics.fmean(times["sb3"]) / statistics.fmean(times["ours"])
    print(f"mean: {ratio:.1f} times sooner")
    return {"good": _GOOD, "seconds": times, "ratio_of_means": ratio}


def _own(seed: int, steps: int) -> dict[str, Any]:
    settings = {"seed": seed}
    settings |= {"evaluation_interval": _INTERVAL, "evaluation_episodes": _EPISODES}
    return train_own(_WORLD, _WORLD, "--steps", str(steps), "--settings", json.dumps(settings))


def _peer(seed: int, steps: int) -> dict[str, Any]:
    config = load_preset(_WORLD)
    settings = {name: getattr(config, name) for name in ("batch_size", "tau", "gamma")}
    settings["learning_rate"] = config.critic_lr
    return train_peer(
        "sb3",
        "DDPG",
        _WORLD,
        *("--steps", str(steps), "--seed", str(seed), "--warmup", str(config.warmup_steps)),
        *("--noise", str(config.noise_std), "--hidden", *map(str, config.hidden_sizes)),
        *("--interval", str(_INTERVAL), "--episodes", str(_EPISODES)),
        *("--settings", json.dumps(settings)),
    )


def _seconds(curve: dict[str, Any]) -> float:
    """When the curve first was good; infinite if it never was."""
    reached = zip(curve["returns"], curve["train_seconds"], strict=True)
    return next((seconds for value, seconds in reached if value >= _GOOD), float("inf"))
