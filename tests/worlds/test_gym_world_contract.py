"""A Gymnasium environment under a contract of the user's."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import numpy as np
import pytest

from ddpg_ros.contract import ActionElement, Command, Contract, ObservationTerm, Source
from ddpg_ros.contract.readings import FLOAT64_MULTI_ARRAY, IMU, JOINT_STATE
from ddpg_ros.errors import WorldError
from ddpg_ros.worlds.gym_world import GymWorld

SENSING, BLIND = "toy_envs:SensingTable-v0", "toy_envs:Table-v0"
ENCODERS = Source("joint_states", JOINT_STATE, "position", ("x", "y"))
GYRO = Source("imu", IMU, "angular_velocity")


def contract(
    sources: Iterable[Source] = (ENCODERS,), elements: tuple[str, ...] = ("x", "y")
) -> Contract:
    return Contract(
        name="table",
        period=0.5,
        observation=tuple(
            ObservationTerm(source.topic.split("/")[-1], (source,)) for source in sources
        ),
        commands=(
            Command(
                "commands",
                FLOAT64_MULTI_ARRAY,
                tuple(ActionElement(name, "m", -0.5, 0.75, slew_limit=1.0) for name in elements),
            ),
        ),
    )


def refusal(env_id: str, wrong: Contract) -> str:
    with pytest.raises(WorldError) as refused:
        GymWorld(env_id, wrong)
    return str(refused.value)


def test_the_observation_is_assembled_from_its_readings_by_name() -> None:
    world = GymWorld(SENSING, contract())
    world.reset(seed=0)
    observation, *_ = world.step(np.array([0.25, 0.5]))
    np.testing.assert_allclose(observation, [0.25, 0.5])
    np.testing.assert_allclose(world.readings()["joint_states"].fields["position"], [0.5, 0.25])


def test_the_contracts_limits_hold_not_the_environments() -> None:
    world = GymWorld(SENSING, contract())
    world.reset(seed=0)
    for expected in (0.5, 0.75, 0.75):
        observation, *_ = world.step(np.array([9.0, 9.0]))
        np.testing.assert_allclose(observation, [expected, expected])


def test_the_contracts_period_holds() -> None:
    world = GymWorld(SENSING, contract())
    assert world.metadata["render_fps"] == 2
    assert world.contract == contract()


def test_a_period_that_is_not_the_environments_is_refused() -> None:
    assert refusal("toy_envs:Clocked-v0", vector("x", "2x", "y", "2y")) == (
        "world 'toy_envs:Clocked-v0': one step lasts 0.02 s (its dt), the contract's period is "
        "0.5 s. Make them equal."
    )


def test_without_readings_a_contract_over_sensors_is_refused() -> None:
    assert refusal(BLIND, contract()) == (
        f"world '{BLIND}': the contract reads joint_states, but the environment has no readings() "
        "method to say what those sensors see. Give it one that returns a dict of "
        "ddpg_ros.contract.Reading by topic."
    )


def test_readings_that_lack_a_topic_are_refused() -> None:
    assert refusal(SENSING, contract([ENCODERS, GYRO])) == (
        f"world '{SENSING}': its readings() lack imu, which the contract reads. "
        "They have: joint_states."
    )


@pytest.mark.parametrize("env_id", [SENSING, BLIND])
def test_a_contract_that_drives_another_number_of_elements_is_refused(env_id: str) -> None:
    assert refusal(env_id, contract(elements=("x", "y", "z"))) == (
        f"world '{env_id}': takes 2 action elements, the contract drives 3 (x, y, z)."
    )


def vector(*elements: str) -> Contract:
    return contract([Source("table/state", FLOAT64_MULTI_ARRAY, "data", elements)])


def test_without_readings_a_contract_may_name_the_elements_of_the_vector() -> None:
    world = GymWorld(BLIND, vector("x", "2x", "y", "2y"))
    world.reset(seed=0)
    observation, *_ = world.step(np.array([0.25, 0.5]))
    np.testing.assert_allclose(observation, [0.25, 0.5, 0.5, 1.0])
    assert world.contract.observation_names[1] == "state.2x"


def test_a_vector_of_another_size_is_refused_when_it_is_read() -> None:
    world = GymWorld(BLIND, vector("x", "y"))
    with pytest.raises(WorldError, match=r"^world 'table': its readings do not serve: table/state"):
        world.reset(seed=0)


def test_a_joint_that_the_readings_lack_is_named() -> None:
    missing = dataclasses.replace(ENCODERS, elements=("x", "z"))
    with pytest.raises(WorldError, match=r"^world 'table': its readings do not serve: .*\bz\b"):
        GymWorld(SENSING, contract([missing])).reset(seed=0)


def test_a_contract_that_drives_beyond_the_action_space_is_refused() -> None:
    wide = contract()
    elements = (ActionElement("x", "m", -2.0, 0.5), ActionElement("y", "m", -0.5, 2.0))
    wide = dataclasses.replace(
        wide, commands=(dataclasses.replace(wide.commands[0], elements=elements),)
    )
    assert refusal(SENSING, wide) == (
        f"world '{SENSING}': takes actions in [-1.   -0.75] to [1. 2.]; the contract drives x "
        "beyond that."
    )
