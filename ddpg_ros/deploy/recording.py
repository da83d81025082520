"""A recorded flight: what a controller saw and wanted, and of which policy."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ddpg_ros.contract import Contract
from ddpg_ros.deploy.mcap_messages import McapMessages
from ddpg_ros.deploy.recorded_topics import ACTION, OBSERVATION, POLICY_INFO, tick_of
from ddpg_ros.deploy.tick_pairs import TickPairs
from ddpg_ros.errors import ContractError, RecordingError

_KINDS = {
    OBSERVATION: "std_msgs/msg/Float64MultiArray",
    ACTION: "std_msgs/msg/Float64MultiArray",
    POLICY_INFO: "std_msgs/msg/String",
}


@dataclass
class Recording:
    """What one controller said.

    Attributes:
        controller: The node's full name.
        ticks: What its policy saw and wanted.
        policies: Contract by digest, of the policies that it said it flew.
        start: When the first message of the file was recorded [s since the epoch].
        end: When the last one was.
        cut_off: Whether the file lacks its end.
    """

    controller: str
    ticks: TickPairs = field(default_factory=TickPairs)
    policies: dict[str, Contract] = field(default_factory=dict)
    start: float = 0.0
    end: float = 0.0
    cut_off: bool = False

    @property
    def several(self) -> str:
        """That more than one policy flew, a sentence; empty where one did, or none is known."""
        if len(self.policies) < 2:
            return ""
        return (
            f"The recording holds {len(self.policies)} policies: one was reloaded in flight, or "
            f"two controllers called {self.controller} ran at once."
        )

    def hear(self, topic: str, time: float, message: Any) -> None:
        """Take in a message of one of its topics, named without the controller.

        Raises:
            RecordingError: It does not say what it should.
        """
        if topic == POLICY_INFO:
            self._introduce(message.data)
            return
        dimensions = message.layout.dim
        tick = tick_of(dimensions[0].label) if dimensions else None
        if tick is None:
            raise RecordingError(
                f"{self.controller}/{topic} does not say to which tick a message belongs: the "
                "controller was of an older ddpg_ros. Record it anew."
            )
        self.ticks.hear(topic, tick, time, np.array(message.data))

    def _introduce(self, text: str) -> None:
        try:
            info = json.loads(text)
            self.policies[info["digest"]] = Contract.from_dict(info["contract"])
        except (ValueError, KeyError, TypeError, ContractError) as error:
            raise RecordingError(
                f"{self.controller}/{POLICY_INFO} names no policy that this ddpg_ros knows "
                f"({error})."
            ) from None


def read_recording(path: str | Path, controller: str = "") -> Recording:
    """Read what a controller saw and wanted.

    Args:
        path: An MCAP file, of ``ddpg-ros record`` or ``ros2 bag record -s mcap``, or the folder
            that the latter makes. What a kill left of a file serves as well.
        controller: The node's full name; may be empty where only one was recorded.

    Raises:
        RecordingError: It cannot be read, or holds no controller, or several and none is named.
    """
    file = _file(Path(path).expanduser())
    try:
        messages = McapMessages(file)
        return _chosen(_read(messages), controller, messages)
    except RecordingError as error:
        raise RecordingError(f"recording {file}: {error}") from None


def _file(path: Path) -> Path:
    if not path.is_dir():
        return path
    files = sorted(path.glob("*.mcap"))
    if len(files) != 1:
        raise RecordingError(
            f"recording {path}: expected one .mcap file in this folder, found {len(files)}. "
            "Give the path of a file."
        )
    return files[0]


def _read(messages: McapMessages) -> list[Recording]:
    """One recording a controller."""
    found: dict[str, Recording] = {}
    start = end = 0.0
    for message in messages:
        end = message.time
        start = start or end
        controller, _, topic = message.topic.rpartition("/")
        if message.kind == _KINDS.get(topic):
            recording = found.setdefault(controller, Recording(controller))
            recording.hear(topic, end, message.decode())
    for recording in found.values():
        recording.start, recording.end, recording.cut_off = start, end, messages.cut_off
    return [recording for recording in found.values() if recording.ticks.pairs]


def _chosen(found: Iterable[Recording], controller: str, messages: McapMessages) -> Recording:
    by_name = {recording.controller: recording for recording in found}
    names = sorted(by_name)
    if controller:
        wanted = f"/{controller.strip('/')}"
        if wanted not in by_name:
            raise RecordingError(
                f"holds no ticks of {wanted}, but of {', '.join(names) or 'no controller'}."
            )
        return by_name[wanted]
    if len(names) > 1:
        raise RecordingError(
            f"holds ticks of {', '.join(names)}. Choose one, as in --controller {names[0]}."
        )
    if not names and messages.cut_off:
        raise RecordingError("is no MCAP file, or is cut off before the first tick was complete.")
    if not names:
        raise RecordingError(
            f"holds no tick of a controller: neither ~/{OBSERVATION} with ~/{ACTION}, nor what "
            "belongs together of them. 'ddpg-ros record policy.onnx' records both."
        )
    return by_name[names[0]]
