"""The whole chain as a user starts it: train, export, prove, fly over real DDS."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from verbs import run

EXAMPLE = Path(__file__).parents[2] / "examples" / "slider"


def test_the_demo_flies_over_ros_as_well_as_in_gymnasium(tmp_path: Path) -> None:
    printed = run("demo", "--record", "--output", tmp_path / "demo", cwd=tmp_path)
    result = json.loads((tmp_path / "demo" / "demo.json").read_text())
    assert result["episodes"] >= 5
    assert result["ros_return"] == pytest.approx(result["gym_return"], rel=0.05)
    assert result["gym_return"] > 120
    assert (tmp_path / "demo" / "learning_curve.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "demo" / "flight.gif").read_bytes().startswith(b"GIF8")
    assert Path(result["policy"]).exists()
    assert (tmp_path / "demo" / "run" / "report.html").read_text().startswith("<!doctype html>")
    for name in ("learning_curve.png", "flight.gif", "flight.mcap", "run/report.html"):
        assert name in printed
    for name in ("policy.onnx", "demo.json"):
        assert name in printed
    *_, before, last = (tmp_path / "demo" / "controller.log").read_text().splitlines()
    assert last.endswith("ended with the safe command")
    assert "clock_stalled" not in before
    replayed = run("replay", "demo/flight.mcap", "demo/policy.onnx", "--json", cwd=tmp_path)
    found = json.loads(replayed)
    assert found["equal"]
    flown = json.loads((tmp_path / "demo" / "episodes.json").read_text())
    assert found["ticks"] > 0.95 * sum(episode["steps"] for episode in flown)


def test_an_interrupted_demo_leaves_a_checkpoint_and_says_so(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ddpg_ros.cli", "demo", "--output", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        assert any(" steps  evaluation: " in line for line in demo.stdout)
        demo.send_signal(signal.SIGINT)
        *_, last = demo.stdout.read().splitlines()
        assert demo.wait(60) == 130
    run = tmp_path / "run"
    assert f"go on: ddpg-ros train --resume {run}, or a new demo" in last
    assert (run / "checkpoint.pt").exists()
    assert not (tmp_path / "policy.onnx").exists()


def test_an_environment_and_contract_of_ones_own_go_through_the_whole_chain(
    tmp_path: Path, alone: dict[str, str]
) -> None:
    short = ("--total-steps", 1200, "--evaluation-interval", 500, "--final-episodes", 3)
    job = ("slider:Slider-v0", "--contract", "slider.yaml")
    settings = ("--config", "slider_hyperparameters.yaml", "--run", tmp_path / "run")
    run("train", *job, *settings, *short, cwd=EXAMPLE)
    policy = tmp_path / "run" / "policy.onnx"
    assert "previous_force.rail" in run("inspect", policy, cwd=EXAMPLE)
    report = json.loads(run("evaluate", policy, "--episodes", 4, "--json", cwd=EXAMPLE))
    flown = fly_slider(policy, tmp_path / "episodes.json", alone)
    assert len(flown) == 4
    mean = sum(episode["return"] for episode in flown) / len(flown)
    assert mean == pytest.approx(report["mean"], abs=0.1 * abs(report["mean"]) + 2.0)


def fly_slider(policy: Path, results: Path, environment: dict[str, str]) -> list[dict[str, float]]:
    ros = [sys.executable, "-m", "ddpg_ros.cli"]
    world = [*ros, "world", "--ros-args", "-p", "world:=slider:Slider-v0"]
    world += ["-p", "contract_file:=slider.yaml", "-p", "episodes:=4", "-p", f"seed:={2**31}"]
    world += ["-p", "real_time_factor:=5.0", "-p", f"results_file:={results}"]
    controller = [*ros, "controller", "--ros-args", "-p", f"policy:={policy}"]
    controller += ["-p", "use_sim_time:=true"]
    with subprocess.Popen(controller, cwd=EXAMPLE, env=environment) as pilot:
        subprocess.run(world, cwd=EXAMPLE, env=environment, timeout=120, check=True)
        pilot.terminate()
        assert pilot.wait(10) == 0
    return json.loads(results.read_text())
