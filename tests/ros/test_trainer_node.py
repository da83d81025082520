"""The trainer node: progress, services, signals, resumption."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from graph import Graph, NodeProcess
from std_msgs.msg import String
from std_srvs.srv import Trigger

from ddpg_ros.deploy import OnnxPolicy

SHORT = {
    "total_steps": 6000,  # long enough that someone who listens is discovered before the end
    "warmup_steps": 200,
    "hidden_sizes": "[16]",
    "batch_size": 32,
    "evaluation_interval": 2000,
    "evaluation_episodes": 1,
    "final_episodes": 2,
}


def test_it_trains_tells_of_progress_and_leaves_a_policy_that_proves_itself(
    graph: Graph, start: Callable[..., NodeProcess], tmp_path: Path
) -> None:
    heard = graph.listen(String, "ddpg_trainer/progress")
    run, ranges = tmp_path / "run", tmp_path / "ranges.yaml"
    ranges.write_text("mass: [0.7, 1.3]")
    node = start("train", run_folder=run, randomise=ranges, **SHORT)
    graph.wait_for(lambda: heard, "progress", deadline=60.0)
    graph.wait_for(lambda: not node.running(), "the end of the training", deadline=90.0)
    assert node.wait() == 0, node.output
    assert json.loads(heard[-1].data)["total_steps"] == 6000
    provenance = OnnxPolicy.load(run / "policy.onnx").metadata.provenance
    assert provenance["steps"] in (2000, 4000, 6000)
    assert provenance["randomisation"] == {"mass": [0.7, 1.3]}
    assert f"simulate.launch.py policy:={run / 'policy.onnx'}" in node.output
    assert (run / "learning_curve.png").read_bytes().startswith(b"\x89PNG")


def test_its_services_write_a_checkpoint_and_stop(
    graph: Graph, start: Callable[..., NodeProcess], tmp_path: Path
) -> None:
    run = tmp_path / "run"
    endless: dict[str, Any] = {**SHORT, "total_steps": 10**6, "checkpoint_seconds": 1e4}
    node = start("train", run_folder=run, **endless)
    assert graph.call(Trigger, "ddpg_trainer/checkpoint", Trigger.Request()).success
    graph.wait_for((run / "checkpoint.pt").exists, "the checkpoint")
    assert graph.call(Trigger, "ddpg_trainer/stop", Trigger.Request()).success
    graph.wait_for(lambda: not node.running(), "the end", deadline=10.0)
    assert node.wait() == 0
    assert f"train.launch.py resume:={run}" in node.output


def test_what_looks_wrong_is_a_warning_in_its_log(
    graph: Graph, start: Callable[..., NodeProcess], tmp_path: Path
) -> None:
    node = start(
        "train", run_folder=tmp_path / "run", **{**SHORT, "total_steps": 10**6}, noise="none"
    )
    graph.wait_for(lambda: "no-exploration: " in node.output, "the warning", deadline=60.0)
    (line,) = [line for line in node.output.splitlines() if "no-exploration: " in line]
    assert "[WARN]" in line
    assert "See docs/ddpg.md#no-exploration." in line


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_a_checkpoint_within_five_seconds_that_is_resumed(
    graph: Graph, start: Callable[..., NodeProcess], tmp_path: Path, number: signal.Signals
) -> None:
    run = tmp_path / "run"
    heard = graph.listen(String, "ddpg_trainer/progress")
    node = start("train", run_folder=run, **SHORT, checkpoint_seconds=1e4)
    graph.wait_for(lambda: heard, "progress", deadline=60.0)
    node.signal(number)
    asked = time.monotonic()
    assert node.wait(10.0) == 0, node.output
    assert time.monotonic() - asked < 5.0
    assert (run / "checkpoint.pt").exists()
    assert "Traceback" not in node.output
    again = start("train", resume=run)
    assert again.wait(90.0) == 0, again.output
    assert "resuming at step" in again.output
    OnnxPolicy.load(run / "policy.onnx")


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"gamma": 1.5}, "gamma"),
        ({"gama": 0.9}, "no parameter is called gama"),
        ({"gamma": 1}, "gamma"),
        ({"resume": "/nowhere"}, "no training run is kept here"),
        (
            {"resume": "/nowhere", "gamma": 0.9, "preset": "ddpg", "randomise": "x.yaml"},
            "leave out preset, randomise, gamma",
        ),
        ({"randomise": "/nowhere.yaml"}, "randomisation file /nowhere.yaml: cannot be read"),
        ({"world": "Nowhere-v0"}, "neither a world of ddpg_ros nor an environment"),
    ],
)
def test_a_wrong_parameter_is_told_in_a_sentence(
    start: Callable[..., NodeProcess], tmp_path: Path, parameters: dict[str, Any], sentence: str
) -> None:
    node = start("train", **{"run_folder": tmp_path / "run", **parameters})
    assert node.wait() == 2
    assert sentence in node.output
    assert "Traceback" not in node.output


def test_an_argument_that_ros_would_ignore_is_refused(start: Callable[..., NodeProcess]) -> None:
    node = start("train", "--total-steps", "10")
    assert node.wait() == 2
    assert "unknown argument --total-steps. Parameters are given as --ros-args" in node.output
