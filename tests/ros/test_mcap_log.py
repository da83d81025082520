"""What is written is what is read: every type that nodes speak, and a disk that fills up."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("mcap_ros2", reason="recordings need the extra 'record'")

from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.serialization import serialize_message
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import Image, JointState
from std_msgs.msg import String

from ddpg_ros.deploy.mcap_messages import McapMessages
from ddpg_ros.errors import RecordingError
from ddpg_ros.ros.mcap_log import McapLog
from ddpg_ros.ros.message_definitions import message_class, message_definition
from ddpg_ros.ros.messages import MESSAGE_TYPES

SPOKEN = [
    *MESSAGE_TYPES.values(),
    Clock,
    Image,
    String,
    DiagnosticArray,
]
"""Every type on the topics of the package's nodes."""


def kind_of(message: type) -> str:
    package = message.__module__.partition(".")[0]
    return f"{package}/msg/{message.__name__}"


def same(message: Any, read: Any) -> bool:
    """Whether a message says the same as one that was read by its definition alone."""
    if not hasattr(message, "get_fields_and_field_types"):
        if isinstance(message, bytes):  # of the type byte
            return message == bytes([read])
        if isinstance(message, (str, bool, int, float)):
            return bool(message == read)
        if len(message) and hasattr(message[0], "get_fields_and_field_types"):
            return all(same(m, r) for m, r in zip(message, read, strict=True))
        return list(message) == list(read)
    fields = message.get_fields_and_field_types()
    return all(same(getattr(message, f), getattr(read, f)) for f in fields)


def filled(message: Any, rng: np.random.Generator) -> Any:
    """A message with something in every number and text."""
    for field, kind in message.get_fields_and_field_types().items():
        value = getattr(message, field)
        if hasattr(value, "get_fields_and_field_types"):
            filled(value, rng)
        elif isinstance(value, float):
            setattr(message, field, float(np.float32(rng.normal())))
        elif isinstance(value, str):
            setattr(message, field, f"text {rng.integers(99)}")
        elif kind == "sequence<double>":
            setattr(message, field, rng.normal(size=5).tolist())
        elif kind == "sequence<string>":
            setattr(message, field, ["hip", "", "knee"])
        elif kind == "sequence<float>":
            setattr(message, field, rng.normal(size=7).astype("f4").tolist())
    return message


@pytest.mark.parametrize("kind", SPOKEN, ids=lambda kind: kind.__name__)
def test_every_type_is_read_back_by_the_definition_in_the_file(kind: type, tmp_path: Path) -> None:
    name, rng = kind_of(kind), np.random.default_rng(0)
    sent = [filled(kind(), rng) for _ in range(3)]
    if kind is DiagnosticArray:
        pairs = [KeyValue(key="rate_hz", value="20.0"), KeyValue(key="ticks", value="7")]
        sent[0].status = [DiagnosticStatus(level=b"\x00", name="/n", message="well", values=pairs)]
    assert message_class(name) is kind
    log = McapLog(tmp_path / "run.mcap")
    channel = log.add_topic("/spoken", name, message_definition(name), "[]")
    for i, message in enumerate(sent):
        log.write(channel, serialize_message(message), 10**9 * (i + 1))
    log.close()
    read = list(McapMessages(tmp_path / "run.mcap"))
    assert [(m.topic, m.kind, m.time) for m in read] == [
        ("/spoken", name, float(i + 1)) for i in range(3)
    ]
    for message, recorded in zip(sent, read, strict=True):
        assert same(message, recorded.decode()), recorded.decode()


def test_a_difference_would_be_seen() -> None:
    state = JointState(name=["a"], position=[1.0])
    assert same(state, JointState(name=["a"], position=[1.0]))
    assert not same(state, JointState(name=["a"], position=[1.5]))
    state.header.stamp = Time(sec=1)
    assert not same(state, JointState(name=["a"], position=[1.0]))


def test_two_topics_of_one_type_share_its_definition(tmp_path: Path) -> None:
    log = McapLog(tmp_path / "run.mcap")
    text = message_definition("std_msgs/msg/String")
    channels = [log.add_topic(topic, "std_msgs/msg/String", text, "[]") for topic in ("/a", "/b")]
    for channel in channels:
        log.write(channel, serialize_message(String(data="x")), 10**9)
    log.close()
    assert log.counts == {"/a": 1, "/b": 1}
    assert [m.topic for m in McapMessages(tmp_path / "run.mcap")] == ["/a", "/b"]
    assert (tmp_path / "run.mcap").read_bytes().count(b"string data") == 1


@pytest.mark.parametrize("name", ["no_such_msgs/msg/Thing", "std_msgs/msg/Thing"])
def test_a_type_that_is_not_known_here_is_told(name: str) -> None:
    with pytest.raises(RecordingError, match=rf"^{name} is not known here\. Source the workspace"):
        message_class(name)
    with pytest.raises(RecordingError, match=rf"^{name} has no definition here: share/.*\.msg lie"):
        message_definition(name)


def test_a_sourced_workspace_defines_types_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "share" / "my_msgs" / "msg"
    folder.mkdir(parents=True)
    (folder / "Leg.msg").write_text(
        "# A leg: Nothing here\nuint8 LEFT=0 # LEFT Foot\n\nFoot[<=2] feet\n  float64[3] hip # x\n"
        'geometry_msgs/Point[] path\nstring<=9 name "of # the leg"\n'
    )
    (folder / "Foot.msg").write_text("bool down\n")
    monkeypatch.setenv("AMENT_PREFIX_PATH", f"/nowhere:{tmp_path}")
    text = message_definition("my_msgs/msg/Leg")
    own, *others = text.split("=" * 80 + "\n")
    assert own.startswith("# A leg")
    assert sorted(other.partition("\n")[0] for other in others) == [
        "MSG: geometry_msgs/Point",
        "MSG: my_msgs/Foot",
    ]
    assert "MSG: my_msgs/Foot\nbool down\n" in text


@contextmanager
def disk_of(size: int) -> Iterator[None]:
    """Files cannot grow beyond ``size`` bytes; Python ignores the signal that would say so."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_told_and_what_was_written_before_can_be_read(tmp_path: Path) -> None:
    file, rng = tmp_path / "run.mcap", np.random.default_rng(0)
    log = McapLog(file)
    name = "sensor_msgs/msg/JointState"
    channel = log.add_topic("/joint_states", name, message_definition(name), "[]")
    with disk_of(300_000), pytest.raises(RecordingError) as caught:  # noqa: PT012
        for i in range(1000):
            state = JointState(position=rng.normal(size=500).tolist())
            log.write(channel, serialize_message(state), 10**9 + i)
            log.flush()
    assert str(caught.value) == (
        f"{file}: cannot be written to any more (File too large). What was written before can be "
        "read."
    )
    log.close()
    assert len([m for m in McapMessages(file) if m.topic == "/joint_states"]) >= 30
