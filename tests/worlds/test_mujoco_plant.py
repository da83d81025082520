"""What is another in a MuJoCo model, and what is not."""

from __future__ import annotations

from typing import Any

import mujoco
import numpy as np
import pytest
from placed_pendulum import HANGING, LEVEL, REST
from toy_envs import Table

from ddpg_ros.contract.generic import OBSERVATION_TOPIC
from ddpg_ros.errors import WorldError
from ddpg_ros.worlds import DisturbedWorld, Randomisation, World, make_world
from ddpg_ros.worlds.arm import ArmWorld
from ddpg_ros.worlds.mujoco_plant import MujocoPlant
from ddpg_ros.worlds.pendulum import PendulumWorld
from ddpg_ros.worlds.randomisation import Draw

MODEL = """
<mujoco>
  <worldbody>
    <geom name="floor" type="plane" size="1 1 1"/>
    <body name="sled" pos="0 0 1">
      <freejoint/>
      <geom type="box" size=".1 .1 .1" mass="2"/>
      <body name="mast" pos="0 0 .1">
        <joint name="mast" type="hinge" axis="0 1 0" damping=".3" frictionloss=".1"/>
        <geom type="capsule" size=".02" fromto="0 0 0 0 0 .3" mass=".5"/>
      </body>
    </body>
  </worldbody>
  <actuator>
    <motor joint="mast" gear="2"/>
    <position joint="mast" kp="5" kv="1"/>
  </actuator>
</mujoco>
"""


def plant() -> tuple[mujoco.MjModel, MujocoPlant]:
    model = mujoco.MjModel.from_xml_string(MODEL)
    return model, MujocoPlant(model, mujoco.MjData(model))


def varied(seed: int = 0, **ranges: Any) -> mujoco.MjModel:
    model, changed = plant()
    changed.vary(Draw(Randomisation.from_dict(ranges), np.random.default_rng(seed)))
    return model


def swung(angle: float, torque: float = 0.0, periods: int = 1, **ranges: Any) -> PendulumWorld:
    """A pendulum of other physics, some periods after it was let go at ``angle`` [rad]."""
    world = PendulumWorld()
    other = DisturbedWorld(world, Randomisation.from_dict(ranges))
    other.reset(seed=0)
    world.data.qpos[0], world.data.qvel[0] = angle, 0.0
    for _ in range(periods):
        other.step(np.array([torque]))
    return world


def arrays(model: mujoco.MjModel) -> dict[str, np.ndarray]:
    """Every array of a model by its name."""
    found = {name: getattr(model, name) for name in dir(model) if not name.startswith("_")}
    return {name: v.copy() for name, v in found.items() if isinstance(v, np.ndarray)}


def test_factors_of_1_change_no_number_of_the_model() -> None:
    before, after = arrays(plant()[0]), arrays(varied(drop=0.5))
    assert len(before) > 100
    for name, values in before.items():
        np.testing.assert_array_equal(values, after[name], name)


def test_mass_brings_its_inertia_and_what_follows_from_it() -> None:
    nominal, heavy = plant()[0], varied(mass=2)
    np.testing.assert_allclose(heavy.body_mass, 2 * nominal.body_mass)
    np.testing.assert_allclose(heavy.body_inertia, 2 * nominal.body_inertia)
    np.testing.assert_allclose(heavy.body_subtreemass, 2 * nominal.body_subtreemass)
    np.testing.assert_allclose(heavy.dof_invweight0, nominal.dof_invweight0 / 2)


def test_inertia_leaves_the_mass() -> None:
    nominal, sluggish = plant()[0], varied(inertia=3)
    np.testing.assert_array_equal(sluggish.body_mass, nominal.body_mass)
    np.testing.assert_allclose(sluggish.body_inertia, 3 * nominal.body_inertia)


def test_friction_is_that_of_joints_and_of_surfaces() -> None:
    nominal, rough = plant()[0], varied(friction=2)
    for name in ("dof_damping", "dof_frictionloss", "geom_friction"):
        np.testing.assert_allclose(getattr(rough, name), 2 * getattr(nominal, name))
        assert getattr(nominal, name).any()


