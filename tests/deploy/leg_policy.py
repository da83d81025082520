"""A policy for a leg that reads every kind of sensor, and at times wants what is no number."""

from __future__ import annotations

import math

import numpy as np

from ddpg_ros.contract import (
    ActionElement,
    Command,
    Contract,
    CosSin,
    Identity,
    MinPool,
    ObservationTerm,
    ProjectedGravity,
    Source,
    readings,
)
from ddpg_ros.contract.digest import seal
from ddpg_ros.contract.policy_metadata import ObservationStatistics, PolicyMetadata, Probes
from ddpg_ros.learning.onnx_file import Node, onnx_model

JOINTS = ("hip", "knee")
MAX_AGE = 0.05
DIZZY = 40.0
"""Beyond this speed of the hip [rad/s] the policy wants NaN."""

POSITION = Source("joint_states", readings.JOINT_STATE, "position", JOINTS, MAX_AGE)
VELOCITY = Source("joint_states", readings.JOINT_STATE, "velocity", JOINTS, MAX_AGE)
ORIENTATION = Source("imu", readings.IMU, "orientation", (), MAX_AGE)
SCAN = Source("scan", readings.LASER_SCAN, "ranges", (), MAX_AGE)
GOAL = Source("goal_pose", readings.POSE_STAMPED, "pose.orientation", (), math.inf)
PREVIOUS = Source("", readings.PREVIOUS_COMMAND, "command", (*JOINTS, "ankle"))

CONTRACT = Contract(
    name="leg",
    period=0.02,
    observation=(
        ObservationTerm("goal", (GOAL,)),
        ObservationTerm("speeds", (VELOCITY,), Identity(), "rad/s"),
        ObservationTerm("angles", (POSITION,), CosSin()),
        ObservationTerm("gravity", (ORIENTATION,), ProjectedGravity()),
        ObservationTerm("near", (SCAN,), MinPool(bins=4, max_range=5.0), "m"),
        ObservationTerm("previous", (PREVIOUS,)),
    ),
    commands=(
        Command(
            "commands",
            readings.FLOAT64_MULTI_ARRAY,
            (
                ActionElement("hip", "rad", -1.5, 1.5, safe=0.3, slew_limit=8.0),
                ActionElement("knee", "rad", 0.0, 2.5, safe=0.5, slew_limit=3.0),
                ActionElement("ankle", "N m", -4.0, 4.0, safe=1.0),
            ),
        ),
    ),
    history=3,
)
"""Hip and knee are commanded to positions, the ankle to a torque that may jump."""

_SIZE, _FRAME = CONTRACT.observation_size, CONTRACT.frame_size
_HIP_SPEED = _SIZE - _FRAME + CONTRACT.observation_names.index("speeds.hip")


def _weights() -> dict[str, np.ndarray]:
    hip_speed = np.zeros((1, _SIZE), np.float32)
    hip_speed[0, _HIP_SPEED] = -1.0
    return {
        "weight": np.random.default_rng(3).normal(size=(3, _SIZE)).astype(np.float32),
        "bias": np.zeros(3, np.float32),
        "half_range": np.array([1.5, 1.25, 4.0], np.float32),
        "centre": np.array([0.0, 1.25, 0.0], np.float32),
        "hip_speed": hip_speed,
        "limit": np.array([DIZZY], np.float32),
        "nothing": np.array([[0.0]], np.float32),
    }


_NODES = (
    Node("Gemm", ["observation", "weight", "bias"], ["a"], {"transB": 1}),
    Node("Tanh", ["a"], ["b"], {}),
    Node("Mul", ["b", "half_range"], ["c"], {}),
    Node("Add", ["c", "centre"], ["d"], {}),
    Node("Gemm", ["observation", "hip_speed", "limit"], ["e"], {"transB": 1}),
    Node("Sqrt", ["e"], ["f"], {}),  # NaN below 0
    Node("Mul", ["f", "nothing"], ["g"], {}),
    Node("Add", ["d", "g"], ["action"], {}),
)


def content() -> bytes:
    """The bytes of the policy file."""
    weights = _weights()
    observations = np.random.default_rng(6).normal(size=(8, _SIZE)).astype(np.float32)
    wanted = np.tanh(observations @ weights["weight"].T) * weights["half_range"]
    probes = Probes(observations, (wanted + weights["centre"]).astype(np.float32), 1e-5)
    low, high = np.full(_SIZE, -3.0), np.full(_SIZE, 3.0)
    statistics = ObservationStatistics(1000, (low + high) / 2, high - low, low, high)
    texts = PolicyMetadata(CONTRACT, probes, statistics).to_texts()
    sizes = {"observation": _SIZE}, {"action": 3}
    return seal(onnx_model("leg", _NODES, weights, *sizes, texts))
