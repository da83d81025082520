"""Who ends a node that is told to, and how."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

NODE = Path(__file__).with_name("odd_node.py")
DEADLINE = 30.0

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    nodes = []

    def start_node(place: str, *words: str) -> subprocess.Popen[str]:
        """A node that has got to ``place``."""
        command = [sys.executable, str(NODE), *words]
        nodes.append(subprocess.Popen(command, cwd=tmp_path, text=True, stderr=subprocess.PIPE))
        wait_until((tmp_path / place).exists, place)
        return nodes[-1]

    yield start_node
    for node in nodes:
        node.kill()
        node.communicate()


def wait_until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.01)


def end_of(node: subprocess.Popen[str]) -> tuple[int, bool]:
    """Its exit code, and whether it was ended from aside."""
    _, said = node.communicate(timeout=DEADLINE)
    return node.returncode, "ended from aside: a callback hangs" in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_node_that_heeds_a_signal_ends_by_itself(
    start: Start, tmp_path: Path, number: signal.Signals
) -> None:
    node = start("working", "last word")
    node.send_signal(number)
    assert end_of(node) == (0, False)
    assert (tmp_path / "ended").exists()
    assert not (tmp_path / "asked").exists()


def test_one_that_starts_slowly_is_not_taken_for_one_that_hangs(
    start: Start, tmp_path: Path
) -> None:
    node = start("starting", "starts slowly", "last word")
    for _ in range(2):  # as a launch's Ctrl-C comes
        node.send_signal(signal.SIGINT)
        time.sleep(0.1)
    assert end_of(node) == (0, False)
    assert (tmp_path / "ended").exists()
    assert not (tmp_path / "working").exists()


def test_one_that_hangs_is_ended_once_it_has_had_its_last_word(
    start: Start, tmp_path: Path
) -> None:
    node = start("working", "hangs", "last word")
    node.send_signal(signal.SIGINT)
    assert end_of(node) == (1, True)
    assert (tmp_path / "asked").exists()
    assert not (tmp_path / "ended").exists()


@pytest.mark.parametrize(
    ("place", "words", "enough"),
    [
        ("starting", ["hangs at start", "last word"], 3),
        ("working", ["hangs"], 3),
        ("working", ["hangs", "last word fails"], 2),
    ],
)
def test_without_a_last_word_it_is_ended_by_further_signals(
    start: Start, place: str, words: list[str], enough: int
) -> None:
    node = start(place, *words)
    for _ in range(enough - 1):
        node.send_signal(signal.SIGINT)
        time.sleep(0.5)
    assert node.poll() is None
    node.send_signal(signal.SIGTERM)
    assert end_of(node) == (1, True)
