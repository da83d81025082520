"""The rotary inverted pendulum: physics, observation, reward."""

from __future__ import annotations

import math

import mujoco
import numpy as np
import pytest
from placed_balancer import HANGING, REST, UP, placed

from ddpg_ros.worlds.balancer import BalancerWorld, balancer_contract

FULL = np.array([0.05])


def test_the_contract_is_two_joints_in_and_the_arms_torque_out_at_100_hz() -> None:
    contract = balancer_contract()
    assert contract.observation_names == (
        "arm.arm",
        "angle.cos(pendulum)",
        "angle.sin(pendulum)",
        "speed.arm",
        "speed.pendulum",
    )
    (arm,) = contract.actions
    assert (arm.name, arm.unit, arm.low, arm.high, arm.safe) == ("arm", "N m", -0.05, 0.05, 0.0)
    assert (contract.period, arm.slew_limit) == (0.01, pytest.approx(10.0))
    assert contract.topics == {"joint_states": "sensor_msgs/JointState"}


@pytest.mark.parametrize("angle", [UP, HANGING, -2.0, 7.0])
def test_it_observes_both_joints_the_pendulum_on_a_circle(angle: float) -> None:
    world = placed(angle, arm=0.4, speed=1.5, arm_speed=-2.0)
    observation, *_ = world.step(np.array([0.02]))
    (arm, angle), (arm_speed, speed) = world.data.qpos, world.data.qvel
    expected = [arm, math.cos(angle), math.sin(angle), arm_speed, speed]
    np.testing.assert_allclose(observation, expected, rtol=1e-6, atol=1e-6)
    reading = world.readings()["joint_states"]
    assert list(reading.names) == ["arm", "pendulum"]
    np.testing.assert_allclose(reading.fields["effort"], [0.02, 0.0])


def test_half_of_the_episodes_begin_hanging_and_the_others_anywhere() -> None:
    world = BalancerWorld()
    starts = []
    for seed in range(400):
        world.reset(seed=seed)
        starts.append([*world.data.qpos, *world.data.qvel])
    arm, angle, arm_speed, speed = np.transpose(starts)
    resting = speed == 0.0
    assert 160 < resting.sum() < 240
    assert (np.abs(angle[resting] - math.pi) < 0.1).all()
    assert (np.abs(arm[resting]) < 0.1).all()
    assert (arm_speed[resting] == 0.0).all()
    counts, _ = np.histogram(angle[~resting], bins=4, range=(-math.pi, math.pi))
    assert counts.sum() == (~resting).sum()
    assert counts.min() > 25
    assert 0.9 < np.abs(arm[~resting]).max() < 1.0
    assert np.ptp(angle[resting]) > 0.15


def test_the_motor_takes_no_more_than_its_limit() -> None:
    world = placed(HANGING)
    world.step(np.array([50.0]))
    assert world.readings()["joint_states"].fields["effort"][0] == pytest.approx(0.05)


def test_the_pendulum_swings_like_a_rod_of_its_length() -> None:
    world = placed(HANGING + 0.05)
    world.model.dof_armature[0] = 1e3
    crossings = []
    for period in range(400):
        before = world.data.qpos[1] - HANGING
        world.step(REST)
        after = world.data.qpos[1] - HANGING
        if before < 0 <= after:
            crossings.append(0.01 * (period - before / (after - before)))
    swing = 2 * math.pi * math.sqrt(2 * 0.129 / (3 * 9.81))
    assert len(crossings) > 3
    np.testing.assert_allclose(np.diff(crossings), swing, rtol=0.01)


def test_the_arm_speeds_up_as_two_rods_do() -> None:
    """With the pendulum hanging, which the arm's push also swings (Lagrange's equations)."""
    world = placed(HANGING)
    world.model.dof_frictionloss[0] = world.model.dof_damping[0] = 0.0
    world.data.ctrl[0] = 0.05
    mujoco.mj_forward(world.model, world.data)
    arm = 0.095 * 0.085**2 / 3 + 0.024 * 0.085**2 + 4.6e-6
    coupling, pendulum = 0.024 * 0.085 * 0.129 / 2, 0.024 * 0.129**2 / 3
    expected = 0.05 / (arm - coupling**2 / pendulum)
    assert world.data.qacc[0] == pytest.approx(expected, rel=0.01)


def test_upright_is_not_stable_and_hanging_is() -> None:
    falling, hanging = placed(0.02), placed(HANGING + 0.02)
    highest = 0.0
    for _ in range(100):
        falling.step(REST)
        hanging.step(REST)
        highest = max(highest, abs(falling.data.qpos[1]))
        assert abs(hanging.data.qpos[1] - HANGING) <= 0.021
    assert highest > 2.0


@pytest.mark.parametrize("effort", [FULL, -FULL])
def test_a_push_in_one_direction_does_not_lift_it(effort: np.ndarray) -> None:
    world, terminated = placed(HANGING), False
    while not terminated:
        _, _, terminated, truncated, info = world.step(effort)
        assert not truncated
        assert math.cos(world.data.qpos[1]) < 0.5
    assert info == {"outcome": "failure"}


def test_the_steps_are_fine_enough() -> None:
    """Half a second of fast swinging ends where steps a tenth as long end."""
    coarse, fine = placed(HANGING, speed=15.0), placed(HANGING, speed=15.0)
    for world, finer in ((coarse, 1), (fine, 10)):
        world.model.opt.timestep /= finer
        mujoco.mj_step(world.model, world.data, 200 * finer)
    assert np.abs(coarse.data.qpos - [0.0, HANGING]).min() > 0.1
    np.testing.assert_allclose(coarse.data.qpos, fine.data.qpos, atol=0.05)
    np.testing.assert_allclose(coarse.data.qvel, fine.data.qvel, atol=0.5)


def test_a_period_is_10_ms_of_physics_read_twice() -> None:
    world = placed(HANGING)
    assert world.substeps == 2
    for _ in range(4):
        world.step(REST)
    assert world.data.time == pytest.approx(0.04)


def test_at_rest_upright_is_worth_1_and_hanging_nothing() -> None:
    assert placed(UP).step(REST)[1] == pytest.approx(1.0)
    assert placed(HANGING).step(REST)[1] == pytest.approx(0.0, abs=1e-9)


def test_a_tilt_speed_a_turned_arm_and_effort_each_cost() -> None:
    world = placed(0.5, arm=1.15, speed=5.0)
    rewards = []
    for _ in range(world.substeps):
        world.advance(np.array([0.025]))
        (arm, angle), (_, speed) = world.data.qpos, world.data.qvel
        upright, calm = 0.5 + 0.5 * math.cos(angle), 1 / (1 + (speed / 5) ** 2)
        rewards.append(upright * calm * (1 - 0.5 * (arm / 2.3) ** 2) * (1 - 0.1 * 0.5**2))
    again = placed(0.5, arm=1.15, speed=5.0)
    assert again.step(np.array([0.025]))[1] == pytest.approx(np.mean(rewards))
