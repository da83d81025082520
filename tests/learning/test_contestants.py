"""The trainings that benchmarks compare can be begun."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.learning_curves import OURS
from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.presets import load_preset


@pytest.mark.parametrize(("preset", "changes"), OURS.values(), ids=OURS.keys())
def test_a_contestant_is_a_preset_in_which_every_change_changes_something(
    preset: str, changes: dict[str, Any]
) -> None:
    base = load_preset(preset)
    contestant = DdpgConfig.from_dict(changes, base)
    assert all(getattr(contestant, name) != getattr(base, name) for name in changes)
