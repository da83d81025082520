"""A node in a process of its own, and what /proc says of it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from ddpg_ros.ros.domain import OwnDomain

_TICKS = os.sysconf("SC_CLK_TCK")


def own_domain(shared_memory: bool = True) -> None:
    """Keep the nodes of this benchmark to themselves, on this machine.

    Args:
        shared_memory: Whether Fast DDS may use it; killed processes leave it behind.
    """
    domain = OwnDomain()
    if shared_memory:
        os.environ["ROS_DOMAIN_ID"] = str(domain.number)
        os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
    else:
        os.environ |= domain.environment


def verb(name: str, parameters: Sequence[str]) -> list[str]:
    """The command line of a node of ours, as a user types it; parameters as ``name:=value``."""
    given = [word for parameter in parameters for word in ("-p", parameter)]
    return [sys.executable, "-m", "ddpg_ros.cli", name, "--ros-args", *given]


def resident_mib(pid: int) -> float:
    """Memory that the process holds [MiB]."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS"))) / 1024


def cpu_seconds(pid: int) -> float:
    """Processor time of all its threads so far, in user and kernel mode [s]."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def group_members(group: int) -> list[int]:
    """Processes of a process group that still live."""
    members = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            if int(stat.read_text().rpartition(")")[2].split()[2]) == group:
                members.append(int(stat.parent.name))
    return members


class MeasuredProcess:
    """A process with its output in a file and a process group of its own."""

    def __init__(self, command: Sequence[str], log: Path) -> None:
        self._log = log
        with log.open("wb") as file:
            self._process = subprocess.Popen(
                command,
                stdout=file,
                stderr=subprocess.STDOUT,
                env={**os.environ, "ROS_LOG_DIR": str(log.parent)},
                start_new_session=True,
            )
        self.pid = self._process.pid

    @property
    def output(self) -> str:
        """What it has written so far."""
        return self._log.read_text(errors="replace")

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    def count(self, what: str) -> int:
        """How many entries ``/proc/PID/{what}`` has: ``task`` for threads, ``fd`` for files."""
        return len(os.listdir(f"/proc/{self.pid}/{what}"))

    def children(self) -> int:
        """How many child processes its threads have."""
        tasks = Path(f"/proc/{self.pid}/task").glob("*/children")
        return sum(len(task.read_text().split()) for task in tasks)

    def shared_memory(self) -> set[str]:
        """Files in /dev/shm that it has mapped."""
        maps = Path(f"/proc/{self.pid}/maps").read_text().splitlines()
        return {line.split()[5] for line in maps if " /dev/shm/" in line}

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def stop(self, number: signal.Signals = signal.SIGINT, patience: float = 10.0) -> int:
        """End it, by SIGKILL if it does not end within ``patience`` [s]; its exit code."""
        self._process.send_signal(number)
        try:
            return self._process.wait(patience)
        except subprocess.TimeoutExpired:
            os.killpg(self.pid, signal.SIGKILL)
            return self._process.wait()

    def require_running(self) -> None:
        """End the benchmark with its output if it has ended."""
        if self.exit_code is not None:
            sys.exit(f"it ended with {self.exit_code}:\n{self.output[-3000:]}")
