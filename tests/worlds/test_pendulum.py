"""The package's pendulum: physics, reward, success."""

from __future__ import annotations

import math

import numpy as np
import pytest
from placed_pendulum import HANGING, LEVEL, REST, UP, placed

from ddpg_ros.worlds.pendulum import PendulumWorld, pendulum_contract


def test_the_contract_is_hinge_in_torque_out_twenty_times_a_second() -> None:
    contract = pendulum_contract()
    assert contract.observation_names == ("angle.cos(hinge)", "angle.sin(hinge)", "speed.hinge")
    (hinge,) = contract.actions
    assert (hinge.unit, hinge.low, hinge.high, hinge.safe) == ("N m", -1.0, 1.0, 0.0)
    assert (contract.period, hinge.slew_limit) == (0.05, pytest.approx(40.0))
    np.testing.assert_array_equal(contract.observation_high, [1.0, 1.0, 30.0])
    np.testing.assert_array_equal(contract.observation_low, [-1.0, -1.0, -30.0])


@pytest.mark.parametrize("angle", [UP, LEVEL, HANGING, -2.0, 7.0])
def test_it_observes_the_angle_on_a_circle_and_the_speed(angle: float) -> None:
    world = placed(angle, speed=1.5)
    observation, *_ = world.step(REST)
    angle, speed = world.data.qpos[0], world.data.qvel[0]
    np.testing.assert_allclose(observation, [math.cos(angle), math.sin(angle), speed], atol=1e-6)
    reading = world.readings()["joint_states"]
    assert list(reading.names) == ["hinge"]
    assert (reading.fields["position"], reading.fields["velocity"]) == (angle, speed)


def test_an_episode_begins_anywhere_and_almost_at_rest() -> None:
    world, starts = PendulumWorld(), []
    for seed in range(400):
        world.reset(seed=seed)
        starts.append((world.data.qpos[0], world.data.qvel[0]))
    for values, bound in zip(np.transpose(starts), (math.pi, 1.0), strict=True):
        counts, _ = np.histogram(values, bins=4, range=(-bound, bound))
        assert counts.sum() == 400
        assert counts.min() > 70


def test_the_motor_takes_no_more_than_its_limit() -> None:
    world = placed(HANGING)
    world.step(np.array([50.0]))
    assert world.data.ctrl == [1.0]
    assert world.readings()["joint_states"].fields["effort"] == pytest.approx([1.0])


def test_at_rest_upright_is_worth_1_and_hanging_nothing() -> None:
    assert placed(UP).step(REST)[1] == pytest.approx(1.0)
    assert placed(HANGING).step(REST)[1] == pytest.approx(0.0, abs=1e-9)


def test_speed_and_effort_cost() -> None:
    fast = placed(UP, speed=10.0)
    rewards = []
    for _ in range(fast.substeps):
        fast.advance(np.array([0.5]))
        angle, speed = fast.data.qpos[0], fast.data.qvel[0]
        rewards.append(0.5 + 0.5 * math.cos(angle) - 0.002 * speed**2 - 0.01 * 0.25)
    assert placed(UP, speed=10.0).step(np.array([0.5]))[1] == pytest.approx(np.mean(rewards))


def test_upright_is_not_stable_and_hanging_is() -> None:
    falling, hanging = placed(0.05), placed(HANGING + 0.05)
    for _ in range(100):
        falling.step(REST)
        hanging.step(REST)
        assert abs(hanging.data.qpos[0] - HANGING) <= 0.06
    assert abs(falling.data.qpos[0]) > LEVEL


def test_the_motor_cannot_lift_the_bob_straight_up() -> None:
    for torque in (1.0, -1.0):
        world = placed(HANGING)
        for _ in range(150):
            world.step(np.array([torque]))
            assert abs(world.data.qpos[0] - HANGING) < LEVEL


def test_swinging_it_with_its_speed_lifts_it() -> None:
    world, highest = placed(HANGING), -1.0
    for _ in range(160):
        world.step(np.sign(world.data.qvel) + 0.1)
        highest = max(highest, math.cos(world.data.qpos[0]))
    assert highest > 0.9


def test_a_period_is_50_ms_of_physics() -> None:
    world = placed(HANGING)
    assert world.substeps == 5
    for _ in range(4):
        world.step(REST)
    assert world.data.time == pytest.approx(0.2)
