"""A run killed 50 times with SIGKILL, at random moments, against one that never stopped."""

from __future__ import annotations

import random
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

_KILLS = 50
_LIFETIME = (0.5, 5.5)
"""How long a process lives before it is killed [s]; starting takes it about 1.5 s."""
_ARGUMENTS = shlex.split(
    "--total-steps 50000 --warmup-steps 300 --hidden-sizes 32 32 --batch-size 64 --num-envs 2 "
    "--evaluation-interval 5000 --evaluation-episodes 2 --final-episodes 2 "
    "--checkpoint-seconds 0.3 --noise ornstein_uhlenbeck --noise-std 0.5"
)


def measure() -> dict[str, Any]:
    """Kill until 50 kills are done, let it end, compare every tensor of both checkpoints."""
    folder = Path(tempfile.mkdtemp())
    random.seed(0)
    begun = time.monotonic()
    _run(folder / "whole", fresh=True).wait()
    whole_seconds = time.monotonic() - begun
    kills = kills_in_training = 0
    while kills < _KILLS:
        process = _run(folder / "killed", fresh=not (folder / "killed" / "config.json").exists())
        time.sleep(random.uniform(*_LIFETIME))
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
        kills_in_training += (folder / "killed" / "checkpoint.pt").exists()
    last = _run(folder / "killed", fresh=not (folder / "killed" / "config.json").exists())
    assert last.wait() == 0, "the last resume failed"
    same = _same(_load(folder / "whole"), _load(folder / "killed"))
    print(f"{kills} kills, {kills_in_training} of them after a first checkpoint; equal: {same}")
    return {
        "kills": kills,
        "kills_after_a_checkpoint": kills_in_training,
        "equal_bit_for_bit": same,
        "uninterrupted_seconds": round(whole_seconds, 1),
    }


def _run(folder: Path, fresh: bool) -> subprocess.Popen[bytes]:
    how = [*_ARGUMENTS, "--run", str(folder)] if fresh else ["--resume", str(folder)]
    command = [
        sys.executable,
        "-m",
        "ddpg_ros.cli",
        "train",
        *(["pendulum"] if fresh else []),
        *how,
    ]
    with (folder.parent / f"{folder.name}.log").open("ab") as log:
        return subprocess.Popen(command, stdout=log, stderr=log)


def _load(folder: Path) -> dict[str, Any]:
    state: dict[str, Any] = torch.load(folder / "checkpoint.pt", weights_only=True)
    return state


def _same(a: Any, b: Any) -> bool:
    """Equality of nested checkpoints, every tensor bit for bit."""
    if isinstance(a, torch.Tensor):
        return torch.equal(a, b)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(_same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(_same, a, b))
    return bool(a == b)
