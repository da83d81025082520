"""The command line, as a user's process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def run(*arguments: object, cwd: Path) -> str:
    """Run a verb of this package's to its good end; what it printed."""
    command = [sys.executable, "-m", "ddpg_ros.cli", *map(str, arguments)]
    environment = {k: v for k, v in os.environ.items() if k != "ROS_PYTHON_CHECK_FIELDS"}
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
