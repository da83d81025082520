"""Where a policy comes from: this code, and not whatever repository lies around it."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import ddpg_ros
from ddpg_ros.learning.provenance import describe_origin

PACKAGE = Path(ddpg_ros.__file__).parent
NEEDED = ("__init__.py", "learning/__init__.py", "learning/provenance.py")
PRINT = """
import json, sys
sys.path.insert(0, sys.argv[1])
from ddpg_ros.learning import provenance
assert provenance.__file__.startswith(sys.argv[1])
print(json.dumps(provenance.describe_origin()))
"""


def git(path: Path, *arguments: str) -> str:
    who = ("-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false")
    command = ["git", "-C", str(path), *who, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository with the package in its folder ``code``, not yet committed."""
    if shutil.which("git") is None:
        pytest.skip("needs git")
    for name in NEEDED:
        target = tmp_path / "code/ddpg_ros" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PACKAGE / name, target)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--message", "empty")
    return tmp_path


def commit_told(repository: Path) -> str:
    command = [sys.executable, "-B", "-c", PRINT, str(repository / "code")]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=repository)
    commit: str = json.loads(said.stdout)["git_commit"]
    return commit


def test_it_names_the_versions_that_matter() -> None:
    origin = json.loads(json.dumps(describe_origin()))
    assert origin["ddpg_ros"] == ddpg_ros.__version__
    assert origin["versions"] == {
        name: importlib.metadata.version(name)
        for name in ("torch", "numpy", "gymnasium", "mujoco", "onnxruntime")
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", origin["exported_at"])
    assert origin["python"].startswith(f"{sys.version_info.major}.{sys.version_info.minor}.")
    assert f"{platform.machine()}, {os.cpu_count()} cores" in origin["machine"]


def test_an_installed_package_has_no_commit_even_inside_a_repository(repository: Path) -> None:
    assert commit_told(repository) == ""


def test_a_checkout_tells_its_commit_and_whether_it_was_changed(repository: Path) -> None:
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "--message", "code")
    git(repository, "tag", "--annotate", "--message", "one", "v1")
    head = git(repository, "rev-parse", "HEAD")
    assert commit_told(repository) == head
    (repository / "code/ddpg_ros/__init__.py").write_text('__version__ = "changed"\n')
    assert commit_told(repository) == f"{head}+changes"


def test_without_git_there_is_no_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert describe_origin()["git_commit"] == ""
