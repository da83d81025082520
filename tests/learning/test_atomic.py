"""A file is whole or not there, whatever kills its writer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ddpg_ros.learning.atomic import write_atomically

DESCRIPTORS = Path("/proc/self/fd")
needs_proc = pytest.mark.skipif(not DESCRIPTORS.exists(), reason="needs /proc")
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


@needs_proc
def test_it_is_on_the_disk_before_it_takes_its_name_and_so_is_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, order = tmp_path / "file", []
    fsync, replace = os.fsync, os.replace

    def seen_fsync(descriptor: int) -> None:
        order.append(("fsync", Path(os.readlink(DESCRIPTORS / str(descriptor))).name))
        fsync(descriptor)

    def seen_replace(source: Path, target: Path) -> None:
        order.append(("rename", target.name))
        replace(source, target)

    monkeypatch.setattr(os, "fsync", seen_fsync)
    monkeypatch.setattr(os, "replace", seen_replace)
    write_atomically(file, lambda path: path.write_text("new"))
    written, renamed, listed = order
    assert written == ("fsync", ".file.partial")
    assert (renamed, listed) == (("rename", "file"), ("fsync", tmp_path.name))


@needs_proc
def test_it_leaves_no_file_open(tmp_path: Path) -> None:
    before = os.listdir(DESCRIPTORS)
    write_atomically(tmp_path / "file", lambda path: path.write_text("new"))
    assert os.listdir(DESCRIPTORS) == before


def test_a_writer_that_is_killed_leaves_the_old_content(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("old")
    killed = subprocess.run([sys.executable, "-c", DIES_HALF_WAY, str(file)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert file.read_text() == "old"
    write_atomically(file, lambda path: path.write_text("new"))
    assert file.read_text() == "new"
