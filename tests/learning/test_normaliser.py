"""Running statistics are those of all that was seen, and scale what comes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ddpg_ros.learning.normaliser import ObservationNormaliser

MEAN, STD = np.array([0.0, -3.0, 1e6, 5.0]), np.array([1.0, 0.02, 2.0, 0.0])


def batches() -> list[np.ndarray]:
    """Of many sizes; the third element lies far from zero, the fourth never changes."""
    rng = np.random.default_rng(0)
    sizes = [1, 1, 2, 3, 500, 1, 64, 7] * 5
    return [rng.normal(MEAN, STD, (size, 4)).astype(np.float32) for size in sizes]


def fed(enabled: bool = True) -> ObservationNormaliser:
    normaliser = ObservationNormaliser(4, enabled)
    for batch in batches():
        normaliser.see(batch)
    return normaliser


@pytest.mark.parametrize("enabled", [True, False])
def test_the_statistics_are_numpys_over_everything_seen(enabled: bool) -> None:
    normaliser, seen = fed(enabled), np.concatenate(batches()).astype(np.float64)
    assert normaliser.count == len(seen)
    np.testing.assert_allclose(normaliser.observed_mean, seen.mean(axis=0), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(normaliser.std, seen.std(axis=0), rtol=1e-7, atol=1e-9)
    np.testing.assert_array_equal(normaliser.minimum, seen.min(axis=0))
    np.testing.assert_array_equal(normaliser.maximum, seen.max(axis=0))


def test_it_scales_to_deviations_from_the_mean() -> None:
    normaliser, seen = fed(), np.concatenate(batches()).astype(np.float64)
    scaled = normaliser(torch.tensor(seen, dtype=torch.float32))
    expected = (seen - seen.mean(axis=0)) / np.maximum(seen.std(axis=0), 1e-4)
    np.testing.assert_allclose(scaled[:, :2], expected[:, :2], atol=1e-4)
    np.testing.assert_allclose(scaled[:, 2], expected[:, 2], atol=0.05)  # float32 steps at 1e6


def test_an_element_that_never_changed_is_only_shifted() -> None:
    scaled = fed()(torch.tensor([[0.0, -3.0, 1e6, 5.5]]))
    assert scaled[0, 3] == pytest.approx(0.5)


def test_ten_deviations_are_the_limit() -> None:
    far = torch.tensor([[1e9, -1e9, float(MEAN[2]), 5.0]])
    assert fed()(far)[0, :2].tolist() == [10.0, -10.0]


def test_before_anything_was_seen_it_changes_nothing_within_the_limit() -> None:
    observations = torch.tensor([[1.0, -2.0, 0.5, 10.0]])
    assert torch.equal(ObservationNormaliser(4, enabled=True)(observations), observations)


def test_disabled_it_is_the_identity_however_far() -> None:
    observations = torch.tensor([[1e9, -1e9, 0.1, 0.0]])
    assert torch.equal(fed(enabled=False)(observations), observations)


def test_a_restored_normaliser_goes_on_as_the_saved_one() -> None:
    normaliser, restored = fed(), ObservationNormaliser(4, enabled=True)
    state = normaliser.state()
    normaliser.see(np.zeros((3, 4)))
    restored.restore(state)
    assert restored.count == normaliser.count - 3
    restored.see(np.zeros((3, 4)))
    observations = torch.randn(20, 4) * 100
    assert torch.equal(restored(observations), normaliser(observations))
    for name in ("observed_mean", "std", "minimum", "maximum"):
        np.testing.assert_array_equal(getattr(restored, name), getattr(normaliser, name))


def test_what_it_reports_cannot_be_changed_from_outside() -> None:
    normaliser = fed()
    normaliser.observed_mean[:] = 7.0
    assert normaliser.observed_mean[0] != 7.0
