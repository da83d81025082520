"""Agents that were interrupted live through their episodes again."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import torch
from point_world import PointWorld, leaves, step

from ddpg_ros.errors import CheckpointError
from ddpg_ros.learning.agents import Agents

REST = np.array([[0.0]])


class Moody(PointWorld):
    """Draws its start from a source that no seed reaches."""

    def _restart(self, seed: int | None) -> dict[str, Any]:
        info = super()._restart(seed)
        self._x = float(np.random.default_rng().uniform(-1, 1))
        return info


def test_restored_agents_relive_their_episodes_to_the_bit() -> None:
    rng = np.random.default_rng(0)
    agents, restored = Agents(PointWorld, 3, seed=1), Agents(PointWorld, 3, seed=1)
    for _ in range(57):
        step(agents, rng.uniform(-1, 1, (3, 1)))
    restored.restore(agents.state())
    assert dict(leaves(restored.state())) == dict(leaves(agents.state()))
    for _ in range(60):
        actions = rng.uniform(-1, 1, (3, 1))
        (one, ended), (other, also_ended) = step(agents, actions), step(restored, actions)
        assert ended == also_ended
        assert all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def test_a_world_that_does_not_repeat_itself_cannot_be_continued() -> None:
    text = (
        "world 'point' does not repeat itself from the same seed and actions, so this run cannot "
        "be continued as if nothing had happened. Make its reset(seed=...) settle all of its "
        "randomness."
    )
    agents = Agents(Moody, 2, seed=0)
    with pytest.raises(CheckpointError, match=f"^{re.escape(text)}$"):
        Agents(Moody, 2, seed=0).restore(agents.state())
