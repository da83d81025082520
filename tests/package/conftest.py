"""A policy file that does nothing, for the command line to look at."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from ddpg_ros.contract import Contract, generic_contract
from ddpg_ros.contract.digest import seal
from ddpg_ros.contract.policy_metadata import ObservationStatistics, PolicyMetadata, Probes
from ddpg_ros.learning.onnx_file import Node, onnx_model

TOY = generic_contract("toy", [-1, -1], [1, 1], [-2], [2], period=0.1)

MakePolicy = Callable[[Contract, str], Path]


@pytest.fixture
def make_policy(tmp_path: Path) -> MakePolicy:
    """Write the policy that commands 0, for a contract and the world it was trained in."""

    def make(contract: Contract, world: str) -> Path:
        sizes = (contract.observation_size, contract.action_size)
        zeros = [np.zeros((3, size), np.float32) for size in sizes]
        statistics = ObservationStatistics(9, *np.ones((4, sizes[0])))
        metadata = PolicyMetadata(contract, Probes(*zeros, 1e-5), statistics, {"world": world})
        content = onnx_model(
            contract.name,
            [Node("MatMul", ["observation", "weight"], ["action"], {})],
            {"weight": np.zeros(sizes)},
            inputs={"observation": sizes[0]},
            outputs={"action": sizes[1]},
            metadata=metadata.to_texts(),
        )
        path = tmp_path / "policy.onnx"
        path.write_bytes(seal(content))
        return path

    return make


@pytest.fixture
def toy(make_policy: MakePolicy) -> Path:
    """A policy for a plant of two observations and one action, of a world nobody knows."""
    return make_policy(TOY, "NoSuchWorld-v0")


@pytest.fixture
def signals_restored() -> Iterator[None]:
    """Training takes over Ctrl-C; hand it back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
