"""``ddpg-ros study``: real processes, a study from its file to its figure, kills in between."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from source_tree import ROOT

from ddpg_ros.cli.main import main
from ddpg_ros.learning.study.study_file import find_study, shipped_studies

pytest.importorskip("torch")
pytest.importorskip("mujoco")
pytest.importorskip("matplotlib")

WORLD = '''
from ddpg_ros.contract import generic_contract
from ddpg_ros.contract.generic import OBSERVATION_TOPIC
from ddpg_ros.contract.readings import float64_multi_array
from ddpg_ros.worlds import PeriodEnd, World


class Point(World):
    """A point whose speed is set, to be brought to 0."""

    def __init__(self):
        super().__init__(generic_contract("point", [-9.0], [9.0], [-1.0], [1.0], period=0.2))

    def readings(self):
        return {OBSERVATION_TOPIC: float64_multi_array([self.x])}

    def _restart(self, seed):
        self.x, self.periods = self.np_random.uniform(-1.0, 1.0), 0
        return {}

    def _advance(self, command):
        self.x += self.contract.period * float(command[0])
        self.periods += 1
        return PeriodEnd(-(self.x**2), False, self.periods == 20)


class Broken(Point):
    def _advance(self, command):
        if self.periods == 7:
            raise RuntimeError("out of oil")
        return super()._advance(command)
'''
STUDY = """\
question: Does a target help a point?
world: point_of_mine:Point
preset: ddpg
seeds: 2
steps: 1600
held: {warmup_steps: 100, hidden_sizes: [8], batch_size: 16, evaluation_interval: 400,
  evaluation_episodes: 2}
vary:
  tau: [1, 0.01]
