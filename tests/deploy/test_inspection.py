"""What a policy file says of itself, to people and to programs."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from arm_policy import CONTRACT, METADATA, SOUND

from ddpg_ros.contract import Contract
from ddpg_ros.deploy import OnnxPolicy
from ddpg_ros.deploy.inspection import as_dict, as_text

EVALUATION = {
    "mean": -12.346,
    "confidence_95": 0.654,
    "episodes": 40,
    "outcomes": {"success": 38, "failure": 2},
}
PROVENANCE = {
    **METADATA.provenance,
    "git_commit": "0123456789abcdef0123456789abcdef01234567+changes",
    "evaluation": EVALUATION,
}


def policy_from(provenance: dict[str, Any], contract: Contract = CONTRACT) -> OnnxPolicy:
    texts = replace(METADATA, contract=contract, provenance=provenance).to_texts()
    return OnnxPolicy(replace(SOUND, texts=texts).sealed())


def cells(text: str, name: str) -> list[str]:
    (line,) = (line for line in text.splitlines() if line.startswith(f"  {name} "))
    return [cell.strip() for cell in line.split("  ") if cell.strip()]


def test_the_head_names_robot_rate_digest_and_proof(policy: OnnxPolicy) -> None:
    lines = as_text(policy).splitlines()
    assert lines[0] == "policy for 'arm', 50 Hz (period 0.02 s)"
    assert lines[1] == f"digest   {policy.digest}, matches the file's bytes"
    assert lines[2] == (
        f"proof    16 probes reproduced, largest difference {policy.largest_probe_error:.1e} "
        "of an action's range, 1e-05 allowed"
    )


def test_the_provenance_names_world_steps_seed_version_commit_and_return() -> None:
    lines = as_text(policy_from(PROVENANCE)).splitlines()
    assert lines[3] == (
        "trained  in 'arm_world', 12345 steps, seed 7, ddpg_ros 0.9.9, commit 0123456789ab"
    )
    assert lines[4] == (
        "returned -12.35 ± 0.65 (95 %) over 40 unseen episodes: 38 success, 2 failure"
    )


def test_a_single_episode_has_no_interval() -> None:
    evaluation = {"mean": 3.0, "confidence_95": 0.0, "episodes": 1, "outcomes": {"success": 1}}
    lines = as_text(policy_from({"evaluation": evaluation})).splitlines()
    assert lines[4] == "returned 3.00 over 1 unseen episode: 1 success"


@pytest.mark.parametrize("provenance", [{}, {"evaluation": {}}, {"evaluation": {"return": 3.0}}])
def test_a_file_of_another_maker_may_say_less(provenance: dict) -> None:
    lines = as_text(policy_from(provenance)).splitlines()
    assert lines[3] == "trained  in '?', ? steps, seed ?, ddpg_ros ?, commit ?"
    assert lines[4] == ""


def test_every_observed_element_has_a_row(policy: OnnxPolicy) -> None:
    text, latest = as_text(policy), 8
    assert "reads    8 elements at each of 2 ticks, the oldest first" in text
    statistics = policy.metadata.statistics
    terms = [term for term in CONTRACT.observation for _ in term.element_names]
    for i, (name, term) in enumerate(zip(CONTRACT.observation_names, terms, strict=True)):
        label = term.sources[0].label
        mean, std, least, most = (
            f"{getattr(statistics, kind)[latest + i]:.4g}"
            for kind in ("mean", "std", "minimum", "maximum")
        )
        row = cells(text, name)
        assert row[:2] == [name, label]
        assert row[-3:] == [mean, std, f"{least} .. {most}"]
    assert cells(text, "speeds.elbow")[2:6] == ["rad/s", "-20", "25", "0.2"]
    assert cells(text, "angles.cos(elbow)")[2:5] == ["-1", "1", "0.1"]
    assert cells(text, "previous.elbow")[2:5] == ["N m", "-", "-"]


def test_every_driven_element_has_a_row(policy: OnnxPolicy) -> None:
    text = as_text(policy)
    to = "commands (std_msgs/Float64MultiArray data)"
    assert "drives   2 elements" in text
    assert cells(text, "shoulder") == ["shoulder", to, "N m", "-2", "2", "10", "0.5"]
    assert cells(text, "elbow") == ["elbow", to, "N m", "-1", "3", "-", "0"]


def test_programs_get_everything_as_json() -> None:
    policy = policy_from(PROVENANCE)
    said = json.loads(json.dumps(as_dict(policy), allow_nan=False))
    assert set(said) == {"digest", "proof", "contract", "statistics", "provenance"}
    assert said["digest"] == policy.digest
    assert said["proof"] == {
        "probes": 16,
        "tolerance": 1e-5,
        "largest_error": policy.largest_probe_error,
    }
    assert Contract.from_dict(said["contract"]) == CONTRACT
    assert said["provenance"] == PROVENANCE
    assert said["statistics"]["count"] == 1000
    for kind in ("mean", "std", "minimum", "maximum"):
        assert said["statistics"][kind] == getattr(METADATA.statistics, kind).tolist()
