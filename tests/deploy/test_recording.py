"""Recordings: what belongs together is put together, and what cannot be read is told."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("mcap_ros2", reason="recordings need the extra 'record'")

from recorded import CONTROLLER, PERIOD, START, Recorder, Said, flight, without

from ddpg_ros.deploy import OnnxPolicy
from ddpg_ros.deploy.mcap_messages import McapMessages
from ddpg_ros.deploy.recorded_topics import ACTION, OBSERVATION
from ddpg_ros.deploy.recording import read_recording
from ddpg_ros.deploy.tick_pairs import TickPairs
from ddpg_ros.errors import RecordingError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "run.mcap"


def paired(said: list[Said]) -> TickPairs:
    pairs = TickPairs()
    for each in said:
        pairs.hear(each.topic, each.tick, each.time, each.values)
    return pairs


def test_every_tick_is_read_as_it_was_said(file: Path, policy: OnnxPolicy) -> None:
    said = flight(policy, 50)
    Recorder(file).introduce(policy).say(said).close()
    recording = read_recording(file)
    assert (recording.controller, recording.cut_off) == (CONTROLLER, False)
    assert recording.policies == {policy.digest: policy.contract}
    assert recording.start == START
    assert recording.end == pytest.approx(START + 49 * PERIOD, abs=1e-3)
    pairs = recording.ticks.pairs
    assert [pair.tick for pair in pairs] == list(range(1, 51))
    for pair, seen, wanted in zip(pairs, said[::2], said[1::2], strict=True):
        np.testing.assert_array_equal(pair.observation, seen.values)
        np.testing.assert_array_equal(pair.action, wanted.values)


def test_a_lost_message_leaves_its_tick_out_and_no_other(policy: OnnxPolicy) -> None:
    said = without(without(flight(policy, 9), OBSERVATION, 3), ACTION, 7)
    ticks = paired(said)
    assert [pair.tick for pair in ticks.pairs] == [1, 2, 4, 5, 6, 8, 9]
    assert ticks.heard == {OBSERVATION: 8, ACTION: 8}
    for pair in ticks.pairs:
        np.testing.assert_array_equal(policy.act(pair.observation.astype("f4")), pair.action)


def test_an_action_may_come_before_its_observation(policy: OnnxPolicy) -> None:
    said = flight(policy, 4)
    said[2:6] = [said[3], said[2], said[5], said[4]]
    ticks = paired(said)
    assert [pair.tick for pair in ticks.pairs] == [1, 2, 3, 4]
    for pair in ticks.pairs:
        np.testing.assert_array_equal(policy.act(pair.observation.astype("f4")), pair.action)


def test_a_controller_that_counts_anew_is_not_taken_for_the_one_before(
    policy: OnnxPolicy,
) -> None:
    before = without(flight(policy, 5), ACTION, 2)
    after = without(flight(policy, 5, start=START + 60), OBSERVATION, 2)
    ticks = paired([*before, *after])
    assert [pair.tick for pair in ticks.pairs] == [1, 3, 4, 5, 1, 3, 4, 5]


def test_what_a_kill_leaves_can_be_read(tmp_path: Path, file: Path, policy: OnnxPolicy) -> None:
    Recorder(file, chunk_size=2000).introduce(policy).say(flight(policy, 100)).close()
    content = file.read_bytes()
    killed, found = tmp_path / "killed.mcap", []
    for share in np.linspace(0.02, 0.99, 30):
        killed.write_bytes(content[: int(share * len(content))])
        messages = McapMessages(killed)
        counts = Counter(message.topic for message in messages)
        assert messages.cut_off
        found.append(counts["/ddpg_controller/action"])
        if found[-1]:
            recording = read_recording(killed)
            ticks = [pair.tick for pair in recording.ticks.pairs]
            assert recording.cut_off
            assert ticks == list(range(1, found[-1] + 1))
        else:
            with pytest.raises(RecordingError, match="cut off before the first tick was complete"):
                read_recording(killed)
    assert found == sorted(found)
    assert found[0] == 0
    assert found[15] >= 20
    assert found[-1] == 100


def test_a_damaged_file_is_refused(tmp_path: Path, file: Path, policy: OnnxPolicy) -> None:
    Recorder(file, chunk_size=2000).introduce(policy).say(flight(policy, 100)).close()
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 0x10
    file.write_bytes(content)
    with pytest.raises(
        RecordingError,
        match=r"run\.mcap: is damaged at byte .* 'mcap recover' ",
    ):
        read_recording(file)


@pytest.mark.parametrize("content", [b"", b"\x89", b"policy", bytes(1000), b"<!doctype html>"])
def test_what_is_no_recording_is_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(
        RecordingError,
        match=r"run\.mcap: is (empty\.$|no MCAP file(\. Give |, or is cut off before ))",
    ):
        read_recording(file)


def test_a_recording_that_is_not_there_is_named(file: Path) -> None:
    with pytest.raises(RecordingError) as caught:
        read_recording(file)
    assert str(caught.value) == f"recording {file}: cannot be read (No such file or directory)."


def test_a_recording_of_something_else_says_what_it_lacks(file: Path, policy: OnnxPolicy) -> None:
    said = [each for each in flight(policy, 5) if each.topic == OBSERVATION]
    Recorder(file).introduce(policy).say(said).close()
    with pytest.raises(RecordingError, match=r"holds no tick of a controller: .* records both"):
        read_recording(file)


def test_messages_that_name_no_tick_are_refused(file: Path, policy: OnnxPolicy) -> None:
    Recorder(file).say(flight(policy, 2), labelled=False).close()
    with pytest.raises(RecordingError, match=r"does not say to which tick a message belongs"):
        read_recording(file)


def test_one_of_several_controllers_is_chosen_by_its_name(file: Path, policy: OnnxPolicy) -> None:
    recorder = Recorder(file).say(flight(policy, 3), "/a/pilot").say(flight(policy, 5), "/b/pilot")
    recorder.close()
    with pytest.raises(RecordingError) as caught:
        read_recording(file)
    assert str(caught.value) == (
        f"recording {file}: holds ticks of /a/pilot, /b/pilot. Choose one, as in "
        "--controller /a/pilot."
    )
    assert len(read_recording(file, "b/pilot").ticks.pairs) == 5
    with pytest.raises(RecordingError, match=r"holds no ticks of /c, but of /a/pilot, /b/pilot\."):
        read_recording(file, "/c")


def test_a_folder_of_ros2_bag_is_read(tmp_path: Path, policy: OnnxPolicy) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    with pytest.raises(RecordingError, match=r"expected one \.mcap file in this folder, found 0"):
        read_recording(folder)
    Recorder(folder / "run_0.mcap").say(flight(policy, 3)).close()
    (folder / "metadata.yaml").touch()
    assert len(read_recording(folder).ticks.pairs) == 3
