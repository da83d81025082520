"""The arm's policy on disk and in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from arm_policy import AT_ONCE, NOTHING, SOUND, Recipe, say, with_weights

from ddpg_ros.deploy import ControlCore, OnnxPolicy
from ddpg_ros.errors import PolicyFileError


@pytest.fixture(scope="session")
def content() -> bytes:
    """The bytes of a sound policy file."""
    return SOUND.sealed()


@pytest.fixture
def path(tmp_path: Path, content: bytes) -> Path:
    """A sound policy file on disk."""
    path = tmp_path / "policy.onnx"
    path.write_bytes(content)
    return path


@pytest.fixture
def policy(content: bytes) -> OnnxPolicy:
    """The sound policy, proved."""
    return OnnxPolicy(content)


@pytest.fixture
def core(policy: OnnxPolicy) -> ControlCore:
    """A core whose sensor spoke at time 0, and whose policy takes over at once."""
    core = ControlCore(policy, AT_ONCE)
    core.receive("joint_states", say(), now=0.0)
    return core


@pytest.fixture
def pushing() -> ControlCore:
    """A core whose policy always wants the most of the shoulder and the least of the elbow."""
    bias = np.array([20.0, -20.0], np.float32)
    core = ControlCore(OnnxPolicy(with_weights(weight1=NOTHING, bias1=bias)), AT_ONCE)
    core.receive("joint_states", say(), now=0.0)
    return core


@pytest.fixture
def refusal(path: Path) -> Callable[[Recipe], str]:
    """Why a file made after a recipe is refused: one line, which begins with its path."""

    def load(recipe: Recipe) -> str:
        path.write_bytes(recipe.sealed())
        with pytest.raises(PolicyFileError) as caught:
            OnnxPolicy.load(path)
        begin, text = f"policy file {path}: ", str(caught.value)
        assert text.startswith(begin)
        assert "\n" not in text
        return text.removeprefix(begin)

    return load
