"""The policies that come with the package, by the controller node against the world node."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from verbs import run

POLICIES = Path(__file__).parents[2] / "policies"
EPISODES = 4
FACTOR = {"arm": 2.0, "balancer": 1.25, "rover": 4.0}
"""How much faster than a clock each is flown."""


@pytest.mark.parametrize("world", FACTOR)
def test_a_shipped_policy_succeeds_over_ros_as_in_gymnasium(world: str, tmp_path: Path) -> None:
    assert_it_succeeds_over_ros(world, tmp_path)


def test_so_does_one_whose_robot_is_not_quite_as_modelled(tmp_path: Path) -> None:
    assert_it_succeeds_over_ros("arm", tmp_path, "--vary", "sensor_noise=0,0.01")


@pytest.mark.parametrize("asked_by", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_flight_leaves_nothing_behind(
    tmp_path: Path, asked_by: signal.Signals
) -> None:
    command = [sys.executable, "-m", "ddpg_ros.cli", "evaluate", str(POLICIES / "arm.onnx")]
    command += ["--over-ros", "--episodes", "2", "--real-time-factor", "0.1"]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as flight:
        while not list(tmp_path.glob("ddpg_ros_flight_*/world.log")):
            assert flight.poll() is None
            time.sleep(0.02)
        flight.send_signal(asked_by)
        assert flight.wait(30) == 130
        assert flight.stderr is not None
        assert "Traceback" not in flight.stderr.read()
    assert not list(tmp_path.glob("ddpg_ros_flight_*"))
    end = time.monotonic() + 30.0
    while left := processes_told_of(tmp_path):
        assert time.monotonic() < end, left
        time.sleep(0.1)


def processes_told_of(folder: Path) -> list[str]:
    """Command lines of the processes whose environment names ``folder``."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # another's, or it has ended
            if str(folder).encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text().replace("\0", " "))
    return found


def assert_it_succeeds_over_ros(world: str, folder: Path, *options: str) -> None:
    found = json.loads(
        run(
            *("evaluate", POLICIES / f"{world}.onnx", "--over-ros", "--json", *options),
            *("--episodes", EPISODES, "--real-time-factor", FACTOR[world]),
            cwd=folder,
        )
    )
    in_gymnasium, over_ros = found["in_gymnasium"], found["over_ros"]
    assert in_gymnasium["outcomes"].get("success", 0) >= EPISODES - 1
    assert over_ros["episodes"] == EPISODES
    assert over_ros["outcomes"].get("success", 0) >= in_gymnasium["outcomes"]["success"] - 1


def test_a_machine_that_cannot_keep_up_is_told_from_a_policy_that_cannot_fly(
    tmp_path: Path,
) -> None:
    said = run(
        *("evaluate", POLICIES / "balancer.onnx", "--over-ros"),
        *("--episodes", 2, "--real-time-factor", 1000),
        cwd=tmp_path,
    )
    assert re.search(r"\n[\d,]+ of [\d,]+ control periods went by without a new command, ", said)
    assert "cannot keep up with 1000 times real time here." in said


def test_every_policy_that_comes_along_is_flown() -> None:
    assert {path.stem for path in POLICIES.glob("*.onnx")} == FACTOR.keys()
