"""The robot on the ROS graph as a world to train in, over real DDS against ddpg_world."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from graph import PATIENCE, Graph, NodeProcess
from rcl_interfaces.srv import SetParameters
from rclpy.node import Node
from rclpy.parameter import Parameter
from std_msgs.msg import Float64MultiArray
from std_srvs.srv import Trigger

from ddpg_ros.contract import Contract
from ddpg_ros.errors import ConfigError, WorldStalled
from ddpg_ros.ros import persistent_request
from ddpg_ros.ros.ros_world import RosWorld, ros_worlds
from ddpg_ros.ros.settings import RobotParameters
from ddpg_ros.ros.trainer_node import served
from ddpg_ros.worlds import make_world
from ddpg_ros.worlds.pendulum import pendulum_contract

EXAMPLE = Path(__file__).parents[2] / "examples" / "training_through_ros"
PERIOD = pendulum_contract().period


@pytest.fixture(autouse=True)
def reward_in_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLE))


def contract_file(folder: Path, contract: Contract | None = None) -> str:
    path = folder / "contract.yaml"
    path.write_text(yaml.safe_dump((contract or pendulum_contract()).to_dict()))
    return str(path)


@contextmanager
def driven(folder: Path, contract: Contract | None = None, **settings: Any) -> Iterator[RosWorld]:
    """A world on whatever robot is on the graph."""
    chosen = {"reward": "pendulum_reward:swing_up", "time_limit": 0.5, "patience": 20.0}
    with ros_worlds(RobotParameters(**{**chosen, **settings})) as worlds:
        yield worlds(contract_file(folder, contract))


def told_seed(info: dict[str, Any]) -> int:
    """Of the episode that ``ddpg_world`` began; it skips one where it was asked twice."""
    return int(re.fullmatch(r"episode with seed (\d+) begins", info["reset"])[1])


def set_fault(graph: Graph, **faults: Any) -> None:
    values = [Parameter(f"faults.{k}", value=v).to_parameter_msg() for k, v in faults.items()]
    request = SetParameters.Request(parameters=values)
    graph.call(SetParameters, "ddpg_world/set_parameters", request)


def test_the_contract_of_the_example_is_the_worlds_own() -> None:
    example = Contract.from_dict(
        {"schema": 1, **yaml.safe_load((EXAMPLE / "pendulum.yaml").read_text())}
    )
    assert example == pendulum_contract()


def test_in_lockstep_an_episode_is_that_of_the_simulation_to_the_bit(
    start: Callable[..., NodeProcess], tmp_path: Path
) -> None:
    start("world", lockstep=True, seed=4)
    twin = make_world("pendulum")
    rng = np.random.default_rng(0)
    with driven(tmp_path, time_limit=10.0) as world:
        for first in (5, 6):  # each reset takes the next
            observation, info = world.reset(seed=0)
            assert told_seed(info) >= first
            twin.reset(seed=told_seed(info))
            twin.step(np.zeros(1))  # the period at the safe command
            for _ in range(40):
                np.testing.assert_array_equal(observation, twin._observe())
                command = rng.uniform(-1.0, 1.0, 1)
                observation, reward, terminated, truncated, _ = world.step(command)
                _, expected, *_ = twin.step(command)
                assert reward == pytest.approx(expected, abs=0.1)
                assert (terminated, truncated) == (False, False)
            np.testing.assert_array_equal(observation, twin._observe())


def test_the_time_limit_cuts_an_episode_off_and_the_reward_function_names_its_outcome(
    start: Callable[..., NodeProcess], tmp_path: Path
) -> None:
    start("world", lockstep=True)
    with driven(tmp_path, time_limit=3 * PERIOD) as world:
        for _ in range(2):
            world.reset()
            ends = [world.step(np.zeros(1))[2:] for _ in range(3)]
            assert [end[:2] for end in ends] == [(False, False), (False, False), (False, True)]
            assert ends[-1][2]["outcome"] in ("success", "failure")
            assert ends[0][2] == {}
    with driven(tmp_path, reward="my_rewards:fallen") as world:
        world.reset()
        assert world.step(np.zeros(1))[1:] == (-1.0, True, False, {"outcome": "fallen"})


def test_a_simulator_that_runs_by_itself_is_stepped_by_its_time(
    start: Callable[..., NodeProcess], tmp_path: Path
) -> None:
    start("world", real_time_factor=2.0, wait_for_reset=True, wait_for_command=False)
    with driven(tmp_path, time_limit=100.0) as world:
        world.reset()
        begun = world._link._target  # where the period of the first command begins
        stamps = []
        for _ in range(20):
            observation, *_ = world.step(np.array([1.0]))
            stamps.append(world.readings()["joint_states"].stamp)
        passed = round(world._link.now - begun, 9)  # the clock counts nanoseconds
        assert 20 * PERIOD <= passed < 24 * PERIOD
        assert np.all(np.diff(stamps) > 0.5 * PERIOD)
        assert np.isfinite(observation).all()
        assert world.readings()["joint_states"].fields["effort"] == [1.0]


def test_a_gymnasium_environment_whose_messages_have_no_stamp_is_stepped_too(
    start: Callable[..., NodeProcess], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin = make_world("Pendulum-v1")
    start("world", world="Pendulum-v1", lockstep=True, seed=0)
    with driven(tmp_path, twin.contract, reward="my_rewards:record") as world:
        observation, info = world.reset()
        twin.reset(seed=told_seed(info))
        expected, *_ = twin.step(np.zeros(1))
        for _ in range(30):
            np.testing.assert_allclose(observation, expected, atol=1e-6)
            observation, *_ = world.step(np.array([1.5]))
            expected, *_ = twin.step(np.array([1.5]))


def test_an_episode_that_ended_by_itself_waits_for_the_reset(
    start: Callable[..., NodeProcess], tmp_path: Path
) -> None:
    contract = make_world("InvertedPendulum-v5").contract
    results = tmp_path / "episodes.json"
    node = start(
        "world", world="InvertedPendulum-v5", lockstep=True, episodes=2, results_file=results
    )
    with driven(tmp_path, contract, reward="my_rewards:record", time_limit=100.0) as world:
        world.reset()
        seen = [world.step(np.array([3.0]))[0] for _ in range(40)]
        assert abs(seen[0][1]) < 0.2 < abs(seen[-1][1])
        np.testing.assert_array_equal(seen[-2], seen[-1])  # it fell long ago, and time goes on
        assert node.running()
        observation, _ = world.reset()
        assert abs(observation[1]) < 0.1


def test_the_worlds_of_a_training_drive_one_robot_in_turn(
    start: Callable[..., NodeProcess], tmp_path: Path
) -> None:
    start("world", lockstep=True, seed=0)
    settings = RobotParameters(reward="pendulum_reward:swing_up", patience=20.0)
    twin = make_world("pendulum")
    with ros_worlds(settings) as worlds:
        file = contract_file(tmp_path)
        first, second = worlds(file), worlds(file)
        for world in (first, second, first):
            observation, info = world.reset()
            twin.reset(seed=told_seed(info))
            expected, *_ = twin.step(np.zeros(1))
            np.testing.assert_array_equal(observation, expected)


def test_without_a_simulator_the_wait_ends_in_a_sentence(tmp_path: Path) -> None:
    with driven(tmp_path, patience=0.5) as world, pytest.raises(WorldStalled) as stalled:
        world.reset()
    assert str(stalled.value) == (
        "robot 'pendulum' on the ROS graph: nobody publishes /clock (start the simulator, or "
        "say --clock wall) for 0.5 s by the wall clock."
    )


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"reset_service": "begin"}, "nobody offers the service /begin for 2 s by the wall clock"),
        ({"clock": "wall", "reset_service": "no"}, "nobody offers the service /no for 2 s"),
    ],
)
def test_what_is_missing_on_the_graph_is_named(
    start: Callable[..., NodeProcess],
    graph: Graph,
    tmp_path: Path,
    settings: dict[str, Any],
    complaint: str,
) -> None:
    start("world", lockstep=True)
    graph.wait_for(lambda: graph.node.count_subscribers("commands"), "the world")
    with (
        driven(tmp_path, patience=2.0, **settings) as world,
        pytest.raises(WorldStalled) as stalled,
    ):
        world.reset()
    assert complaint in str(stalled.value)


def test_a_sensor_that_nobody_publishes_is_named(
    start: Callable[..., NodeProcess], graph: Graph, tmp_path: Path
) -> None:
    values = json.loads(pendulum_contract().to_json())
    values["observation"][1]["sources"][0]["topic"] = "arm/joint_states"
    start("world", lockstep=True)
    graph.wait_for(lambda: graph.node.count_subscribers("commands"), "the world")
    contract = Contract.from_dict(values)
    with (
        driven(tmp_path, contract, patience=PATIENCE) as world,
        pytest.raises(WorldStalled) as stalled,
    ):
        world.reset()
    assert str(stalled.value) == (
        "robot 'pendulum' on the ROS graph: nothing new came on arm/joint_states for 8 s by the "
        "wall clock; nobody publishes /arm/joint_states; sensor_msgs/JointState is published on "
        "/joint_states: try -r arm/joint_states:=/joint_states."
    )


def test_a_simulator_that_pauses_ends_the_wait_in_a_sentence(
    start: Callable[..., NodeProcess], graph: Graph, tmp_path: Path
) -> None:
    start("world", lockstep=True)
    with driven(tmp_path, patience=PATIENCE, time_limit=100.0) as world:
        world.reset()
        world.step(np.zeros(1))
        set_fault(graph, pause=True)
        with pytest.raises(
            WorldStalled, match=r"its time stands still at .* s, short of .* for 8 s"
        ):
            world.step(np.zeros(1))


def test_a_clock_set_back_in_an_episode_is_told_and_one_set_back_by_a_reset_is_fine(
    start: Callable[..., NodeProcess], graph: Graph, tmp_path: Path
) -> None:
    start("world", lockstep=True)
    with driven(tmp_path, time_limit=100.0) as world:
        world.reset()
        for _ in range(20):
            world.step(np.zeros(1))
        set_fault(graph, jump_time=-0.8)
        with pytest.raises(WorldStalled, match="its time was set back in the middle"):
            world.step(np.zeros(1))
        world.reset()
        observation, *_ = world.step(np.zeros(1))
        assert np.isfinite(observation).all()


def test_a_reset_that_is_refused_is_told_with_its_reason(tmp_path: Path) -> None:
    def refuse(_: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        response.message = "the gate is open"
        return response

    node = Node("gatekeeper")
    node.create_service(Trigger, "begin", refuse)
    node.create_subscription(Float64MultiArray, "commands", lambda _: None, 10)
    with (
        served(node),
        driven(tmp_path, clock="wall", reset_service="begin") as world,
        pytest.raises(WorldStalled) as stalled,
    ):
        world.reset()
    node.destroy_node()
    assert str(stalled.value) == (
        "robot 'pendulum' on the ROS graph: its service /begin refuses to begin an episode: the "
        "gate is open."
    )


def test_a_reset_that_was_asked_for_twice_is_over_when_both_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(persistent_request, "_AGAIN_SECONDS", 0.3)
    asked = []

    def take_time(_: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        asked.append(time.sleep(0.5))
        response.success, response.message = len(asked) < 2, f"asked {len(asked)} times"
        return response

    node = Node("gatekeeper")
    node.create_service(Trigger, "begin", take_time)
    node.create_subscription(Float64MultiArray, "commands", lambda _: None, 10)
    with (
        served(node),
        driven(tmp_path, clock="wall", reset_service="begin") as world,
        pytest.raises(WorldStalled, match="refuses to begin an episode: asked 2 times"),
    ):
        world.reset()
    node.destroy_node()


def test_a_world_over_ros_needs_a_contract() -> None:
    settings = RobotParameters(reward="my_rewards:record")
    with (
        ros_worlds(settings) as worlds,
        pytest.raises(ConfigError, match=r"needs a contract .*: a YAML file"),
    ):
        worlds("")


@pytest.mark.parametrize("wrong", [{"time_limit": 0.0}, {"clock": "atomic"}, {"patience": -1.0}])
def test_a_setting_out_of_range_is_refused(wrong: dict[str, Any]) -> None:
    (name,) = wrong
    with pytest.raises(ConfigError, match=f"^{name}: expected "):
        RobotParameters(**wrong)
