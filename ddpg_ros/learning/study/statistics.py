"""Few seeds told honestly: interquartile mean and bootstrap interval.

Agarwal et al. 2021, "Deep Reinforcement Learning at the Edge of the Statistical Precipice",
https://arxiv.org/abs/2108.13264. Its bootstrap is stratified by task; a study has one.
"""

from __future__ import annotations

import numpy as np

RESAMPLES = 5_000
CONFIDENCE = 0.95


def interquartile_mean(scores: np.ndarray) -> np.ndarray:
    """Mean of the middle half of the seeds: the lowest and highest quarter of them are left out.

    Args:
        scores: ``(..., seeds, k)``.

    Returns:
        ``(..., k)``.
    """
    seeds = scores.shape[-2]
    cut = seeds // 4
    middle: np.ndarray = np.sort(scores, axis=-2)[..., cut : seeds - cut, :].mean(axis=-2)
    return middle


def bootstrap_interval(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The 95 % interval of the interquartile mean, by drawing seeds again with replacement.

    Args:
        scores: ``(seeds, k)``; all ``k`` of a seed are drawn together.

    Returns:
        Low and high ends, ``(k,)`` each; the same for the same scores.
    """
    seeds = len(scores)
    drawn = np.random.default_rng(0).integers(0, seeds, (RESAMPLES, seeds))
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(interquartile_mean(scores[drawn]), [tail, 1 - tail], axis=0)
    return low, high
