"""The policy of the latency benchmark tells which sample each command was computed from."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.arm import JOINTS, SAFE, decode, encode, is_safe
from benchmarks.policies import write_arm_policy
from ddpg_ros.deploy import OnnxPolicy


@pytest.fixture(scope="module")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> OnnxPolicy:
    return OnnxPolicy.load(write_arm_policy(tmp_path_factory.mktemp("arm") / "policy.onnx", 500.0))


def _command(policy: OnnxPolicy, number: int) -> list[float]:
    rng = np.random.default_rng(number)
    observation = rng.uniform(0, 1, 2 * len(JOINTS)).astype(np.float32)
    observation[:2] = encode(number), 1 - encode(number)
    return policy.act(observation).tolist()


def test_every_number_is_read_from_the_command_it_led_to(numbered: OnnxPolicy) -> None:
    for number in range(3000, 9000):
        command = _command(numbered, number)
        assert decode(command, newest=number) == number
        assert decode(command, newest=number + 1000) == number


def test_a_command_on_its_way_from_the_safe_one_has_no_number(numbered: OnnxPolicy) -> None:
    safe, wanted = np.full(len(JOINTS), SAFE), np.array(_command(numbered, 5))
    assert is_safe(safe.tolist())
    for share in np.linspace(0.0, 0.999, 100):
        assert decode((safe + share * (wanted - safe)).tolist(), newest=5) is None
