"""The recorder, over real DDS: a flight is recorded byte for byte, and replays bit for bit."""

from __future__ import annotations

import math
import os
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

pytest.importorskip("mcap_ros2", reason="recordings need the extra 'record'")

from graph import Graph, NodeProcess
from hinge import Hinge
from mcap.reader import make_reader
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rclpy.serialization import deserialize_message
from sensor_msgs.msg import JointState
from std_msgs.msg import String

from ddpg_ros.cli.main import main
from ddpg_ros.deploy import OnnxPolicy
from ddpg_ros.deploy.mcap_messages import McapMessages
from ddpg_ros.deploy.recorded_topics import ACTION, OBSERVATION
from ddpg_ros.deploy.recording import read_recording

Start = Callable[..., NodeProcess]
TYPES = {
    "/joint_states": "sensor_msgs/msg/JointState",
    "/commands": "std_msgs/msg/Float64MultiArray",
    "/ddpg_controller/observation": "std_msgs/msg/Float64MultiArray",
    "/ddpg_controller/action": "std_msgs/msg/Float64MultiArray",
    "/ddpg_controller/policy_info": "std_msgs/msg/String",
    "/diagnostics": "diagnostic_msgs/msg/DiagnosticArray",
}
QOS = "offered_qos_profiles"


@dataclass
class Flown:
    """A recorded flight.

    Args:
        file: The recording.
        printed: What the recorder said.
        heard: What a subscriber heard of the robot's joints meanwhile.
    """

    file: Path
    printed: str
    heard: list[JointState]


@pytest.fixture(scope="module")
def flown(tmp_path_factory: pytest.TempPathFactory, policy: Path) -> Flown:
    """The recorder is there first; in mid flight the sensor is silent for a while."""
    folder, graph = tmp_path_factory.mktemp("flight"), Graph()
    file = folder / "run.mcap"

    def begin(verb: str, *arguments: str, **parameters: Any) -> NodeProcess:
        process = NodeProcess(folder / f"{verb}.log", verb, arguments, parameters)
        ends.callback(process.kill)
        return process

    def end(process: NodeProcess) -> None:
        process.signal(signal.SIGINT)
        graph.wait_for(lambda: not process.running(), "the end of a process")
        assert process.wait() == 0, process.output

    with ExitStack() as ends:
        ends.callback(graph.close)
        recorder = begin("record", str(policy), "--output", str(file))
        graph.wait_for(file.exists, "the file")
        heard = graph.listen(JointState, "joint_states", 1000)
        hinge = Hinge(graph)
        controller = begin("controller", policy=policy)
        hinge.wait_until_driven()
        graph.wait_for(lambda: "records /ddpg_controller/action" in recorder.output, "the action")
        for commands in (20, 30):
            over = len(hinge.commands) + commands
            while len(hinge.commands) < over:
                hinge.position = math.sin(3 * time.monotonic())
                graph.serve(0.01)
            hinge.position = None
            hinge.wait_until_safe()
        graph.serve(0.3)
        end(controller)
        end(recorder)
        return Flown(file, recorder.output, heard)


def test_a_flight_replays_bit_for_bit(
    flown: Flown, policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(flown.file), str(policy)]) == 0
    page = capsys.readouterr().out.splitlines()
    assert page[-1] == "every action is the recorded one, bit for bit"
    recording = read_recording(flown.file)
    assert list(recording.policies) == [OnnxPolicy.load(policy).digest]
    # While the sensor was silent the policy was not asked.
    assert len(recording.ticks.pairs) >= 40
    assert recording.ticks.heard[OBSERVATION] > len(recording.ticks.pairs)
    assert recording.ticks.heard[ACTION] == len(recording.ticks.pairs)
    seen = {tuple(pair.observation) for pair in recording.ticks.pairs}
    assert len(seen) > 30


def test_a_recording_is_complete_and_says_what_ros_wants_to_know(flown: Flown) -> None:
    with flown.file.open("rb") as stream:
        reader = make_reader(stream, validate_crcs=True)
        assert reader.get_header().profile == "ros2"
        summary = reader.get_summary()
        assert summary is not None
        assert summary.statistics is not None
        channels = {channel.topic: channel for channel in summary.channels.values()}
        schemas = {topic: summary.schemas[c.schema_id] for topic, c in channels.items()}
        (metadata,) = reader.iter_metadata()
    assert {topic: schema.name for topic, schema in schemas.items()} == TYPES
    assert {schema.encoding for schema in schemas.values()} == {"ros2msg"}
    assert {channel.message_encoding for channel in channels.values()} == {"cdr"}
    counts = {t: summary.statistics.channel_message_counts[c.id] for t, c in channels.items()}
    assert min(counts.values()) > 0
    for topic, count in counts.items():
        assert f"{count:8d}  {topic}\n" in flown.printed
    assert f"run.mcap: {sum(counts.values())} messages" in flown.printed
    assert flown.printed.endswith("\nno /clock: real time\n")
    assert "nobody published" not in flown.printed
    assert metadata.name == "rosbag2"
    assert yaml.safe_load(metadata.metadata["serialized_metadata"])["version"] == 4
    (info,) = yaml.safe_load(channels["/ddpg_controller/policy_info"].metadata[QOS])
    assert (info["reliability"], info["durability"]) == (1, 1)
    assert info["deadline"] == info["lifespan"] == {"sec": 9223372036, "nsec": 854775807}
    (states,) = yaml.safe_load(channels["/joint_states"].metadata[QOS])
    assert (states["reliability"], states["durability"]) == (1, 2)


