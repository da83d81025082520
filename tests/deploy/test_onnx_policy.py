"""A sound policy file proves itself and answers as its maker computed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from arm_policy import CONTRACT, METADATA, answer, with_weights

from ddpg_ros.deploy import OnnxPolicy

RANGE = np.array([4.0, 4.0])
TASKS = Path("/proc/self/task")


def some_observations(count: int, spread: float) -> np.ndarray:
    random = np.random.default_rng(8)
    return (spread * random.normal(size=(count, 16))).astype(np.float32)


@pytest.mark.parametrize("as_user_types", [str, Path])
def test_a_policy_loads_from_its_path(path: Path, as_user_types: Callable[[Path], object]) -> None:
    assert OnnxPolicy.load(as_user_types(path)).contract == CONTRACT  # type: ignore[arg-type]


def test_a_path_may_begin_at_home(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(path.parent))
    assert OnnxPolicy.load("~/policy.onnx").contract == CONTRACT


def test_a_policy_carries_what_its_maker_wrote(policy: OnnxPolicy) -> None:
    assert policy.contract == CONTRACT
    assert policy.metadata.to_texts() == METADATA.to_texts()


def test_the_digest_is_that_of_the_file_with_its_own_digits_blanked(content: bytes) -> None:
    digest = OnnxPolicy(content).digest
    blanked = content.replace(digest.encode(), b"0" * 64)
    assert digest == hashlib.sha256(blanked).hexdigest()


def test_the_proof_tells_by_how_much_the_probes_were_missed(policy: OnnxPolicy) -> None:
    probes = METADATA.probes
    batch = np.abs(policy.act_batch(probes.observations) - probes.actions.astype(float)) / RANGE
    assert batch.max() <= policy.largest_probe_error < 1e-6


@pytest.mark.parametrize("spread", [0.0, 1.0, 1000.0])
def test_it_acts_as_numpy_does(policy: OnnxPolicy, spread: float) -> None:
    observations = some_observations(200, spread)
    expected = answer(observations)
    single = np.array([policy.act(observation).copy() for observation in observations])
    for actions in (single, policy.act_batch(observations)):
        assert actions.dtype == np.float32
        np.testing.assert_allclose(actions, expected, rtol=0, atol=1e-5 * RANGE[0])


def test_a_batch_may_be_of_any_size_and_number_type(policy: OnnxPolicy) -> None:
    observations = some_observations(9, 1.0)
    assert policy.act_batch(observations[:0]).shape == (0, 2)
    assert np.array_equal(
        policy.act_batch(observations[::3].astype(np.float64)),
        policy.act_batch(observations)[::3],
    )


def test_the_action_array_is_reused(policy: OnnxPolicy) -> None:
    first = policy.act(some_observations(1, 1.0)[0])
    before = first.copy()
    second = policy.act(-some_observations(1, 1.0)[0])
    assert second is first
    assert not np.array_equal(first, before)


def test_two_policies_keep_apart(content: bytes) -> None:
    one, other = OnnxPolicy(content), OnnxPolicy(with_weights(bias1=np.zeros(2, np.float32)))
    observation = some_observations(1, 1.0)[0]
    action = one.act(observation)
    before = action.copy()
    assert not np.array_equal(other.act(observation), before)
    assert np.array_equal(action, before)


def test_an_observation_of_another_length_is_an_error(policy: OnnxPolicy) -> None:
    with pytest.raises(ValueError, match="could not broadcast"):
        policy.act(np.zeros(15, np.float32))


@pytest.mark.skipif(not TASKS.exists(), reason="needs Linux's /proc")
def test_a_policy_computes_on_the_thread_of_its_caller(content: bytes) -> None:
    before = set(TASKS.iterdir())
    policy = OnnxPolicy(content)
    policy.act(np.zeros(16, np.float32))
    assert set(TASKS.iterdir()) <= before