def test_motor_gain_is_the_force_that_a_command_makes_of_a_motor_and_of_a_servo() -> None:
    model = varied(motor_gain=0.5)
    data = mujoco.MjData(model)
    data.qpos[-1], data.ctrl[:] = 0.2, (3.0, 1.0)
    mujoco.mj_forward(model, data)
    np.testing.assert_allclose(data.actuator_force, [1.5, 0.5 * 5 * (1.0 - 0.2)])


def test_each_body_joint_surface_and_motor_is_another() -> None:
    nominal = plant()[0]
    model = varied(mass=[0.5, 2], friction=[0.5, 2], motor_gain=[0.5, 2])
    masses = (model.body_mass / np.maximum(nominal.body_mass, 1e-9))[1:]
    surfaces = (model.geom_friction / nominal.geom_friction)[:, 0]
    gains = (model.actuator_gainprm / np.maximum(nominal.actuator_gainprm, 1e-9))[:, 0]
    for factors in (masses, surfaces, gains):
        assert len(set(factors)) == len(factors)
        assert np.all((factors >= 0.5) & (factors <= 2))


def test_one_variation_does_not_build_on_the_one_before() -> None:
    model, changed = plant()
    nominal = arrays(model)
    for ranges in (Randomisation(mass=(2, 3), friction=(2, 3)), Randomisation()):
        changed.vary(Draw(ranges, np.random.default_rng(0)))
    for name, values in nominal.items():
        np.testing.assert_array_equal(values, getattr(model, name), name)


def test_a_push_adds_its_speed_to_the_body_that_it_hits_and_then_ends() -> None:
    model = mujoco.MjModel.from_xml_string(MODEL.replace('type="hinge"', 'type="slide"'))
    model.opt.gravity[:] = 0
    data = mujoco.MjData(model)
    pushed = MujocoPlant(model, data)
    hit = set()
    for seed in range(40):
        mujoco.mj_resetData(model, data)
        pushed.push(0.3, 0.01, np.random.default_rng(seed))
        (body,) = np.flatnonzero(data.xfrc_applied.any(axis=1))
        impulse = 0.01 * data.xfrc_applied[body, :3]
        assert np.linalg.norm(impulse) == pytest.approx(0.3 * model.body_mass[body])
        hit.add(int(body))
        pushed.release()
        assert not data.xfrc_applied.any()
    assert hit == {1, 2}


def test_what_has_no_physics_is_not_pushed() -> None:
    arm = ArmWorld()
    plant = MujocoPlant(arm.model, arm.data)
    goal = arm.model.body("goal").id
    for seed in range(100):
        plant.push(1.0, 0.01, np.random.default_rng(seed))
    assert not arm.data.xfrc_applied[goal].any()
    assert arm.data.xfrc_applied[goal + 1 :].any()
    plant.release()
    assert not arm.data.xfrc_applied.any()


def test_the_motor_holds_a_lighter_bob_longer() -> None:
    def falls(mass: float) -> float:
        world = swung(LEVEL, torque=-1.0, mass=mass)
        return abs(world.data.qpos[0] - LEVEL)

    assert falls(2.0) > 1.1 * falls(1.0) > 1.2 * falls(0.5)


def test_more_friction_stops_the_swing_sooner() -> None:
    slow = swung(HANGING - 1.0, periods=100, friction=10)
    free = swung(HANGING - 1.0, periods=100)
    assert abs(slow.data.qvel[0]) < 0.1
    assert np.abs(free.data.qvel[0]) + np.abs(free.data.qpos[0] - HANGING) > 0.2


def test_a_stronger_motor_swings_further() -> None:
    weak, strong = (swung(HANGING, torque=1.0, periods=6, motor_gain=g) for g in (0.5, 2.0))
    nominal = abs(swung(HANGING, torque=1.0, periods=6).data.qpos[0] - HANGING)
    assert abs(strong.data.qpos[0] - HANGING) > 1.5 * nominal
    assert abs(weak.data.qpos[0] - HANGING) < 0.75 * nominal


