"""A recorded flight, asked again: the same policy acts the same, another one is told apart."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("mcap_ros2", reason="recordings need the extra 'record'")

from arm_policy import CONTRACT, METADATA, SOUND, WEIGHTS, with_weights
from recorded import PERIOD, START, Recorder, Said, flight, without

from ddpg_ros.cli.main import main
from ddpg_ros.contract import Contract, CosSin, Identity
from ddpg_ros.deploy import OnnxPolicy
from ddpg_ros.deploy.recorded_topics import ACTION, OBSERVATION
from ddpg_ros.deploy.replay import replay
from ddpg_ros.deploy.replay_fit import check_fit
from ddpg_ros.deploy.tick_pairs import TickPair, TickPairs
from ddpg_ros.errors import PolicyFileError

TICKS = 40
OTHER = with_weights(bias1=WEIGHTS["bias1"] + np.array([0.1, 0.0], np.float32))
"""Another policy of the same contract: its shoulder is another's, its elbow is not."""


@pytest.fixture
def recording(tmp_path: Path, policy: OnnxPolicy) -> Path:
    """The sound policy's flight."""
    file = tmp_path / "run.mcap"
    Recorder(file).introduce(policy).say(flight(policy, TICKS)).close()
    return file


def pairs_of(said: list[Said]) -> list[TickPair]:
    pairs = TickPairs()
    for each in said:
        pairs.hear(each.topic, each.tick, each.time, each.values.astype(float))
    return pairs.pairs


