"""Real nodes over real DDS, on a domain of this test run's own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ddpg_ros.ros.domain import OwnDomain

os.environ |= OwnDomain().environment

import rclpy
from graph import Graph, NodeProcess
from steady_policy import write_policy

from ddpg_ros.worlds.pendulum import pendulum_contract

ECHO = 0.05
"""How long what a killed node has sent is still being read [s]."""


@pytest.fixture(scope="session", autouse=True)
def context() -> Iterator[None]:
    rclpy.init()
    yield
    rclpy.try_shutdown()


@pytest.fixture
def graph() -> Iterator[Graph]:
    graph = Graph()
    yield graph
    graph.close()


@pytest.fixture
def start(tmp_path: Path, graph: Graph) -> Iterator[Callable[..., NodeProcess]]:
    """Start nodes of the package as processes; those left over are killed at the end.

    The test's own node outlives them and what they last said: Fast DDS can crash where one thread
    ends a subscription and another discovers a publisher for it (Fast-DDS#3303).
    """
    started: list[NodeProcess] = []

    def start_node(verb: str, *arguments: str, **parameters: Any) -> NodeProcess:
        process = NodeProcess(
            tmp_path / f"{Path(verb).stem}{len(started)}.log", verb, arguments, parameters
        )
        started.append(process)
        return process

    yield start_node
    for process in started:
        process.kill()
    if started:
        time.sleep(ECHO)


@pytest.fixture(scope="session")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A policy for the pendulum."""
    return write_policy(tmp_path_factory.mktemp("policy") / "policy.onnx", pendulum_contract())
