"""The arm: contract, sensors, limits, starts and goals."""

from __future__ import annotations

import math

import mujoco
import numpy as np
import pytest
from placed_arm import HOME, REST, jacobian, placed, tool

from ddpg_ros.contract import Contract
from ddpg_ros.worlds.arm import ArmWorld, arm_contract

JOINTS = (
    "shoulder_pan_joint",
    "shoulder_lift_joint",
    "elbow_joint",
    "wrist_1_joint",
    "wrist_2_joint",
    "wrist_3_joint",
)


def test_the_contract_is_joints_and_goal_in_velocities_out_12_5_times_a_second() -> None:
    contract = arm_contract()
    assert contract.topics == {
        "joint_states": "sensor_msgs/JointState",
        "goal_pose": "geometry_msgs/PoseStamped",
    }
    (command,) = contract.commands
    assert (command.topic, command.message) == ("commands", "std_msgs/Float64MultiArray")
    assert contract.action_names == JOINTS
    assert {element.unit for element in contract.actions} == {"rad/s"}
    np.testing.assert_allclose(contract.action_values("high"), math.pi / 2, atol=1e-6)
    np.testing.assert_allclose(contract.action_values("low"), -math.pi / 2, atol=1e-6)
    assert set(contract.action_values("safe")) == {0.0}
    assert set(contract.action_values("slew_limit")) == {40.0}
    assert (contract.period, contract.observation_size) == (0.08, 36)


def test_the_contract_survives_json_without_loss() -> None:
    assert Contract.from_json(arm_contract().to_json()) == arm_contract()


def test_the_chain_is_the_one_that_is_published() -> None:
    """Denavit and Hartenberg's parameters of the UR5e: a, d [m] and alpha of each joint."""
    published = [
        (0.0, 0.1625, math.pi / 2),
        (-0.425, 0.0, 0.0),
        (-0.3922, 0.0, 0.0),
        (0.0, 0.1333, math.pi / 2),
        (0.0, 0.0997, -math.pi / 2),
        (0.0, 0.0996 + 0.1, 0.0),
    ]
    rng = np.random.default_rng(0)
    for _ in range(20):
        pose = rng.uniform(-math.pi, math.pi, 6)
        frame = np.diag([-1.0, -1.0, 1.0, 1.0])  # base_link looks where the arm reaches at 0
        for angle, (a, d, alpha) in zip(pose, published, strict=True):
            ct, st, ca, sa = math.cos(angle), math.sin(angle), math.cos(alpha), math.sin(alpha)
            frame = frame @ [
                [ct, -st * ca, st * sa, a * ct],
                [st, ct * ca, -ct * sa, a * st],
                [0.0, sa, ca, d],
                [0.0, 0.0, 0.0, 1.0],
            ]
        np.testing.assert_allclose(tool(placed(pose)), frame[:3, 3], atol=1e-6)


def test_it_observes_what_the_simulator_says_of_tool_and_joints() -> None:
    world = ArmWorld()
    rng = np.random.default_rng(0)
    for seed in range(5):
        world.reset(seed=seed)
        for _ in range(10):
            observation, *_ = world.step(rng.uniform(-3, 3, 6))
            seen = dict(zip(world.contract.observation_names, observation, strict=True))
            offset = world.data.mocap_pos[0] - tool(world)
            direction = offset / math.hypot(*offset, 0.015)
            pulls = jacobian(world).T @ direction
            for i, axis in enumerate("xyz"):
                assert seen[f"to_goal.{axis}"] == pytest.approx(offset[i], abs=1e-6)
                assert seen[f"to_goal.direction({axis})"] == pytest.approx(direction[i], abs=1e-5)
            for i, joint in enumerate(JOINTS):
                assert seen[f"to_goal.pull({joint})"] == pytest.approx(pulls[i], abs=1e-5)
                assert seen[f"angles.cos({joint})"] == pytest.approx(math.cos(world.data.qpos[i]))
                assert seen[f"speeds.{joint}"] == pytest.approx(world.data.qvel[i])
                assert seen[f"previous.{joint}"] == pytest.approx(world.data.ctrl[i])


def test_it_says_what_the_real_sensors_say() -> None:
    world = placed()
    joints, goal = world.readings()["joint_states"], world.readings()["goal_pose"]
    assert tuple(joints.names) == JOINTS
    np.testing.assert_array_equal(joints.fields["position"], HOME)
    assert goal.frame == "base_link"
    np.testing.assert_array_equal(goal.fields["pose.position"], world.data.mocap_pos[0])


def test_the_joints_follow_the_commands_that_the_limits_let_through() -> None:
    world = placed()
    wanted = np.array([1.0, -0.3, 0.3, -0.5, 0.5, 9.0])
    for period in range(1, 8):
        world.step(wanted)
        allowed = np.clip(wanted, -1.6 * period, 1.6 * period)
        expected = np.clip(allowed, -math.pi / 2, math.pi / 2)
        np.testing.assert_allclose(world.data.ctrl, expected, atol=1e-6)
        np.testing.assert_allclose(world.data.qvel, expected, atol=0.2)


def test_no_joint_exceeds_the_commanded_velocity_by_much() -> None:
    world = ArmWorld()
    rng = np.random.default_rng(0)
    fastest = 0.0
    for seed in range(20):
        world.reset(seed=seed)
        direction = rng.choice([-10.0, 10.0], 6)
        over = False
        while not over:
            _, _, terminated, truncated, _ = world.step(direction)
            over = terminated or truncated
            if not terminated:
                fastest = max(fastest, float(np.abs(world.data.qvel).max()))
    assert 1.55 < fastest < 1.2 * math.pi / 2


@pytest.mark.parametrize(
    ("joint", "limit"), [("shoulder_pan_joint", 2 * math.pi), ("elbow_joint", math.pi)]
)
def test_no_joint_goes_beyond_its_range(joint: str, limit: float) -> None:
    index = JOINTS.index(joint)
    pose = np.array([0.0, -math.pi / 2, 0.0, 0.0, -math.pi / 2, 0.0])
    pose[index] = limit - 0.3
    world = placed(pose)
    world.model.opt.disableflags |= mujoco.mjtDisableBit.mjDSBL_CONTACT  # folded, it touches itself
    farthest = 0.0
    for _ in range(40):
        world.step(np.eye(6)[index] * math.pi)
        farthest = max(farthest, float(world.data.qpos[index]))
    assert limit - 0.05 < farthest < limit + 0.05


def test_it_holds_any_pose_at_rest_as_if_weightless() -> None:
    for pose in (HOME, (0.0, -0.3, 0.2, 0.0, 0.0, 0.0)):
        world = placed(pose)
        for _ in range(50):
            world.step(REST)
        np.testing.assert_allclose(world.data.qpos, pose, atol=1e-3)


def test_starts_and_goals_are_apart_and_above_the_table_and_touch_nothing() -> None:
    world = ArmWorld()
    starts, goals = [], []
    for seed in range(300):
        world.reset(seed=seed)
        assert world.data.ncon == 0
        starts.append(tool(world))
        goals.append(world.data.mocap_pos[0].copy())
    for places in map(np.array, (starts, goals)):
        assert places[:, 2].min() > 0.05
        assert np.ptp(places, axis=0).min() > 0.6
        assert np.linalg.norm(places, axis=1).max() < 1.15
    assert np.median(np.linalg.norm(np.subtract(starts, goals), axis=1)) > 0.3


def test_a_period_is_80_ms_of_physics() -> None:
    world = placed()
    before = world.data.time
    for _ in range(5):
        world.step(REST)
    assert world.data.time - before == pytest.approx(0.4)
    assert world.substeps == 8
