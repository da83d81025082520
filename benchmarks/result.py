"""A benchmark's figures, with the machine, versions and commit they were measured on."""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Any

from ddpg_ros.learning.provenance import describe_origin

RESULTS = Path(__file__).parent / "results"


def save(name: str, figures: dict[str, Any]) -> None:
    """Write ``figures`` to ``benchmarks/results/NAME.json``."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps({"figures": figures, **context()}, indent=2) + "\n")
    print(f"written to {path}")


def context() -> dict[str, Any]:
    """System, machine, versions and commit."""
    return {"system": platform.platform(), "origin": describe_origin()}
