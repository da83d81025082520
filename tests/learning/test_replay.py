"""The memory forgets the oldest first and draws from what it holds alone."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch

from ddpg_ros.learning.replay import Batch, ReplayBuffer


def numbered(*numbers: int) -> Batch:
    """Transitions that carry their number in every column."""
    n = torch.tensor(numbers, dtype=torch.float32)
    return Batch(torch.stack([n, -n], 1), n[:, None] / 100, 10 * n, torch.stack([n, n], 1), n % 2)


def memory(capacity: int, seed: int = 0) -> ReplayBuffer:
    return ReplayBuffer(capacity, 2, 1, np.random.default_rng(seed))


def held(replay: ReplayBuffer) -> set[int]:
    return {int(n) for n in replay.sample(2000).observations[:, 0]}


def test_it_draws_only_from_what_was_remembered_and_from_all_of_it() -> None:
    replay = memory(100)
    replay.add(numbered(1, 2, 3))
    assert replay.size == 3
    drawn = replay.sample(9000).observations[:, 0]
    counts = [int((drawn == n).sum()) for n in (1, 2, 3)]
    assert sum(counts) == 9000
    assert counts == pytest.approx([3000] * 3, rel=0.1)


def test_the_columns_of_a_transition_stay_together() -> None:
    replay = memory(10)
    replay.add(numbered(4, 5))
    replay.add(numbered(6, 7, 8, 9))
    sample = replay.sample(200)
    expected = numbered(*sample.observations[:, 0].int().tolist())
    for column, values in zip(sample, expected, strict=True):
        torch.testing.assert_close(column, values)


def test_the_oldest_are_overwritten_across_the_seam() -> None:
    replay = memory(5)
    replay.add(numbered(0, 1, 2))
    replay.add(numbered(3, 4, 5))
    assert (replay.size, held(replay)) == (5, {1, 2, 3, 4, 5})
    replay.add(numbered(6))
    assert (replay.size, held(replay)) == (5, {2, 3, 4, 5, 6})


def test_the_same_seed_draws_the_same() -> None:
    one, other, third = memory(5, seed=1), memory(5, seed=1), memory(5, seed=2)
    for replay in (one, other, third):
        replay.add(numbered(0, 1, 2, 3, 4))
    sample = one.sample(50).rewards
    assert torch.equal(sample, other.sample(50).rewards)
    assert not torch.equal(sample, third.sample(50).rewards)


@pytest.mark.parametrize("count", [3, 7])
def test_a_restored_memory_goes_on_as_the_saved_one(count: int) -> None:
    replay, restored = memory(5), memory(5)
    for number in range(count):
        replay.add(numbered(number))
    restored.restore(replay.state())
    for one in (replay, restored):
        one.add(numbered(100, 101))
    assert restored.size == replay.size
    for mine, other in zip(restored.sample(500), replay.sample(500), strict=True):
        assert torch.equal(mine, other)


def test_what_is_saved_stays_what_it_was() -> None:
    replay = memory(2)
    replay.add(numbered(1, 2))
    state = replay.state()
    replay.add(numbered(3, 4))
    assert torch.equal(state["rows"], torch.cat([c.view(2, -1) for c in numbered(1, 2)], 1))


def test_an_almost_empty_memory_is_saved_in_little_room() -> None:
    replay = memory(1_000_000)
    replay.add(numbered(1, 2, 3))
    file = io.BytesIO()
    torch.save(replay.state(), file)
    assert len(file.getvalue()) < 10_000


def test_the_largest_reward_is_of_what_is_remembered_now() -> None:
    replay = memory(3)
    assert replay.largest_reward() == 0.0
    replay.add(numbered(-7, 2))
    assert replay.largest_reward() == 70.0
    replay.add(numbered(3, 4))
    assert replay.largest_reward() == 40.0
