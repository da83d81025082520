"""Steps a second of each world under random commands, beside Gymnasium's Hopper-v5."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import gymnasium

from ddpg_ros.worlds import make_world

_WORLDS = ("pendulum", "balancer", "arm", "rover")
_PEER = "Hopper-v5"
_STEPS = 3000
_TURNS = 5


def measure() -> dict[str, Any]:
    """Steps per second of processor time; contestants take turns, medians of these."""
    makers: dict[str, Callable[[], Any]] = {
        _PEER: lambda: gymnasium.make(_PEER),
        f"{_PEER} as a world": lambda: make_world(_PEER),
        **{name: lambda name=name: make_world(name) for name in _WORLDS},
    }
    speeds: dict[str, list[float]] = {name: [] for name in makers}
    for turn in range(_TURNS):
        for name, make in makers.items():
            speeds[name].append(_speed(make(), turn))
    figures = {
        name: {
            "steps_per_second": round(statistics.median(found)),
            "slowest": round(min(found)),
            "fastest": round(max(found)),
            "of_peer": round(statistics.median(found) / statistics.median(speeds[_PEER]), 2),
        }
        for name, found in speeds.items()
    }
    for name, found in figures.items():
        print(f"{name:20} {found}")
    return {"steps": _STEPS, "turns": _TURNS, "peer": _PEER, "worlds": figures}


def _speed(environment: Any, seed: int) -> float:
    """Resets included, as a training meets them."""
    environment.reset(seed=seed)
    environment.action_space.seed(seed)
    begin = time.process_time()
    for _ in range(_STEPS):
        *_, terminated, truncated, _info = environment.step(environment.action_space.sample())
        if terminated or truncated:
            environment.reset()
    speed = _STEPS / (time.process_time() - begin)
    environment.close()
    return speed