"""
DEADLINE = 90.0


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a world of one's own and a study of ten lines."""
    (tmp_path / "point_of_mine.py").write_text(WORLD)
    (tmp_path / "mine.yaml").write_text(STUDY)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["study", *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    return said.err.removeprefix("ddpg-ros study: ").rstrip("\n")


def kept(out: Path) -> int:
    return len(list((out / "trainings").glob("*.json")))


def started(folder: Path, out: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "ddpg_ros.cli", "study", "mine.yaml", "--out", str(out)]
    return subprocess.Popen(
        [*command, *more],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for_more(process: subprocess.Popen[str], out: Path, before: int) -> None:
    deadline = time.monotonic() + DEADLINE
    while kept(out) <= before:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)


def alive(group: int) -> list[str]:
    """Processes of a group that are not merely waiting to be forgotten."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, number = path.read_text().rpartition(")")[2].split()[:3]
        except OSError:  # it ended meanwhile
            continue
        if int(number) == group and state != "Z":
            found.append(path.parent.name)
    return found


def assert_all_end(group: int, seconds: float) -> None:
    """No process of the group is left within ``seconds``."""
    deadline = time.monotonic() + seconds
    while alive(group):
        assert time.monotonic() < deadline, "processes are left"
        time.sleep(0.05)


def test_a_study_killed_and_interrupted_ends_as_one_that_was_not(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, parts = folder / "whole", folder / "parts"
    assert main(["study", "mine.yaml", "--out", str(whole), "--jobs", "2"]) == 0
    said = capsys.readouterr()
    assert said.err.count("\n") == 4  # a line for each training
    assert "   4 of 4  tau " in said.err

    with started(folder, parts, "--jobs", "1") as process:
        wait_for_more(process, parts, 0)
        process.kill()
        process.communicate(timeout=DEADLINE)
        assert_all_end(process.pid, 20)
    assert not (parts / "mine.csv").exists()
    survived = kept(parts)
    with started(folder, parts, "--jobs", "1") as process:
        wait_for_more(process, parts, survived)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all processes
        asked = time.monotonic()
        out, err = process.communicate(timeout=DEADLINE)
        assert time.monotonic() - asked < 20  # a second where nothing else runs
        assert_all_end(process.pid, 5)
    assert process.returncode == 130
    assert out.startswith(f"stopped: {kept(parts)} of 4 trainings are kept in {parts}/trainings; ")
    assert err.splitlines()[0] == f"{survived} of 4 trainings are kept from before"
    assert "Traceback" not in err
    assert survived < kept(parts) < 4

    assert main(["study", "mine.yaml", "--out", str(parts), "--jobs", "1"]) == 0
    for name in ("mine.csv", "curves/mine.csv"):
        assert (parts / name).read_bytes() == (whole / name).read_bytes()
    assert (parts / "mine.png").read_bytes() == (whole / "mine.png").read_bytes()


def test_a_study_ends_in_tables_a_figure_and_a_few_lines(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["study", "mine.yaml", "--quick", "--jobs", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Does a target help a point?"
    heads = ("variant", "final return", "95 % interval", "over all steps", "diverged")
    assert lines[1].split() == " ".join(heads).split()
    assert [line.split()[:2] for line in lines[2:4]] == [["tau", "1"], ["tau", "0.01"]]
    out = Path("runs/studies")
    assert lines[-3:] == [
        str(out / name) for name in ("mine_quick.csv", "mine_quick.png", "curves/mine_quick.csv")
    ]
    one, other = rows(out / "mine_quick.csv")
    assert (one["variant"], one["steps"], one["seeds"]) == ("tau 1", "800", "2")
    assert (
        -30 < float(other["final_low"]) <= float(other["final"]) <= float(other["final_high"]) < 0
    )
    curves = rows(out / "curves" / "mine_quick.csv")
    assert len(curves) == 2 * 2 * 2
    assert {row["step"] for row in curves} == {"400", "800"}
    assert len({row["return"] for row in curves}) > 4  # seeds and variants differ
    assert (out / "mine_quick.png").read_bytes().startswith(b"\x89PNG")
    for path in (out / "trainings").glob("*.json"):
        content = json.loads(path.read_text())
        assert content["config"]["total_steps"] == 800
        assert content["config"]["threads"] == 1

    assert main(["study", "mine.yaml", "--quick"]) == 0  # all is there: nothing is trained
    assert capsys.readouterr().err.splitlines() == ["4 of 4 trainings are kept from before"]


def test_a_world_that_fails_ends_the_study_in_a_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "mine.yaml").write_text(STUDY.replace(":Point", ":Broken"))
    said = refusal(capsys, "mine.yaml", "--jobs", "1")
    assert said.startswith("'tau 1', seed 0: RuntimeError: out of oil, in /")
    assert said.endswith(': raise RuntimeError("out of oil")')


def test_list_says_which_there_are_and_how_long_they_take(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["study", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    heads = [line.split()[0] for line in lines]
    assert heads[0] == "study"
    assert {"targets", "noise", "actor_lr", "critic_lr", "time_limits"} <= set(heads)
    assert lines[-2].startswith("minutes: on two cores, ")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("--seeds 0", "--seeds: expected at least 1, got 0."),
        ("--steps -5", "--steps: expected at least 1, got -5."),
        ("--jobs 0", "--jobs: expected in [1, 1024], got 0."),
        ("--jobs 5000", "--jobs: expected in [1, 1024], got 5000."),
        (
            "--steps 50",
            "study 'mine' with 50 steps: total_steps 50: learning starts ",
        ),
        ("--out mine.yaml/out", "--out mine.yaml/out: cannot be made (Not a directory)."),
    ],
)
def test_what_is_wrong_is_a_sentence(
    arguments: str, sentence: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refusal(capsys, "mine.yaml", *arguments.split()).startswith(sentence)


def test_the_list_stands_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert refusal(capsys, "list", "targets").startswith("list: stands alone, ")


def test_a_world_that_is_not_there_is_said_before_anything_starts(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "mine.yaml").write_text(STUDY.replace(":Point", ":Pint"))
    assert refusal(capsys, "mine.yaml").startswith("world 'point_of_mine:Pint': ")
    assert not (folder / "runs").exists()


def test_a_world_that_is_not_there_is_said_before_too_few_steps_are(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "{question: why, world: pendulun, seeds: 2, steps: 1500, vary: {tau: [1]}}"
    (folder / "mine.yaml").write_text(text)
    said = refusal(capsys, "mine.yaml")
    assert said.startswith("world 'pendulun': ")
    assert said.endswith("Or the package's own pendulum?")


def test_a_study_cannot_take_the_name_of_one_that_comes_along(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "targets.yaml").write_text(STUDY)
    said = refusal(capsys, "targets.yaml")
    assert said.startswith("study file targets.yaml: 'targets' is a study of the package, ")
    shipped = shipped_studies()["targets"]
    assert find_study(str(shipped)) == find_study("targets")
