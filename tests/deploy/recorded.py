"""Recordings made without ROS: what a controller would have said."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from mcap_ros2.writer import Writer

from ddpg_ros.deploy import OnnxPolicy
from ddpg_ros.deploy.recorded_topics import ACTION, OBSERVATION, tick_label

START = 1_700_000_000.0
"""When a recording begins [s since the epoch]."""
PERIOD = 0.02
CONTROLLER = "/ddpg_controller"

_ARRAY = "std_msgs/msg/Float64MultiArray"
_SEPARATOR = "=" * 80
_DEFINITIONS = {
    _ARRAY: f"""\
MultiArrayLayout layout
float64[] data
{_SEPARATOR}
MSG: std_msgs/MultiArrayLayout
MultiArrayDimension[] dim
uint32 data_offset
{_SEPARATOR}
MSG: std_msgs/MultiArrayDimension
string label
uint32 size
uint32 stride
""",
    "std_msgs/msg/String": "string data\n",
}


@dataclass(frozen=True)
class Said:
    """A message of a controller."""

    topic: str
    time: float
    tick: int
    values: np.ndarray


def flight(policy: OnnxPolicy, ticks: int, first: int = 1, start: float = START) -> list[Said]:
    """What a controller says that flies ``policy``; a different observation on every tick."""
    rng = np.random.default_rng(first)
    said = []
    for tick in range(first, first + ticks):
        time = start + PERIOD * (tick - first)
        seen = rng.normal(size=policy.contract.observation_size).astype(np.float32)
        said.append(Said(OBSERVATION, time, tick, seen))
        said.append(Said(ACTION, time + 1e-4, tick, policy.act(seen).copy()))
    return said


def without(said: Iterable[Said], topic: str, tick: int) -> list[Said]:
    """The same, one message lost."""
    return [each for each in said if (each.topic, each.tick) != (topic, tick)]


class Recorder:
    """Writes recordings with an implementation that is not ours."""

    def __init__(self, path: Path, chunk_size: int = 2**20) -> None:
        self._file = path.open("wb")
        self._writer = Writer(self._file, chunk_size=chunk_size)
        self._schemas = {
            kind: self._writer.register_msgdef(kind, text) for kind, text in _DEFINITIONS.items()
        }

    def introduce(self, policy: OnnxPolicy, controller: str = CONTROLLER) -> Recorder:
        """Say which policy flies."""
        info = {"digest": policy.digest, "contract": policy.contract.to_dict()}
        message = {"data": json.dumps(info)}
        self._write("std_msgs/msg/String", f"{controller}/policy_info", START, message)
        return self

    def say(
        self, said: Iterable[Said], controller: str = CONTROLLER, labelled: bool = True
    ) -> Recorder:
        """Say what belongs to ticks."""
        for each in said:
            dimension = {"label": tick_label(each.tick), "size": len(each.values), "stride": 1}
            message = {
                "layout": {"dim": [dimension] if labelled else [], "data_offset": 0},
                "data": each.values.astype(float).tolist(),
            }
            self._write(_ARRAY, f"{controller}/{each.topic}", each.time, message)
        return self

    def close(self) -> None:
        """Complete the file."""
        self._writer.finish()
        self._file.close()

    def _write(self, kind: str, topic: str, time: float, message: Any) -> None:
        self._writer.write_message(topic, self._schemas[kind], message, round(time * 1e9))
