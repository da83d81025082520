"""A policy file made to do harm is refused in a sentence, soon, and in little memory."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import pytest

pytest.importorskip("onnx")

from hostile_policies import HOSTILE

from ddpg_ros.deploy import OnnxPolicy
from ddpg_ros.errors import PolicyFileError

PATIENCE = 10.0
"""A busy machine's for what takes at most a second on a quiet one [s]."""
MEMORY = 300 * 2**10
"""What loading may add to the most memory this process ever held [KiB]."""


def test_there_are_enough_of_them() -> None:
    assert len(HOSTILE) >= 30


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_policy_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "policy.onnx"
    path.write_bytes(HOSTILE[name]())
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.monotonic()
    with pytest.raises(PolicyFileError) as caught:
        OnnxPolicy.load(path)
    seconds = time.monotonic() - begun
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - most
    text = str(caught.value).removeprefix(f"policy file {path}: ")
    assert 20 < len(text) <= 600
    assert text.isprintable()
    assert seconds < PATIENCE
    assert more < MEMORY
