"""Tiers: what a test needs follows from the folder it lies in. How hard properties are tried."""

from __future__ import annotations

import faulthandler
import os
import re
import signal
from functools import partial
from itertools import filterfalse
from pathlib import Path

import pytest
from _pytest.faulthandler import fault_handler_stderr_fd_key

try:
    from hypothesis import HealthCheck, settings
except ImportError:  # a robot has none; the tests that need it say so
    pass
else:
    settings.register_profile(
        "default", derandomize=True, max_examples=200, deadline=None, database=None
    )
    settings.register_profile(
        "deep",
        max_examples=100_000,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("default")

# What runs in the background of a script ignores SIGINT, and so would the processes of the tests.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

TIERS = {
    "contract": "numpy",
    "deploy": "numpy",
    "learning": "torch",
    "worlds": "mujoco",
    "ros": "ros",
    "package": "numpy",
    "round_trip": "ros",
}


_BETWEEN = re.compile("/(pluggy|_pytest|xdist|execnet)/|^Extension modules")
"""What stands between a test and the process it runs in."""


def pytest_configure(config: pytest.Config) -> None:
    """Forget what workers of an earlier run died of."""
    if not hasattr(config, "workerinput"):
        for file in _last_words(config).iterdir():
            file.unlink()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Have a process that dies of a signal say where, whoever enables the fault handler anew.

    rclpy's EventsExecutor does, and would have it write to what pytest captures, which dies too.
    A worker says it to a file, which the summary quotes: a long log is read from its end.
    """
    file = session.config.stash[fault_handler_stderr_fd_key]
    if hasattr(session.config, "workerinput"):
        file = os.open(_last_words(session.config) / str(os.getpid()), os.O_CREAT | os.O_WRONLY)
    faulthandler.enable(file)
    faulthandler.enable = partial(faulthandler.enable, file)  # type: ignore[assignment]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Quote what workers died of."""
    for file in _last_words(terminalreporter.config).iterdir():
        if lines := file.read_text().splitlines():
            terminalreporter.section(f"last words of process {file.name}")
            terminalreporter.write_line("\n".join(filterfalse(_BETWEEN.search, lines)))


def _last_words(config: pytest.Config) -> Path:
    folder = config.rootpath / ".pytest_cache" / "last_words"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        room = item.path.relative_to(here).parts[0]
        item.add_marker(TIERS[room])
