"""Where the peers are installed, and how a training runs in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


def peers_python() -> str:
    """The Python that has the peers: ``$PEERS_PYTHON``, or that of ``make peers``."""
    path = os.environ.get("PEERS_PYTHON") or str(_HERE.parent / ".venv-peers/bin/python")
    if not Path(path).exists():
        sys.exit(f"{path} does not exist. Install the peers: make peers")
    return path


def train_own(preset: str, environment: str, *arguments: str) -> dict[str, Any]:
    """One training of ours."""
    return _train([sys.executable, "-m", "benchmarks.own", preset, environment, *arguments])


def train_peer(
    library: str, algorithm: str, environment: str, *arguments: str, threads: int = 1
) -> dict[str, Any]:
    """One training of a peer's."""
    command = [peers_python(), str(_HERE / "peer.py"), library, algorithm, environment, *arguments]
    return _train([*command, "--threads", str(threads)])


def _train(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=_HERE.parent)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr[-3000:]}")
    result: dict[str, Any] = json.loads(done.stdout)
    return result
