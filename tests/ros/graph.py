"""Both ends of a test: a node in this process, and nodes of the package in their own."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import QoSProfile

PATIENCE = 8.0
"""Time after which a call is repeated [s]."""

DEADLINE = 30.0


class Graph:
    """A node that publishes, listens and calls, and waits with a deadline."""

    def __init__(self) -> None:
        self.node = Node("test")
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self.node)

    def listen(self, kind: Any, topic: str, qos: QoSProfile | int = 10) -> list[Any]:
        """A list that fills with the messages of ``topic``."""
        heard: list[Any] = []
        self.node.create_subscription(kind, topic, heard.append, qos)
        return heard

    def publish_at(self, rate: float, kind: Any, topic: str, make: Callable[[], Any]) -> None:
        """Publish what ``make`` returns at ``rate`` [Hz]; nothing when it returns None."""
        publisher = self.node.create_publisher(kind, topic, 10)

        def publish() -> None:
            message = make()
            if message is not None:
                publisher.publish(message)

        self.node.create_timer(1 / rate, publish)

    def wait_for(self, condition: Callable[[], Any], what: str, deadline: float = DEADLINE) -> Any:
        """Serve callbacks until ``condition`` holds; fail with ``what`` after ``deadline`` [s]."""
        end = time.monotonic() + deadline
        while not (value := condition()):
            assert time.monotonic() < end, f"not within {deadline:g} s: {what}"
            self._executor.spin_once(timeout_sec=0.02)
        return value

    def serve(self, seconds: float) -> None:
        """Serve callbacks for ``seconds``."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._executor.spin_once(timeout_sec=0.02)

    def call(self, kind: Any, service: str, request: Any) -> Any:
        """Call a service and return its response.

        A server may answer before it has discovered who asked, and then nobody hears it; so a call
        is repeated when there is no answer for long.
        """
        client = self.node.create_client(kind, service)
        self.wait_for(client.service_is_ready, f"service {service}")
        futures: list[Any] = []
        asked = -math.inf

        def answer() -> Any:
            nonlocal asked
            if time.monotonic() - asked > PATIENCE:
                asked = time.monotonic()
                futures.append(client.call_async(request))
            return next((future for future in futures if future.done()), None)

        return self.wait_for(answer, f"an answer from {service}").result()

    def close(self) -> None:
        self._executor.shutdown()
        self.node.destroy_node()


class NodeProcess:
    """A node of the package, started as a user would, or a script; its output is in a file.

    It is killed when the tests' process ends, however that ends.
    ``DDPG_ROS_NODE_PYTHON`` names another Python to run it on, if it does not simulate.
    """

    def __init__(
        self, log: Path, verb: str, arguments: Sequence[str], parameters: dict[str, Any]
    ) -> None:
        python = sys.executable
        if verb not in ("world", "train"):
            python = os.environ.get("DDPG_ROS_NODE_PYTHON", python)
        program = ["-m", "ddpg_ros.cli", verb]
        if verb == "train":
            program = ["-m", "ddpg_ros.ros.trainer_node"]
        elif verb.endswith(".py"):
            program = [verb]
        command = ["setpriv", "--pdeathsig", "KILL", python, *program, *arguments, "--ros-args"]
        for name, value in parameters.items():
            text = str(value).lower() if isinstance(value, bool) else str(value)
            command += ["-p", f"{name}:={text}"]
        self._log = log
        with log.open("wb") as file:
            self._process = subprocess.Popen(
                command,
                stdout=file,
                stderr=subprocess.STDOUT,
                cwd=log.parent,
                env=_environment(python) | {"ROS_LOG_DIR": str(log.parent)},
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        """What the node has written so far."""
        return self._log.read_text(errors="replace")

    @property
    def pid(self) -> int:
        return self._process.pid

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def wait(self, deadline: float = DEADLINE) -> int:
        """The exit code."""
        return self._process.wait(deadline)

    def running(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        if self.running():
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def _environment(python: str) -> dict[str, str]:
    """For a node that runs on ``python``: another venv's ROS wheels find their own libraries."""
    own = ("LD_LIBRARY_PATH", "_ROS_WHEELS_BOOTSTRAP_COMPLETE") if python != sys.executable else ()
    return {name: value for name, value in os.environ.items() if name not in own}
