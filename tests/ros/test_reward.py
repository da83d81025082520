"""A reward function of the user's: what it is given, what it may return, what is said of it."""

from __future__ import annotations

import dataclasses
import re

import my_rewards
import numpy as np
import pytest

from ddpg_ros.contract.readings import joint_state
from ddpg_ros.errors import ConfigError, WorldError
from ddpg_ros.ros.reward import Reward, Verdict
from ddpg_ros.worlds.pendulum import pendulum_contract

CONTRACT = pendulum_contract()
READINGS = {"joint_states": joint_state(["hinge"], [0.3], [-2.0])}
OBSERVATION = np.array([0.1, 0.2, -2.0], dtype=np.float32)
COMMAND = np.array([0.7])


def judge(name: str) -> Verdict:
    return Reward(name, CONTRACT).judge(OBSERVATION, READINGS, COMMAND)


def test_it_is_given_the_terms_by_name_the_readings_by_topic_and_the_command() -> None:
    my_rewards.calls.clear()
    assert judge("my_rewards:record") == Verdict(0.5, False, "")
    ((observation, readings, command),) = my_rewards.calls
    assert list(observation) == ["angle", "speed"]
    np.testing.assert_array_equal(observation["angle"], OBSERVATION[:2])
    np.testing.assert_array_equal(observation["speed"], OBSERVATION[2:])
    assert readings["joint_states"].fields["velocity"] == [-2.0]
    np.testing.assert_array_equal(command, COMMAND)


def test_of_a_history_it_is_given_the_latest_tick() -> None:
    contract = dataclasses.replace(CONTRACT, history=2)
    my_rewards.calls.clear()
    history = np.arange(6, dtype=np.float32)
    Reward("my_rewards:record", contract).judge(history, READINGS, COMMAND)
    ((observation, _, _),) = my_rewards.calls
    np.testing.assert_array_equal(observation["angle"], [3, 4])
    np.testing.assert_array_equal(observation["speed"], [5])


def test_it_may_end_the_episode_and_say_how() -> None:
    assert judge("my_rewards:fallen") == Verdict(-1.0, True, "fallen")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "my_rewards:fails",
            "reward 'my_rewards:fails': fails (KeyError: 'height', in "
            f'{my_rewards.__file__}, line 24: return observation["height"], False).',
        ),
        (
            "my_rewards:bare",
            "reward 'my_rewards:bare': expected (reward, terminated) or (reward, terminated, "
            "outcome), got 1.0.",
        ),
    ],
)
def test_a_function_that_does_not_serve_is_told_in_a_sentence(name: str, text: str) -> None:
    with pytest.raises(WorldError, match=f"^{re.escape(text)}$"):
        judge(name)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("", "reward: a robot on the ROS graph gives no rewards; name a function of yours that "),
        ("my_rewards", "reward: expected module:name, as my_file:my_function, got 'my_rewards'."),
        ("my_rewards:", "reward: expected module:name, as my_file:my_function, got 'my_rewards:'."),
        ("nowhere:reach", "reward: no module is called 'nowhere' in "),
        ("my_rewards:reach", "reward: module 'my_rewards' has no 'reach'. It has: "),
        ("my_rewards:FACTOR", "reward: 'my_rewards:FACTOR' is no function, but a float."),
    ],
)
def test_a_name_that_leads_to_no_function_is_refused(name: str, text: str) -> None:
    with pytest.raises(ConfigError, match=f"^{re.escape(text)}"):
        Reward(name, CONTRACT)
