"""``ddpg-ros evaluate --sweep``: real processes, a real world, a report."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ddpg_ros.cli.evaluate import evaluate_policy
from ddpg_ros.cli.main import main
from ddpg_ros.deploy import OnnxPolicy

worlds = pytest.importorskip("ddpg_ros.worlds")
pytest.importorskip("matplotlib")

SMALL = ["--sweep", "--axis", "delay=0,1", "--axis", "mass=1,1.3", "--episodes", "2"]


@pytest.fixture
def pendulum(make_policy: Callable) -> Path:
    """A policy that lets the pendulum hang."""
    with worlds.make_world("pendulum") as world:
        path: Path = make_policy(world.contract, "pendulum")
    return path


def report(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((path / "sweep.json").read_text())
    return content


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["evaluate", *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    return said.err.removeprefix("ddpg-ros evaluate: ").rstrip("\n")


def test_it_leaves_a_report_beside_the_policy_and_prints_a_table(
    pendulum: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(pendulum), *SMALL, "--processes", "2"]) == 0
    folder = pendulum.parent / "policy_sweep"
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "success, 4 of 4 cells, 2 episodes each; as modelled 0%"
    assert lines[1].split() == ["delay", "[control", "periods]", "0", "1"]
    assert lines[2].split() == ["0%", "0%"]
    files = [folder / name for name in ("sweep.json", "sweep.txt", "delay-mass.png")]
    assert lines[-3:] == list(map(str, files))
    told = files[1].read_text().splitlines()
    assert told == ["pendulum, 2 episodes a cell", *lines[:-3]]
    assert (folder / "delay-mass.png").read_bytes().startswith(b"\x89PNG")
    content = report(folder)
    assert content["complete"]
    assert (content["world"], content["episodes"], content["first_seed"]) == ("pendulum", 2, 0)
    policy = OnnxPolicy.load(pendulum)
    assert content["digest"] == policy.digest
    for cell in content["cells"]:
        ranges = worlds.Randomisation(
            observation_delay=(cell["disturbance"].get("delay", 0.0),) * 2,
            mass=(cell["disturbance"].get("mass", 1.0),) * 2,
        )
        flown = evaluate_policy(policy, 2, ranges=ranges)
        assert cell == {"disturbance": cell["disturbance"], "score": 0.0, **flown.summary()}
    means = {cell["mean"] for cell in content["cells"]}
    assert len(means) == 2  # a policy that looks at nothing feels the mass alone


def test_other_seeds_and_folders_can_be_chosen_and_programs_get_json(
    pendulum: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "deep" / "report"
    options = ["--seed", "7", "--output", str(folder), "--processes", "1", "--json"]
    assert main(["evaluate", str(pendulum), *SMALL, *options]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content == report(folder)
    ordinary = evaluate_policy(OnnxPolicy.load(pendulum), 2)
    assert content["cells"][0]["mean"] != ordinary.mean


def test_a_world_without_success_is_judged_by_its_return_and_axes_it_lacks_are_left_out(
    make_policy: Callable, capsys: pytest.CaptureFixture[str]
) -> None:
    with worlds.make_world("Pendulum-v1") as world:
        path = make_policy(world.contract, "Pendulum-v1")
    options = ["--sweep", "--axis=delay=0,1", "--axis=mass", "--episodes=1", "--processes=1"]
    assert main(["evaluate", str(path), *options]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("normalised return, 2 of 2 cells, 1 episodes each; as modelled ")
    assert lines[3].startswith("left out: mass: world 'Pendulum-v1': its mass cannot be varied.")
    content = report(path.parent / "policy_sweep")
    assert content["judged_by"] == "normalised return"
    assert content["idle"]["mean"] == pytest.approx(content["cells"][0]["mean"])


def test_stopped_before_a_cell_was_flown_there_is_no_report(
    pendulum: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("ddpg_ros.cli.sweep._fly_all", lambda sweep, job: iter(()))
    assert main(["evaluate", str(pendulum), *SMALL, "--output", str(tmp_path / "report")]) == 130
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "stopped before a cell was flown: there is no report\n")
    assert list((tmp_path / "report").iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_a_report_of_what_was_done(
    pendulum: Path, tmp_path: Path, number: signal.Signals
) -> None:
    folder = tmp_path / "report"
    command = [sys.executable, "-m", "ddpg_ros.cli", "evaluate", str(pendulum), "--sweep"]
    command += ["--axis", "mass", "--axis", "friction", "--episodes", "30", "--processes", "1"]
    command += ["--output", str(folder)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        deadline = time.monotonic() + 120
        while not (folder / "sweep.json").exists() or not report(folder)["cells"]:
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.05)
        os.killpg(process.pid, number)  # as a terminal does: to all processes
        asked = time.monotonic()
        out, err = process.communicate(timeout=60)
        assert time.monotonic() - asked < 20
    assert (process.returncode, err) == (130, "")
    content = report(folder)
    assert not content["complete"]
    assert 1 <= len(content["cells"]) < 25
    assert f"{len(content['cells'])} of 25 cells" in out
    assert "stopped early: the rest of the grid is missing" in out
    assert (folder / "mass-friction.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        ("--sweep --episodes=0", "--episodes: expected at least 1, got 0."),
        ("--sweep --processes=0", "--processes: expected in [1, 1024], got 0."),
        ("--sweep --seed=-1", "--seed: expected in [0, 1073741823], got -1."),
        ("--axis=mass --output=x", "--axis, --output: means something with --sweep alone."),
        (
            "--sweep --vary=mass=1,2",
            "--sweep: sets every disturbance itself; leave out --randomise, --vary.",
        ),
        (
            "--sweep --axis=wind",
            "--axis wind: no such axis. Known: delay, noise, mass, friction, gain, drop.",
        ),
        ("--vary=mass", "expected NAME=LOW,HIGH such as mass=0.7,1.3, got 'mass'."),
    ],
)
def test_what_is_wrong_is_a_sentence(
    flags: str, sentence: str, pendulum: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refusal(capsys, str(pendulum), *flags.split()) == sentence
    assert not (pendulum.parent / "policy_sweep").exists()


def test_a_folder_that_cannot_be_made_is_refused(
    pendulum: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    said = refusal(capsys, str(pendulum), *SMALL, "--output", f"{tmp_path}/file/report")
    assert said == f"--output {tmp_path}/file/report: cannot be made (Not a directory)."


def test_a_world_that_can_follow_no_axis_says_why(
    make_policy: Callable, capsys: pytest.CaptureFixture[str]
) -> None:
    with worlds.make_world("Pendulum-v1") as world:
        path = make_policy(world.contract, "Pendulum-v1")
    said = refusal(capsys, str(path), "--sweep", "--axis=mass", "--axis=noise")
    assert said.startswith("world 'Pendulum-v1': its mass cannot be varied.")
    assert "world 'Pendulum-v1': sensor_noise cannot be varied" in said


def test_a_policy_is_evaluated_on_robots_drawn_from_ranges(
    pendulum: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def mean(*flags: str) -> float:
        assert main(["evaluate", str(pendulum), "--episodes", "3", "--json", *flags]) == 0
        found: float = json.loads(capsys.readouterr().out)["mean"]
        return found

    file = tmp_path / "ranges.yaml"
    file.write_text("mass: 2\n")
    heavy = mean("--randomise", str(file))
    assert heavy == mean("--vary", "mass=2") != mean()
    assert mean("--randomise", str(file), "--vary", "mass=1") == mean()
