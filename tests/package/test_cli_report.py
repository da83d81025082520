"""``ddpg-ros report`` and what else makes a report: a real training, a real sweep."""

from __future__ import annotations

import json
import shlex
import shutil
import signal
from pathlib import Path

import pytest

from ddpg_ros.cli.main import _parser, main
from ddpg_ros.cli.train import _config

worlds = pytest.importorskip("ddpg_ros.worlds")
pytest.importorskip("torch")
pytest.importorskip("jinja2")

TINY = "--total-steps 600 --warmup-steps 100 --hidden-sizes 8 --batch-size 16 --seed 3"
TINY += " --evaluation-interval 300 --evaluation-episodes 1 --final-episodes 3"

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a few seconds, on robots that differ."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    path = tmp_path_factory.mktemp("runs") / "my run"
    ranges = ["--vary", "mass=0.7,1.3", "--vary", "sensor_bias=-1,1"]
    assert main(["train", "pendulum", "--run", str(path), *TINY.split(), *ranges]) == 0
    for number, handler in before.items():
        signal.signal(number, handler)
    return path


def test_a_training_ends_with_a_report(run: Path) -> None:
    report = json.loads((run / "report.json").read_text())
    assert report["world"] == "pendulum"
    assert report["randomisation"] == {"mass": [0.7, 1.3], "sensor_bias": [-1.0, 1.0]}
    assert len(report["films"]) == 3
    text = (run / "report.html").read_text()
    assert text.startswith("<!doctype html>\n")
    assert 20_000 < len(text.encode()) < 1.5e6


def test_the_command_in_a_report_means_the_same_training(run: Path) -> None:
    report = json.loads((run / "report.json").read_text())
    program, *words = shlex.split(report["command"])
    assert program == "ddpg-ros"
    options = _parser().parse_args(words)
    assert (options.verb, options.world) == ("train", "pendulum")
    assert _config(options).to_dict() == report["config"]
    ranges = worlds.Randomisation.from_texts(options.vary)
    assert ranges.changed() == report["randomisation"]


def test_a_report_is_made_again_by_the_command_it_names(run: Path, capsys: Capture) -> None:
    before = json.loads((run / "report.json").read_text())
    (run / "report.html").unlink()
    program, *words = shlex.split(before["report_command"])
    assert program == "ddpg-ros"
    assert main(words) == 0
    said = f"report: {run}/report.html\nits data: {run}/report.json\n"
    assert capsys.readouterr().out == said
    after = json.loads((run / "report.json").read_text())
    assert {**after, "made_at": ""} == {**before, "made_at": ""}
    assert (run / "report.html").exists()


def test_a_sweep_has_the_report_made_again(run: Path, capsys: Capture) -> None:
    sweep = ["--sweep", "--axis", "delay=0,1", "--episodes", "1", "--processes", "1"]
    assert main(["evaluate", str(run / "policy.onnx"), *sweep]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == f"report, made again: {run}/report.html"
    report = json.loads((run / "report.json").read_text())
    found = json.loads((run / "policy_sweep" / "sweep.json").read_text())
    assert report["sweep"] == found
    assert report["policy"]["digest"] == found["digest"]
    text = (run / "report.html").read_text()
    assert "delay, control periods" in text
    assert "another policy file" not in text


def test_a_file_is_no_run(run: Path, capsys: Capture) -> None:
    assert main(["report", str(run / "policy.onnx")]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"ddpg-ros report: {run}/policy.onnx: no training run is kept here. ")


@pytest.mark.parametrize(
    ("spoiled", "sentence"),
    [
        ("config.json", "no training run is kept here"),
        ("evaluation.csv", "the episodes of the evaluation cannot be read"),
        ("policy.onnx", "cannot be read (No such file or directory)"),
        ("checkpoint.pt", "has no checkpoint"),
    ],
)
def test_a_run_that_lacks_something_has_no_report(
    spoiled: str, sentence: str, run: Path, tmp_path: Path, capsys: Capture
) -> None:
    copy = Path(shutil.copytree(run, tmp_path / "copy"))
    (copy / spoiled).unlink()
    assert main(["report", str(copy)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("ddpg-ros report: ")
    assert said.err.count("\n") == 1
    assert sentence in said.err
