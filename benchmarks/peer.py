"""One training of a peer's DDPG or TD3, in a Python of its own: Stable-Baselines3 or SBX.

The settings are those of the preset ``ddpg``; what the preset does not say is the peer's default.
Prints nothing but a JSON object, the learning curve or the speed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any

import gymnasium
import numpy as np
from gymnasium.wrappers import RescaleAction

_SETTINGS = {"batch_size": 256, "learning_rate": 3e-4, "tau": 0.005, "gamma": 0.99}


def main() -> None:
    """Train as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", choices=("sb3", "sbx"))
    parser.add_argument("algorithm", choices=("DDPG", "TD3"))
    parser.add_argument("environment")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--warmup", type=int, default=10_000, help="random steps before learning")
    parser.add_argument("--noise", type=float, default=0.1, help="deviation, in half ranges")
    parser.add_argument("--interval", type=int, default=5_000, help="steps between evaluations")
    parser.add_argument("--episodes", type=int, default=10, help="episodes of an evaluation")
    parser.add_argument("--hidden", type=int, nargs="+", default=[256, 256])
    parser.add_argument("--settings", type=json.loads, default={}, help="further settings, JSON")
    parser.add_argument("--speed", action="store_true", help="measure steps/s, do not evaluate")
    arguments = parser.parse_args()
    model = _build(arguments)
    result = _speed(model, arguments) if arguments.speed else _curve(model, arguments)
    json.dump(result, sys.stdout)


def _build(arguments: argparse.Namespace) -> Any:
    if arguments.library == "sb3":
        import stable_baselines3 as library
        import torch

        torch.set_num_threads(arguments.threads)
    else:
        import sbx as library
    from stable_baselines3.common.noise import NormalActionNoise

    size = gymnasium.make(arguments.environment).action_space.shape
    return getattr(library, arguments.algorithm)(
        "MlpPolicy",
        _environment(arguments),
        seed=arguments.seed,
        learning_starts=arguments.warmup,
        action_noise=NormalActionNoise(np.zeros(size), np.full(size, arguments.noise)),
        policy_kwargs={"net_arch": arguments.hidden},
        **(_SETTINGS | arguments.settings),
    )


def _environment(arguments: argparse.Namespace) -> gymnasium.Env[Any, Any]:
    return RescaleAction(gymnasium.make(arguments.environment), np.float64(-1), np.float64(1))


def _speed(model: Any, arguments: argparse.Namespace) -> dict[str, Any]:
    """Steps a second once warm: networks compiled, caches filled, one update a step."""
    model.learn(arguments.warmup + 500)
    start = time.perf_counter()
    model.learn(arguments.steps, reset_num_timesteps=False)
    return {"steps_per_second": arguments.steps / (time.perf_counter() - start)}


def _curve(model: Any, arguments: argparse.Namespace) -> dict[str, Any]:
    """Mean noise-free return at intervals, and the seconds of training up to there."""
    judge = _environment(arguments)
    steps, returns, seconds, trained = [], [], [], 0.0
    for done in range(0, arguments.steps, arguments.interval):
        start = time.perf_counter()
        model.learn(arguments.interval, reset_num_timesteps=False)
        trained += time.perf_counter() - start
        seeds = range(1_000_000, 1_000_000 + arguments.episodes)
        steps.append(done + arguments.interval)
        returns.append(float(np.mean([_episode(model, judge, seed) for seed in seeds])))
        seconds.append(trained)
    return {"steps": steps, "returns": returns, "train_seconds": seconds}


def _episode(model: Any, judge: gymnasium.Env[Any, Any], seed: int) -> float:
    observation, _ = judge.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        action, _ = model.predict(observation, deterministic=True)
        observation, reward, terminated, truncated, _ = judge.step(action)
        total += float(reward)
        over = terminated or truncated
    return total


if __name__ == "__main__":
    main()
