"""A policy for an arm, made with numpy alone: what its file holds, and what it should answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

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
from ddpg_ros.guard_settings import GuardSettings
from ddpg_ros.learning.onnx_file import Node, onnx_model

JOINTS = ("shoulder", "elbow")
_POSITION = Source("joint_states", readings.JOINT_STATE, "position", JOINTS, max_age=0.1)
_VELOCITY = Source("joint_states", readings.JOINT_STATE, "velocity", JOINTS, max_age=0.2)
_PREVIOUS = Source("", readings.PREVIOUS_COMMAND, "command", JOINTS)
_SHOULDER = ActionElement("shoulder", "N m", -2.0, 2.0, safe=0.5, slew_limit=10.0)
_ELBOW = ActionElement("elbow", "N m", -1.0, 3.0)

CONTRACT = Contract(
    name="arm",
    period=0.02,
    observation=(
        ObservationTerm("angles", (_POSITION,), CosSin(), low=-1.0, high=1.0),
        ObservationTerm("speeds", (_VELOCITY,), Identity(), "rad/s", low=-20.0, high=25.0),
        ObservationTerm("previous", (_PREVIOUS,), Identity(), "N m"),
    ),
    commands=(Command("commands", readings.FLOAT64_MULTI_ARRAY, (_SHOULDER, _ELBOW)),),
    history=2,
)
"""Two joints, two ticks deep; the shoulder is neither jerked nor let go."""

_RANDOM = np.random.default_rng(5)
_SIZE = CONTRACT.observation_size
WEIGHTS: Mapping[str, np.ndarray] = {
    "mean": _RANDOM.normal(size=_SIZE).astype(np.float32),
    "inverse_std": _RANDOM.uniform(0.5, 2.0, _SIZE).astype(np.float32),
    "weight0": _RANDOM.normal(size=(32, _SIZE)).astype(np.float32) / 4,
    "bias0": _RANDOM.normal(size=32).astype(np.float32),
    "weight1": _RANDOM.normal(size=(2, 32)).astype(np.float32) / 4,
    "bias1": _RANDOM.normal(size=2).astype(np.float32),
    "half_range": np.array([2.0, 2.0], np.float32),
    "centre": np.array([0.0, 1.0], np.float32),
}
AT_ONCE = GuardSettings(recovery_time=0.0, ramp_in_time=0.0, out_of_range="ignore")
"""A guard that lets the policy drive as soon as its inputs are sound."""
NOTHING = np.zeros((2, 32), np.float32)
"""A ``weight1`` that makes the policy want the same whatever it sees."""

NODES = (
    Node("Sub", ["observation", "mean"], ["a"], {}),
    Node("Mul", ["a", "inverse_std"], ["b"], {}),
    Node("Gemm", ["b", "weight0", "bias0"], ["c"], {"transB": 1}),
    Node("Relu", ["c"], ["d"], {}),
    Node("Gemm", ["d", "weight1", "bias1"], ["e"], {"transB": 1}),
    Node("Tanh", ["e"], ["f"], {}),
    Node("Mul", ["f", "half_range"], ["g"], {}),
    Node("Add", ["g", "centre"], ["action"], {}),
)


def answer(observations: np.ndarray, weights: Mapping[str, np.ndarray] = WEIGHTS) -> np.ndarray:
    """The graph in numpy, in double precision: ``(batch, n)`` to ``(batch, m)``."""
    w = {name: values.astype(np.float64) for name, values in weights.items()}
    scaled = (observations - w["mean"]) * w["inverse_std"]
    hidden = np.maximum(scaled @ w["weight0"].T + w["bias0"], 0)
    return np.tanh(hidden @ w["weight1"].T + w["bias1"]) * w["half_range"] + w["centre"]


def probes(weights: Mapping[str, np.ndarray]) -> Probes:
    """Sixteen of them."""
    observations = np.random.default_rng(6).normal(size=(16, _SIZE)).astype(np.float32)
    return Probes(observations, answer(observations, weights).astype(np.float32), 1e-5)


METADATA = PolicyMetadata(
    CONTRACT,
    probes(WEIGHTS),
    ObservationStatistics(1000, *np.round(_RANDOM.uniform(0, 9, (4, _SIZE)), 3)),
    {"world": "arm_world", "steps": 12345, "seed": 7, "ddpg_ros": "0.9.9"},
)


@dataclass(frozen=True)
class Recipe:
    """What goes into a policy file; ``dataclasses.replace`` spoils one part of it."""

    nodes: tuple[Node, ...]
    weights: Mapping[str, np.ndarray]
    inputs: Mapping[str, int]
    outputs: Mapping[str, int]
    texts: Mapping[str, str]
    more: bytes = b""

    def sealed(self) -> bytes:
        """The bytes of the file."""
        graph = (self.nodes, self.weights, self.inputs, self.outputs)
        return seal(onnx_model("arm", *graph, self.texts) + self.more)


SOUND = Recipe(NODES, WEIGHTS, {"observation": _SIZE}, {"action": 2}, METADATA.to_texts())


def with_weights(**changed: np.ndarray) -> bytes:
    """A sound policy file with other weights, and probes to match."""
    weights = {**WEIGHTS, **changed}
    texts = replace(METADATA, probes=probes(weights)).to_texts()
    return replace(SOUND, weights=weights, texts=texts).sealed()


def say(position: float = 0.1, velocity: float = 0.3) -> Reading:
    """Joint states of this elbow, in another order than the contract's, with a joint too many."""
    names = ["elbow", "gripper", "shoulder"]
    return readings.joint_state(names, [position, 9.0, -0.2], [velocity, 9.0, -0.4])
