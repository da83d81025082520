"""A terminal that takes nothing holds up neither ticks nor stops."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from graph import Graph
from hinge import SAFE, Hinge
from std_srvs.srv import Trigger

_SMALL = 4096
"""Bytes, the least that a pipe may hold."""


@pytest.fixture
def full() -> Iterator[int]:
    """The end to write to of a pipe that is full and nobody reads."""
    source, sink = os.pipe()
    fcntl.fcntl(sink, fcntl.F_SETPIPE_SZ, _SMALL)
    os.write(sink, b"." * _SMALL)
    yield sink
    os.close(source)
    os.close(sink)


def controller(policy: Path, terminal: int) -> subprocess.Popen[bytes]:
    node = ["-m", "ddpg_ros.cli", "controller", "--ros-args", "-p", f"policy:={policy}"]
    command = ["setpriv", "--pdeathsig", "KILL", sys.executable, *node]
    return subprocess.Popen(command, stdout=terminal, stderr=terminal)


def test_a_full_terminal_holds_up_nothing(graph: Graph, policy: Path, full: int) -> None:
    hinge = Hinge(graph)
    with controller(policy, full) as node:
        hinge.wait_until_driven()
        hinge.position = None
        hinge.diagnosis("stale")
        hinge.wait_until_safe()
        hinge.position = 0.1
        hinge.wait_until_driven()
        for _ in range(50):  # a line each, more than the pipe holds
            graph.call(Trigger, "ddpg_controller/reset", Trigger.Request())
        graph.call(Trigger, "ddpg_controller/estop", Trigger.Request())
        hinge.wait_until_safe()
        graph.call(Trigger, "ddpg_controller/reset", Trigger.Request())
        hinge.wait_until_driven()
        node.send_signal(signal.SIGTERM)
        graph.wait_for(lambda: node.poll() is not None, "the end", 3.0)
        assert node.returncode == 0
        assert hinge.last == SAFE


def test_what_is_logged_comes_on_stderr_to_the_last_line(graph: Graph, policy: Path) -> None:
    hinge = Hinge(graph)
    node = ["-m", "ddpg_ros.cli", "controller", "--ros-args", "-p", f"policy:={policy}"]
    with subprocess.Popen(
        [sys.executable, *node], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        hinge.wait_until_driven()
        process.send_signal(signal.SIGINT)
        graph.wait_for(lambda: process.poll() is not None, "the end")
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read() == ""
        first, *_, last = process.stderr.read().splitlines()
    assert "proved itself" in first
    assert last.endswith("ended with the safe command")


def test_without_a_stdout_it_is_on_stderr_all_the_same(
    graph: Graph, policy: Path, tmp_path: Path
) -> None:
    hinge = Hinge(graph)
    node = f"{sys.executable} -m ddpg_ros.cli controller --ros-args -p policy:={policy} >&-"
    log = tmp_path / "log"
    with (
        log.open("w") as file,
        subprocess.Popen(["bash", "-c", f"exec {node}"], stderr=file) as process,
    ):
        hinge.wait_until_driven()
        process.send_signal(signal.SIGINT)
        graph.wait_for(lambda: process.poll() is not None, "the end")
    assert log.read_text().count("proved itself") == 1
    assert log.read_text().rstrip().endswith("ended with the safe command")
