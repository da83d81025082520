"""Tiers: what a test needs follows from the folder it lies in."""

from __future__ import annotations

from pathlib import Path

import pytest

TIERS = {
    "contract": "numpy",
    "deploy": "numpy",
    "learning": "torch",
    "worlds": "mujoco",
    "ros": "ros",
    "package": "numpy",
    "round_trip": "ros",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        room = item.path.relative_to(here).parts[0]
        item.add_marker(TIERS[room])
