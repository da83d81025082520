"""Training steps a second, ours beside Stable-Baselines3's and SBX's DDPG, in turn in one run."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from typing import Any

from benchmarks.peers import train_own, train_peer

_ENVIRONMENT = "HalfCheetah-v5"
_ALTERNATIONS = 7
_WARMUP = 1_000
_STEPS = {"ours": 5_000, "sb3": 1_500, "sbx": 3_000}
"""About the same time for each."""


def measure() -> dict[str, Any]:
    """Batch 256, two layers of 256, one update a step, each on as many cores as suit it best."""
    contestants: dict[str, Callable[[], dict[str, Any]]] = {
        "ours": lambda: train_own(
            "ddpg",
            _ENVIRONMENT,
            *("--speed", "--steps", str(_STEPS["ours"])),
            *("--settings", json.dumps({"warmup_steps": _WARMUP})),
        ),
        "sb3": lambda: _peer("sb3"),
        "sbx": lambda: _peer("sbx"),
    }
    speeds: dict[str, list[float]] = {name: [] for name in contestants}
    for alternation in range(_ALTERNATIONS):
        for name, train in contestants.items():
            speeds[name].append(train()["steps_per_second"])
        told = ", ".join(f"{name} {values[-1]:.0f}" for name, values in speeds.items())
        print(f"{alternation + 1}/{_ALTERNATIONS}: steps/s {told}", flush=True)
    ratios = {f"ours/{peer}": _ratio(speeds["ours"], speeds[peer]) for peer in ("sb3", "sbx")}
    for name, ratio in ratios.items():
        print(f"{name}: median {ratio['median']:.2f} ({ratio['min']:.2f} to {ratio['max']:.2f})")
    return {"environment": _ENVIRONMENT, "steps_per_second": speeds, "ratios": ratios}


def _peer(library: str) -> dict[str, Any]:
    steps, warmup = str(_STEPS[library]), str(_WARMUP)
    return train_peer(
        library,
        "DDPG",
        _ENVIRONMENT,
        *("--speed", "--steps", steps, "--warmup", warmup),
        threads=2,
    )


def _ratio(ours: list[float], theirs: list[float]) -> dict[str, float]:
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    return {"median": statistics.median(ratios), "min": min(ratios), "max": max(ratios)}
