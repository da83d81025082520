"""How far chance may have moved what an evaluation found."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

_Z = 1.959964
"""Quantile of the normal distribution for 95 %."""
_RESAMPLES = 2_000


def wilson(count: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share, ``count`` of ``total``.

    Wilson 1927; unlike share ± 1.96 deviations it says something where all or none succeed.
    """
    share, z2 = count / total, _Z**2
    middle = (share + z2 / (2 * total)) / (1 + z2 / total)
    spread = share * (1 - share) / total + z2 / (4 * total**2)
    half = _Z * math.sqrt(spread) / (1 + z2 / total)
    low = middle - half if count > 0 else 0.0
    high = middle + half if count < total else 1.0
    return low, high


def bootstrap(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval of the mean of ``values``: percentiles of the means of resamples.

    Efron 1979. Nothing is supposed of the distribution, which has two peaks where some episodes
    fail. The same values give the same interval.
    """
    rng, found = np.random.default_rng(0), np.asarray(values, dtype=np.float64)
    size = len(found)
    means = [found[rng.integers(size, size=size)].mean() for _ in range(_RESAMPLES)]
    low, high = np.percentile(means, (2.5, 97.5))
    return float(low), float(high)
