"""What every world does for the plant in it: limits, substeps, rewards, observations."""

from __future__ import annotations

import numpy as np
import pytest
from arm_world import Arm, act

from ddpg_ros.errors import WorldError
from ddpg_ros.worlds import PeriodEnd


def test_its_spaces_are_those_of_the_contract() -> None:
    world = Arm()
    assert world.observation_space.dtype == world.action_space.dtype == np.float32
    np.testing.assert_array_equal(world.observation_space.low, [0, -3, -3] * 2)
    np.testing.assert_array_equal(world.observation_space.high, [99, 3, 3] * 2)
    np.testing.assert_array_equal(world.action_space.low, [-1, -3])
    np.testing.assert_array_equal(world.action_space.high, [1, 2])
    assert world.metadata["render_fps"] == 10


def test_a_command_keeps_its_limits_and_its_slew_limit_for_the_whole_period() -> None:
    world = Arm()
    world.reset(seed=0)
    act(world, slow=1.0, quick=9.0)
    act(world, slow=1.0, quick=-9.0)
    expected = [[0.45, 2.0]] * 4 + [[0.65, -3.0]] * 4
    np.testing.assert_allclose(world.applied, expected)
    world.reset(seed=0)
    act(world, slow=-1.0)
    np.testing.assert_allclose(world.applied, [[0.05, 0.0]] * 4)


def test_what_is_no_period_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    world = Arm()
    world.reset(seed=0)
    monkeypatch.setattr(world, "_advance", lambda command: 0.5)
    with pytest.raises(WorldError) as refused:
        act(world)
    assert str(refused.value) == (
        "world 'arm': _advance returned 0.5; expected a PeriodEnd(reward, terminated, truncated)."
    )


def test_the_reward_of_a_period_is_the_mean_of_its_substeps() -> None:
    world = Arm()
    world.reset(seed=0)
    assert act(world)[1] == pytest.approx((1 + 2 + 3 + 4) / 4)
    assert act(world)[1] == pytest.approx((5 + 6 + 7 + 8) / 4)


def test_an_episode_may_end_within_a_period() -> None:
    world = Arm(life=6)
    world.reset(seed=0)
    assert act(world)[2:] == (False, False, {"outcome": "old"})
    _, reward, terminated, truncated, info = act(world)
    assert reward == pytest.approx((5 + 6) / 2)
    assert (terminated, truncated, info) == (True, False, {"outcome": "old"})
    world.reset(seed=0)
    assert act(world)[1] == pytest.approx(2.5)


def test_a_period_is_its_substeps() -> None:
    world = Arm()
    world.reset(seed=0)
    ends = [world.advance(np.zeros(2)) for _ in range(8)]
    assert [end is not None for end in ends] == [False, False, False, True] * 2
    assert ends[3] == PeriodEnd(2.5, False, False, {"outcome": "old"})


def test_an_episode_that_is_left_within_a_period_leaves_nothing_behind() -> None:
    world = Arm()
    world.reset(seed=0)
    for _ in range(3):
        world.advance(np.ones(2))
    world.reset(seed=0)
    assert act(world)[1] == pytest.approx(2.5)
    assert len(world.applied) == 4


@pytest.mark.parametrize(("terminated", "truncated"), [(True, False), (False, True)])
def test_an_episode_is_over_for_either_reason(terminated: bool, truncated: bool) -> None:
    assert PeriodEnd(0.0, terminated, truncated).over
    assert not PeriodEnd(0.0, False, False).over


def test_to_render_is_to_draw_this_moment() -> None:
    class Painter(Arm):
        def snapshot(self) -> float:
            return self.age

        def draw(self, snapshot: float) -> np.ndarray:
            return np.full((1, 1, 3), snapshot, dtype=np.uint8)

    world = Painter()
    world.reset(seed=0)
    then = world.snapshot()
    act(world)
    assert world.render().tolist() == [[[4, 4, 4]]]
    assert world.draw(then).tolist() == [[[0, 0, 0]]]
