"""Seeds of episodes: those of training and those of evaluation never meet."""

from __future__ import annotations

import numpy as np

_EVALUATION = 2**31
_SELECTION = 2**31 + 2**30
"""Training seeds have 31 bits; evaluation takes its own range, choosing a policy yet another."""


def training_seed(seed: int, agent: int, episode: int) -> int:
    """Seed of the ``episode``-th episode of ``agent`` in the run with ``seed``."""
    words = np.random.SeedSequence((seed, agent, episode)).generate_state(1)
    return int(words[0]) >> 1


def evaluation_seeds(count: int, first: int = 0) -> list[int]:
    """Seeds that no training and no choice of a policy has seen."""
    return [_EVALUATION + first + i for i in range(count)]


def selection_seeds(count: int) -> list[int]:
    """Seeds by which the best policy of a run is chosen."""
    return [_SELECTION + i for i in range(count)]