def printed(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    code = main(["replay", *map(str, arguments)])
    said = capsys.readouterr()
    return code, said.out + said.err


def test_the_policy_that_flew_acts_the_same_to_the_last_bit(
    recording: Path, path: Path, policy: OnnxPolicy, capsys: pytest.CaptureFixture[str]
) -> None:
    code, page = printed(capsys, recording, path)
    digest = policy.digest[:12]
    assert code == 0
    assert page.splitlines() == [
        f"recorded  /ddpg_controller flying {digest}, 0.8 s",
        f"replayed  {digest}",
        f"compared  {TICKS} ticks",
        "",
        "  element   unit  equal     mean off  most off  most off at  first off at",
        "  shoulder  N m   40 of 40  0         0         -            -",
        "  elbow     N m   40 of 40  0         0         -            -",
        "",
        "every action is the recorded one, bit for bit",
    ]


def test_another_policy_is_told_by_element(
    recording: Path, tmp_path: Path, policy: OnnxPolicy, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.onnx"
    other.write_bytes(OTHER)
    code, page = printed(capsys, recording, other, "--json")
    found = json.loads(page)
    assert code == 1
    assert (found["equal"], found["ticks"], found["differing"]) == (False, TICKS, TICKS)
    assert found["recorded_policies"] == [policy.digest]
    assert found["replayed_policy"] == OnnxPolicy(OTHER).digest
    seen = np.array([s.values for s in flight(policy, TICKS) if s.topic == OBSERVATION])
    gaps = np.abs(OnnxPolicy(OTHER).act_batch(seen) - policy.act_batch(seen)).astype(float)[:, 0]
    shoulder, elbow = found["elements"]
    assert (shoulder["name"], shoulder["unit"], shoulder["differing"]) == ("shoulder", "N m", TICKS)
    assert shoulder["mean"] == pytest.approx(gaps.mean(), rel=1e-4)
    assert shoulder["largest"] == pytest.approx(gaps.max(), rel=1e-4)
    assert shoulder["largest_at"]["tick"] == 1 + int(gaps.argmax())
    assert shoulder["first_at"]["tick"] == 1
    assert (elbow["differing"], elbow["largest"], elbow["first_at"]) == (0, 0.0, None)
    code, page = printed(capsys, recording, other)
    assert code == 1
    assert page.splitlines()[-1] == f"the action is another one on {TICKS} of {TICKS} ticks"


def test_one_bit_is_a_difference(policy: OnnxPolicy) -> None:
    said = flight(policy, TICKS)
    spoilt = said[2 * 16 + 1].values
    spoilt[1] = np.nextafter(spoilt[1], np.float32(9))
    result = replay(policy, pairs_of(said), START)
    shoulder, elbow = result.elements
    assert (result.equal, result.differing, shoulder.differing, elbow.differing) == (False, 1, 0, 1)
    assert 0 < elbow.largest < 1e-6
    assert elbow.mean == pytest.approx(elbow.largest / TICKS)
    assert elbow.first_at == elbow.largest_at
    assert elbow.first_at is not None
    assert elbow.first_at.tick == 17
    assert elbow.first_at.time == pytest.approx(16 * PERIOD, abs=1e-3)
    assert elbow.first_at.recorded == spoilt[1]


def test_the_first_and_the_largest_difference_are_told_apart(policy: OnnxPolicy) -> None:
    said = flight(policy, TICKS)
    said[2 * 4 + 1].values[0] += 0.25
    said[2 * 30 + 1].values[0] -= 1.5
    shoulder = replay(policy, pairs_of(said), START).elements[0]
    assert shoulder.first_at is not None
    assert shoulder.largest_at is not None
    assert (shoulder.first_at.tick, shoulder.largest_at.tick) == (5, 31)
    assert shoulder.largest == pytest.approx(1.5, abs=1e-6)
    moment = shoulder.largest_at
    assert moment.replayed - moment.recorded == pytest.approx(1.5, abs=1e-6)


def test_a_zero_of_the_other_sign_is_another_one(policy: OnnxPolicy) -> None:
    still = OnnxPolicy(with_weights(weight1=np.zeros((2, 32), "f4"), bias1=np.zeros(2, "f4")))
    said = flight(still, 1)
    assert said[1].values[0] == 0.0
    assert replay(still, pairs_of(said)).equal
    said[1].values[0] = -said[1].values[0]
    result = replay(still, pairs_of(said))
    assert (result.equal, result.elements[0].largest) == (False, 0.0)
    assert result.elements[0].largest_at is not None


def test_what_is_no_number_is_infinitely_off(
    tmp_path: Path, path: Path, policy: OnnxPolicy, capsys: pytest.CaptureFixture[str]
) -> None:
    said = flight(policy, 3)
    said[3].values[0] = math.nan
    assert replay(policy, pairs_of(said)).elements[0].largest == math.inf
    file = tmp_path / "run.mcap"
    Recorder(file).say(said).close()
    code, page = printed(capsys, file, path, "--json")
    assert code == 1
    shoulder = json.loads(page, parse_constant=pytest.fail)["elements"][0]
    assert shoulder["largest"] is None
    assert shoulder["first_at"]["recorded"] is None


def test_ticks_of_which_half_is_missing_are_counted_and_not_compared(
    tmp_path: Path, path: Path, policy: OnnxPolicy, capsys: pytest.CaptureFixture[str]
) -> None:
    said = without(without(flight(policy, 20), OBSERVATION, 4), ACTION, 9)
    file = tmp_path / "run.mcap"
    Recorder(file).introduce(policy).say(without(said, ACTION, 10)).close()
    code, page = printed(capsys, file, path)
    assert code == 0
    assert page.splitlines()[2:4] == [
        "compared  17 ticks",
        "left out  2 observations without an action, 1 action without its observation",
    ]


def test_a_file_that_was_cut_off_is_compared_as_far_as_it_goes(
    tmp_path: Path, path: Path, policy: OnnxPolicy, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "run.mcap"
    Recorder(file, chunk_size=1000).introduce(policy).say(flight(policy, TICKS)).close()
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    code, page = printed(capsys, file, path)
    assert code == 0
    assert page.splitlines()[0].endswith(" s, cut off")
    assert 5 < int(page.splitlines()[2].split()[1]) < TICKS


def other_contract(**changed: Any) -> Contract:
    """The arm's, its first term changed."""
    first, *rest = CONTRACT.observation
    return replace(CONTRACT, observation=(replace(first, **changed), *rest))


@pytest.mark.parametrize(
    ("contract", "text"),
    [
        (
            other_contract(feature=Identity(), unit="rad", low=-9.0, high=9.0),
            "this policy sees angles [rad], Identity() of sensor_msgs/JointState position "
            "(shoulder, elbow), where the recorded one sees angles [], CosSin() of ",
        ),
        (
            replace(CONTRACT, observation=CONTRACT.observation[::-1]),
            "this policy sees previous [N m], Identity() of previous_command command (shoulder, "
            "elbow), where the recorded one sees angles [], CosSin()",
        ),
        (
            replace(CONTRACT, observation=CONTRACT.observation[:2]),
            "this policy sees 2 ticks, where the recorded one sees previous [N m]",
        ),
        (
            replace(CONTRACT, history=1),
            "this policy sees 1 ticks, where the recorded one sees 2 ticks",
        ),
        (
            replace(
                CONTRACT,
                commands=(
                    replace(CONTRACT.commands[0], elements=CONTRACT.commands[0].elements[::-1]),
                ),
            ),
            "this policy drives elbow [N m], where the recorded one drives shoulder [N m]",
        ),
        (
            replace(CONTRACT, name="rover", history=1),
            f"this policy is for 'rover', the recorded one for '{CONTRACT.name}'. A recording can ",
        ),
    ],
)
def test_a_policy_whose_elements_mean_something_else_is_refused(
    contract: Contract, text: str
) -> None:
    with pytest.raises(PolicyFileError) as caught:
        check_fit(contract, CONTRACT)
    assert str(caught.value).startswith(text)


def test_limits_ages_and_topics_do_not_change_what_an_element_means() -> None:
    (angles, *rest) = CONTRACT.observation
    source = replace(angles.sources[0], topic="arm/joint_states", max_age=9.0)
    moved = replace(angles, sources=(source,), feature=CosSin(), low=-2.0)
    (command,) = CONTRACT.commands
    stronger = replace(command.elements[0], low=-9.0, slew_limit=math.inf, safe=0.0)
    commands = (replace(command, topic="arm", elements=(stronger, command.elements[1])),)
    check_fit(replace(CONTRACT, observation=(moved, *rest), commands=commands), CONTRACT)


def test_a_policy_of_another_robot_is_refused_in_a_sentence(
    recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.onnx"
    texts = replace(METADATA, contract=other_contract(name="corners")).to_texts()
    other.write_bytes(replace(SOUND, texts=texts).sealed())
    code, said = printed(capsys, recording, other)
    assert code == 2
    assert said.startswith("ddpg-ros replay: this policy sees corners [], CosSin() of ")
    assert said.count("\n") == 1


def test_that_several_policies_flew_is_said(
    tmp_path: Path, path: Path, policy: OnnxPolicy, capsys: pytest.CaptureFixture[str]
) -> None:
    several = (
        "The recording holds 2 policies: one was reloaded in flight, or two controllers called "
        "/ddpg_controller ran at once."
    )
    other, recording = OnnxPolicy(OTHER), tmp_path / "run.mcap"
    said = [*flight(policy, 3), *flight(other, 3, first=4)]
    Recorder(recording).introduce(policy).introduce(other).say(said).close()
    code, page = printed(capsys, recording, path)
    assert code == 1
    assert several in page.splitlines()
    assert "the action is another one on 3 of 6 ticks" in page
    texts = replace(METADATA, contract=other_contract(name="corners")).to_texts()
    strange = OnnxPolicy(replace(SOUND, texts=texts).sealed())
    Recorder(recording).introduce(policy).introduce(strange).say(said).close()
    code, page = printed(capsys, recording, path)
    assert code == 2
    assert page.endswith(f" {several}\n")


def test_vectors_of_another_size_are_refused_where_the_recording_names_no_policy(
    policy: OnnxPolicy,
) -> None:
    short = [replace(pair, action=pair.action[:1]) for pair in pairs_of(flight(policy, 2))]
    with pytest.raises(PolicyFileError, match=r"tick 1 of the recording has an observation of 16 "):
        replay(policy, short)
