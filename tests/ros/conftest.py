"""Real nodes over real DDS, on a domain of this test run's own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ddpg_ros.ros.domain import OwnDomain

os.environ["ROS_DOMAIN_ID"] = str(OwnDomain().number)
os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
os.environ["FASTDDS_BUILTIN_TRANSPORTS"] = "UDPv4"

import rclpy
from graph import Graph, NodeProcess
from steady_policy import write_policy

from ddpg_ros.worlds.pendulum import pendulum_contract


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

    The test's own node outlives them: to end it while others talk to it can crash Fast DDS.
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


@pytest.fixture(scope="session")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A policy for the pendulum."""
    return write_policy(tmp_path_factory.mktemp("policy") / "policy.onnx", pendulum_contract())