def test_messages_are_recorded_as_they_were_sent(flown: Flown) -> None:
    with flown.file.open("rb") as stream:
        messages = [m for _, _, m in make_reader(stream).iter_messages(topics=["/joint_states"])]
    recorded = [deserialize_message(message.data, JointState) for message in messages]
    count = min(len(recorded), len(flown.heard))
    assert count >= 200
    assert recorded[-count:] == flown.heard[-count:]
    times = [message.log_time for message in messages]
    assert times == sorted(times)
    assert time.time_ns() - 300 * 10**9 < times[0] < times[-1] < time.time_ns()


def test_a_topic_that_comes_late_and_one_of_two_reliabilities_are_recorded(
    graph: Graph, start: Start, tmp_path: Path
) -> None:
    file, sent = tmp_path / "run.mcap", []
    best_effort = QoSProfile(depth=10, reliability=ReliabilityPolicy.BEST_EFFORT)
    spoken = graph.node.create_publisher(String, "spoken", best_effort)

    def speak() -> None:
        sent.append(str(len(sent)))
        spoken.publish(String(data=sent[-1]))

    graph.node.create_timer(0.02, speak)
    recorder = start("record", "--topics", "spoken", "/late", "--output", str(file))
    graph.wait_for(lambda: "records /spoken" in recorder.output, "the first topic")
    graph.publish_at(50, String, "late", lambda: String(data="at last"))
    graph.wait_for(lambda: "records /late" in recorder.output, "the second topic")
    enough = len(sent) + 60
    graph.wait_for(lambda: len(sent) > enough, "some messages")
    recorder.signal(signal.SIGTERM)
    graph.wait_for(lambda: not recorder.running(), "the recorder's end")
    assert recorder.wait() == 0, recorder.output
    said: dict[str, list[str]] = {"/spoken": [], "/late": []}
    for message in McapMessages(file):
        said[message.topic].append(message.decode().data)
    first = int(said["/spoken"][0])
    assert said["/spoken"] == sent[first : first + len(said["/spoken"])]
    assert len(said["/spoken"]) > 40
    assert len(said["/late"]) > 20
    assert set(said["/late"]) == {"at last"}


def test_what_a_killed_recorder_has_written_can_be_read(
    graph: Graph, start: Start, tmp_path: Path
) -> None:
    file, count = tmp_path / "run.mcap", iter(range(10**6))

    def say() -> String:
        return String(data=f"{next(count)} {os.urandom(2500).hex()}")

    graph.publish_at(100, String, "spoken", say)
    recorder = start("record", "--topics", "spoken", "--output", str(file))
    graph.wait_for(lambda: file.exists() and file.stat().st_size > 200_000, "some of the file")
    recorder.kill()
    messages = McapMessages(file)
    said = [int(message.decode().data.partition(" ")[0]) for message in messages]
    assert messages.cut_off
    assert said == list(range(said[0], said[0] + len(said)))
    assert len(said) > 60


def test_a_recorder_in_a_namespace_records_for_so_many_seconds(
    graph: Graph, start: Start, tmp_path: Path
) -> None:
    graph.publish_at(50, String, "/rover/spoken", lambda: String(data="here"))
    file = tmp_path / "run.mcap"
    arguments = ("--topics", "spoken", "--output", str(file), "--seconds", "1")
    recorder = start("record", *arguments, "--ros-args", "-r", "__ns:=/rover")
    graph.wait_for(lambda: not recorder.running(), "the recorder's end")
    assert recorder.wait() == 0, recorder.output
    messages = list(McapMessages(file))
    assert {message.topic for message in messages} == {"/rover/spoken"}
    assert 0.8 < messages[-1].time - messages[0].time < 10


def test_a_recorder_that_hears_nothing_says_so(graph: Graph, start: Start, tmp_path: Path) -> None:
    recorder = start("record", "--topics", "spoken", "--output", str(tmp_path / "run.mcap"))
    silent = "nobody has published anything yet (/spoken); it waits for the first message"
    graph.wait_for(lambda: silent in recorder.output, "a warning")
    recorder.signal(signal.SIGINT)
    assert recorder.wait() == 0


def test_a_file_that_exists_is_not_overwritten(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "run.mcap"
    file.write_text("precious")
    recorder = start("record", "--topics", "spoken", "--output", str(file))
    assert recorder.wait() == 2
    assert recorder.output == f"ddpg-ros record: {file}: exists already. Give another name.\n"
    assert file.read_text() == "precious"


@pytest.mark.parametrize(
    ("topic", "output", "text"),
    [
        ("a", "none/run.mcap", "none/run.mcap: cannot be made (No such file or directory)."),
        ("a b", "run.mcap", "'a b' is no name of a topic: expected letters, digits"),
    ],
)
def test_what_cannot_be_recorded_is_told(
    start: Start, tmp_path: Path, topic: str, output: str, text: str
) -> None:
    recorder = start("record", "--topics", topic, "--output", output)
    assert recorder.wait() == 2
    assert recorder.output.startswith(f"ddpg-ros record: {text}")
    assert recorder.output.count("\n") == 1
    assert not (tmp_path / "run.mcap").exists()