def test_a_pushed_pendulum_moves_and_the_push_lasts_one_substep() -> None:
    world = PendulumWorld()
    other = DisturbedWorld(world, Randomisation(push_rate=(2, 2), push=(0.5, 0.5)))
    other.reset(seed=1)
    speeds = []
    for _ in range(200):
        world.data.qpos[0], world.data.qvel[0] = HANGING, 0.0
        other.advance(REST)
        assert not world.data.xfrc_applied.any()
        speeds.append(abs(float(world.data.qvel[0])))
    assert 0.3 < max(speeds) <= 0.5 / 0.5 + 0.05
    assert min(speeds) < 1e-6


def test_an_episode_starts_and_goes_the_same_with_the_same_seed_whatever_came_before() -> None:
    ranges = Randomisation(
        mass=(0.7, 1.3),
        inertia=(0.7, 1.3),
        friction=(0.5, 2.0),
        motor_gain=(0.8, 1.2),
        sensor_noise=(0.0, 2.0),
        observation_delay=(0.0, 1.0),
        push_rate=(0.0, 1.0),
        push=(0.0, 1.0),
    )

    def episode(world: World, seed: int) -> list[list[float]]:
        rows = [world.reset(seed=seed)[0].tolist()]
        return rows + [world.step(np.array([0.3]))[0].tolist() for _ in range(40)]

    world = make_world("pendulum", randomisation=ranges)
    first = episode(world, 3)
    assert episode(world, 4) != first
    assert episode(world, 3) == first
    assert episode(make_world("pendulum", randomisation=ranges), 3) == first


def test_an_episode_starts_where_it_would_as_modelled() -> None:
    plain = PendulumWorld()
    other = DisturbedWorld(PendulumWorld(), Randomisation(mass=(0.5, 2.0), sensor_noise=(1, 1)))
    for seed in range(5):
        plain.reset(seed=seed)
        other.reset(seed=seed)
        start = np.random.default_rng(seed).uniform(-np.pi, np.pi)
        assert plain.data.qpos[0] == start
        assert other.world.data.qpos[0] == start  # type: ignore[attr-defined]


def test_a_mujoco_environment_of_gymnasium_is_varied_and_pushed_too() -> None:
    def run(**ranges: Any) -> tuple[float, np.ndarray]:
        world = make_world("Hopper-v5", randomisation=Randomisation.from_dict(ranges))
        world.reset(seed=0)
        observation = [world.step(np.zeros(3))[0] for _ in range(10)][-1]
        inner = world.world if isinstance(world, DisturbedWorld) else world
        model = inner._env.unwrapped.model  # type: ignore[attr-defined]
        return float(model.body_mass.sum()), observation

    mass, nominal = run()
    heavy, sinking = run(mass=1.5)
    assert heavy == pytest.approx(1.5 * mass)
    assert not np.array_equal(sinking, nominal)
    _, pushed = run(push_rate=100, push=1)
    assert np.abs(pushed - nominal).max() > 0.1
    np.testing.assert_array_equal(run(drop=1e-12)[1], nominal)


def test_an_environment_that_is_none_of_mujocos_says_what_it_cannot() -> None:
    late = make_world("Pendulum-v1", randomisation=Randomisation(observation_delay=(1.0, 1.0)))
    start, _ = late.reset(seed=0)
    np.testing.assert_array_equal(late.step(np.ones(1))[0], start)
    for ranges, words in (
        ({"mass": 1.1}, "its mass cannot be varied"),
        ({"sensor_noise": 1}, "sensor_noise cannot be varied"),
        ({"push_rate": 1, "push": 1}, "cannot be pushed"),
    ):
        with pytest.raises(WorldError, match=f"^world 'Pendulum-v1': {words}"):
            make_world("Pendulum-v1", randomisation=Randomisation.from_dict(ranges))


def test_an_environment_can_say_how_noisy_its_sensors_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    noise = {OBSERVATION_TOPIC: {"data": 0.1}}
    monkeypatch.setattr(Table, "sensor_noise", noise, raising=False)
    exact = make_world("toy_envs:Table-v0").reset(seed=0)[0]
    noisy = make_world("toy_envs:Table-v0", randomisation=Randomisation(sensor_noise=(1, 1)))
    assert 0 < np.abs(noisy.reset(seed=0)[0] - exact).max() < 0.6
