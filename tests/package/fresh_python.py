"""Code run by a fresh Python, on a machine that may lack some packages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from source_tree import ROOT

_BARE = """
import sys

class Bare:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names}:
            raise ModuleNotFoundError(f"No module named '{{name}}'", name=name)

sys.meta_path.insert(0, Bare())
"""


def run(code: str, without: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """Run ``code`` where the packages ``without`` are not installed."""
    return subprocess.run(
        [sys.executable, "-c", _BARE.format(names=tuple(without)) + code],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=ROOT / "tests",
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )


def result(code: str, without: Sequence[str] = ()) -> Any:
    """What ``code`` prints last, as JSON."""
    done = run(code, without)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
