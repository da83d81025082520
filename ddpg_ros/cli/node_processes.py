"""Nodes as processes, on a graph of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from ddpg_ros.cli.stopping import stopped_by_signals
from ddpg_ros.errors import DdpgRosError
from ddpg_ros.ros.domain import OwnDomain

_LEAVE_DEADLINE = 10.0


@contextmanager
def node_processes(logs: Path) -> Iterator[NodeProcesses]:
    """Nodes that see this machine and each other alone, and none of which outlives the context.

    SIGINT and SIGTERM do not end the context meanwhile; :meth:`NodeProcesses.raise_interrupt` does.

    Args:
        logs: Folder for what each node writes, ``VERB.log``.
    """
    interrupted = Event()
    with OwnDomain() as domain, stopped_by_signals(interrupted.set):
        nodes = NodeProcesses(logs, os.environ | domain.environment, interrupted)
        try:
            yield nodes
        finally:
            nodes.terminate()


class NodeProcesses:
    """What :func:`node_processes` gives.

    Args:
        logs: Folder for what each node writes.
        environment: That of the nodes.
        interrupted: Set once this process was asked to end.
    """

    def __init__(self, logs: Path, environment: dict[str, str], interrupted: Event) -> None:
        self._logs, self._environment, self._interrupted = logs, environment, interrupted
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        if "DISPLAY" not in environment:
            environment.setdefault("MUJOCO_GL", "egl")

    def start(self, verb: str, arguments: list[str]) -> None:
        """Start the node that ``ddpg-ros verb`` runs."""
        command = [sys.executable, "-m", "ddpg_ros.cli", verb, *arguments]
        with self.log(verb).open("wb") as log:
            self._processes[verb] = subprocess.Popen(
                command, env=self._environment, stdout=log, stderr=subprocess.STDOUT
            )

    def ended(self) -> str:
        """The verb of one that has ended by itself; empty if none has."""
        verbs = (verb for verb, process in self._processes.items() if process.poll() is not None)
        return next(verbs, "")

    def end(self, verb: str) -> None:
        """Tell a node to end, and wait until it has.

        Raises:
            DdpgRosError: It does not end well.
        """
        self._processes[verb].terminate()
        self.wait_for(verb, _LEAVE_DEADLINE)

    def wait_for(self, verb: str, patience: float) -> None:
        """Wait until a node has ended, ``patience`` [s] at most.

        Raises:
            DdpgRosError: It has not by then, or not well.
        """
        process = self._processes[verb]
        try:
            left_well = process.wait(patience) == 0
        except subprocess.TimeoutExpired:
            process.kill()
            left_well = False
        if not left_well:
            raise self.failure(verb)

    def terminate(self) -> None:
        """Tell those that still run to end."""
        for process in self._processes.values():
            if process.poll() is None:
                process.terminate()  # SIGINT is lost on a Python that has just been started

    def raise_interrupt(self) -> None:
        """Raise what Python would have, had it not waited for here.

        Raises:
            KeyboardInterrupt: SIGINT or SIGTERM came.
        """
        if self._interrupted.is_set():
            raise KeyboardInterrupt

    def failure(self, verb: str) -> DdpgRosError:
        """What says that a node failed, with the end of its log."""
        log = self.log(verb)
        last_lines = log.read_text(errors="replace").strip().splitlines()[-5:]
        return DdpgRosError(
            f"the {verb} node failed; its log {log} ends with:\n" + "\n".join(last_lines)
        )

    def log(self, verb: str) -> Path:
        """Where a node's log is."""
        return self._logs / f"{verb}.log"
