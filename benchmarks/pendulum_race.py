"""Wall-clock from the first step to a good policy on Pendulum-v1, ours beside SB3's DDPG.

SB3 trains twice: with its own default settings, and with those of our preset, which were chosen
for this world. What evaluations take is left out.
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
_STEPS = 10_000
_INTERVAL, _EPISODES = 500, 50


def measure() -> dict[str, Any]:
    """Seconds of training until the first evaluation of at least -160, by seed."""
    contestants = {"ours": _own, "sb3": _peer, "sb3, our settings": _tuned_peer}
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for seed in _SEEDS:
        for name, train in contestants.items():
            times[name].append(_seconds(train(seed)))
        told = ", ".join(f"{name} {values[-1]:.1f} s" for name, values in times.items())
        print(f"seed {seed}: {told}", flush=True)
    means = {name: statistics.fmean(values) for name, values in times.items()}
    ratios = {name: mean / means["ours"] for name, mean in means.items() if name != "ours"}
    print(", ".join(f"{ratio:.1f} times sooner than {name}" for name, ratio in ratios.items()))
    return {"good": _GOOD, "seconds": times, "ratios_of_means": ratios}


def _own(seed: int) -> dict[str, Any]:
    settings = {"seed": seed}
    settings |= {"evaluation_interval": _INTERVAL, "evaluation_episodes": _EPISODES}
    return train_own(_WORLD, _WORLD, "--steps", str(_STEPS), "--settings", json.dumps(settings))


def _peer(seed: int) -> dict[str, Any]:
    """DDPG as SB3's documentation shows it: noise of 0.1, all else as it comes."""
    return _train_peer(seed, {"learning_rate": 1e-3}, warmup=100, noise=0.1, hidden=(400, 300))


def _tuned_peer(seed: int) -> dict[str, Any]:
    config = load_preset(_WORLD)
    settings = {name: getattr(config, name) for name in ("batch_size", "tau", "gamma")}
    settings["learning_rate"] = config.critic_lr
    return _train_peer(
        seed, settings, config.warmup_steps, config.noise_std, hidden=config.hidden_sizes
    )


def _train_peer(
    seed: int, settings: dict[str, Any], warmup: int, noise: float, hidden: tuple[int, ...]
) -> dict[str, Any]:
    return train_peer(
        "sb3",
        "DDPG",
        _WORLD,
        *("--steps", str(_STEPS), "--seed", str(seed), "--warmup", str(warmup)),
        *("--noise", str(noise), "--hidden", *map(str, hidden)),
        *("--interval", str(_INTERVAL), "--episodes", str(_EPISODES)),
        *("--settings", json.dumps(settings)),
        threads=2,
    )


def _seconds(curve: dict[str, Any]) -> float:
    """When the curve first was good; infinite if it never was."""
    reached = zip(curve["returns"], curve["train_seconds"], strict=True)
    return next((seconds for value, seconds in reached if value >= _GOOD), float("inf"))
