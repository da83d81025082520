"""What a world observes: its readings, the command before, and how old they are."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from arm_world import Arm, act

from ddpg_ros.errors import WorldError


def test_the_observation_holds_the_command_that_was_applied_and_its_history() -> None:
    world = Arm()
    first, info = world.reset(seed=7)
    np.testing.assert_allclose(first, [0, 0.25, 0, 0, 0.25, 0])
    assert info == {"born": 7}
    second, *_ = act(world, slow=1.0, quick=1.0)
    np.testing.assert_allclose(second, [0, 0.25, 0, 4, 0.45, 1.0])
    assert second.dtype == np.float32
    third, *_ = act(world, slow=0.45)
    np.testing.assert_allclose(third, [4, 0.45, 1.0, 8, 0.45, 0.0])
    np.testing.assert_allclose(second, [0, 0.25, 0, 4, 0.45, 1.0])
    np.testing.assert_allclose(world.reset(seed=7)[0], first)


def test_readings_that_do_not_serve_are_refused_with_what_is_wrong() -> None:
    with pytest.raises(WorldError, match=r"^world 'arm': its readings do not serve: .*\bage\b"):
        Arm(names=("other",)).reset(seed=0)
    world = Arm()
    world.reset(seed=0)
    world.age = math.nan
    text = (
        "world 'arm': its readings do not serve: joint_states.position is not finite for age. The "
        "contract reads joint_states; readings() has joint_states."
    )
    with pytest.raises(WorldError, match=f"^{re.escape(text)}$"):
        act(world)


def test_readings_grow_old_by_the_period() -> None:
    world = Arm()
    world.reset(seed=0)
    world.silent = True
    act(world)
    np.testing.assert_allclose(act(world)[0][3], 0.0)
    text = (
        "joint_states.position is 0.300 s old, at most 0.25 s. The contract reads joint_states; "
        "readings() has none."
    )
    with pytest.raises(WorldError, match=f"{re.escape(text)}$"):
        act(world)
