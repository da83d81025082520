"""A policy made with numpy alone: what its file holds, and what it should answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from ddpg_ros.contract import (
    ActionElement,
    Command,
    Contract,
    CosSin,
    Identity,
    ObservationTerm,
    Reading,
    Source,
    readings,
)
from ddpg_ros.contract.digest import seal
from ddpg_ros.contract.policy_metadata import ObservationStatistics, PolicyMetadata, Probes
from ddpg_ros.deploy import OnnxPolicy
from ddpg_ros.learning.onnx_file import Node, onnx_model

JOINTS = ("shoulder", "elbow")


@dataclass(frozen=True)
class Recipe:
    """What goes into a policy file; ``dataclasses.replace`` spoils one part of it."""

    nodes: tuple[Node, ...]
    constants: Mapping[str, np.ndarray]
    inputs: Mapping[str, int]
    outputs: Mapping[str, int]
    metadata: Mapping[str, str]
    more: bytes = b""

    def sealed(self) -> bytes:
        """The bytes of the file."""
        graph = (self.nodes, self.constants, self.inputs, self.outputs)
        return seal(onnx_model("arm", *graph, self.metadata) + self.more)


@pytest.fixture(scope="session")
def contract() -> Contract:
    """An arm of two joints, two ticks deep; the shoulder may not be jerked, nor let go."""
    position = Source("joint_states", readings.JOINT_STATE, "position", JOINTS, max_age=0.1)
    velocity = Source("joint_states", readings.JOINT_STATE, "velocity", JOINTS, max_age=0.2)
    previous = Source("", readings.PREVIOUS_COMMAND, "command", JOINTS)
    shoulder = ActionElement("shoulder", "N m", -2.0, 2.0, safe=0.5, slew_limit=10.0)
    elbow = ActionElement("elbow", "N m", -1.0, 3.0)
    return Contract(
        name="arm",
        period=0.02,
        observation=(
            ObservationTerm("angles", (position,), CosSin(), low=-1.0, high=1.0),
            ObservationTerm("speeds", (velocity,), Identity(), "rad/s", low=-20.0, high=25.0),
            ObservationTerm("previous", (previous,), Identity(), "N m"),
        ),
        commands=(Command("commands", readings.FLOAT64_MULTI_ARRAY, (shoulder, elbow)),),
        history=2,
    )


@pytest.fixture(scope="session")
def weights(contract: Contract) -> Mapping[str, np.ndarray]:
    """Mean and deviation, two layers, scale and limits, float32."""
    random = np.random.default_rng(5)
    size, low, high = (contract.observation_size, *map(contract.action_values, ("low", "high")))
    weights = {
        "mean": random.normal(size=size),
        "inverse_std": random.uniform(0.5, 2.0, size),
        "weight0": random.normal(size=(32, size)) / 4,
        "bias0": random.normal(size=32),
        "weight1": random.normal(size=(2, 32)) / 4,
        "bias1": random.normal(size=2),
        "half_range": (high - low) / 2,
        "centre": (high + low) / 2,
    }
    return {name: np.asarray(values, np.float32) for name, values in weights.items()}


@pytest.fixture(scope="session")
def answer(weights: Mapping[str, np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    """The policy in numpy: ``(batch, n)`` to ``(batch, m)``, in double precision."""

    def compute(observations: np.ndarray) -> np.ndarray:
        w = {name: values.astype(np.float64) for name, values in weights.items()}
        scaled = (observations - w["mean"]) * w["inverse_std"]
        hidden = np.maximum(scaled @ w["weight0"].T + w["bias0"], 0)
        return np.tanh(hidden @ w["weight1"].T + w["bias1"]) * w["half_range"] + w["centre"]

    return compute


@pytest.fixture(scope="session")
def metadata(contract: Contract, answer: Callable[[np.ndarray], np.ndarray]) -> PolicyMetadata:
    """What the file says of itself, with 16 probes."""
    random = np.random.default_rng(6)
    observations = random.normal(size=(16, contract.observation_size)).astype(np.float32)
    probes = Probes(observations, answer(observations).astype(np.float32), tolerance=1e-5)
    seen = np.round(random.uniform(0, 9, (4, contract.observation_size)), 3)
    provenance = {
        "world": "arm_world",
        "steps": 12345,
        "seed": 7,
        "ddpg_ros": "0.9.9",
        "git_commit": "0123456789abcdef0123456789abcdef01234567",
        "evaluation": {
            "mean": -12.346,
            "confidence_95": 0.654,
            "episodes": 40,
            "outcomes": {"success": 38, "failure": 2},
        },
    }
    return PolicyMetadata(contract, probes, ObservationStatistics(1000, *seen), provenance)


@pytest.fixture(scope="session")
def recipe(metadata: PolicyMetadata, weights: Mapping[str, np.ndarray]) -> Recipe:
    """A sound policy file."""
    layer = {"transB": 1}
    nodes = (
        Node("Sub", ["observation", "mean"], ["a"], {}),
        Node("Mul", ["a", "inverse_std"], ["b"], {}),
        Node("Gemm", ["b", "weight0", "bias0"], ["c"], layer),
        Node("Relu", ["c"], ["d"], {}),
        Node("Gemm", ["d", "weight1", "bias1"], ["e"], layer),
        Node("Tanh", ["e"], ["f"], {}),
        Node("Mul", ["f", "half_range"], ["g"], {}),
        Node("Add", ["g", "centre"], ["action"], {}),
    )
    sizes = (metadata.contract.observation_size, metadata.contract.action_size)
    inputs, outputs = {"observation": sizes[0]}, {"action": sizes[1]}
    return Recipe(nodes, weights, inputs, outputs, metadata.to_texts())


@pytest.fixture
def path(tmp_path: Path, recipe: Recipe) -> Path:
    """A sound policy file on disk."""
    path = tmp_path / "policy.onnx"
    path.write_bytes(recipe.sealed())
    return path


@pytest.fixture
def policy(path: Path) -> OnnxPolicy:
    """The sound policy, loaded."""
    return OnnxPolicy.load(path)


@pytest.fixture(scope="session")
def healthy() -> Reading:
    """Joint states when all is well, in another order and with a joint too many."""
    names = ["elbow", "gripper", "shoulder"]
    return readings.joint_state(names, position=[0.1, 9.0, -0.2], velocity=[0.3, 9.0, -0.4])
