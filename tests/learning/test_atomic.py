"""A file is whole or not there, whatever kills its writer."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ddpg_ros.learning.atomic import write_atomically

DIES_HALF_WAY = """
import os, signal, sys
from pathlib import Path
from ddpg_ros.learning.atomic import write_atomically

def write(path):
    path.write_bytes(b"new" * 100_000)
    os.kill(os.getpid(), signal.SIGKILL)

write_atomically(Path(sys.argv[1]), write)
"""


class FullDiskError(OSError):
    """Stands for whatever a writer raises."""


def write_half(path: Path) -> None:
    path.write_text("half of the new co")
    raise FullDiskError


def test_the_new_content_replaces_the_old(tmp_path: Path) -> None:
    file = tmp_path / "deep/er/file"
    for content in ("old and longer", "new"):
        write_atomically(file, lambda path, content=content: path.write_text(content))
        assert file.read_text() == content
    assert [path.name for path in file.parent.iterdir()] == ["file"]


def test_a_writer_that_fails_leaves_the_old_content(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("old")
    with pytest.raises(FullDiskError):
        write_atomically(file, write_half)
    assert file.read_text() == "old"


def test_a_writer_that_fails_leaves_no_file_where_none_was(tmp_path: Path) -> None:
    with pytest.raises(FullDiskError):
        write_atomically(tmp_path / "file", write_half)
    assert not (tmp_path / "file").exists()


def test_a_writer_that_is_killed_leaves_the_old_content(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("old")
    killed = subprocess.run([sys.executable, "-c", DIES_HALF_WAY, str(file)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert file.read_text() == "old"
    write_atomically(file, lambda path: path.write_text("new"))
    assert file.read_text() == "new"
