"""The robot on the ROS graph, as a world to train in: any simulator or robot that speaks ROS 2."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import rclpy

from ddpg_ros.contract import Contract, Reading
from ddpg_ros.contract.yaml_file import load_contract
from ddpg_ros.errors import ConfigError
from ddpg_ros.ros.reward import Reward
from ddpg_ros.ros.robot_link import RobotLink
from ddpg_ros.ros.settings import RobotParameters
from ddpg_ros.ros.starting import start_ros
from ddpg_ros.worlds import World


class RosWorld(World):
    """Episodes on a robot behind topics: each begins with its reset service.

    The reward is computed from what the policy sees and from the readings of the moment. The seed
    of a reset is not passed on: what an episode begins with is the simulator's own choice. What
    its service said is in the info of a reset, as ``reset``.

    Args:
        link: The robot; other worlds may drive it in turn.
        reward: The user's function.
        time_limit: After which an episode is cut off [s].
    """

    live = True

    def __init__(self, link: RobotLink, reward: Reward, time_limit: float) -> None:
        super().__init__(link.contract)
        self._link, self._rewarded = link, reward
        self._longest = max(1, round(time_limit / link.contract.period))
        self._steps = 0

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        command = self._limiter.apply(action)
        self._link.step(command)
        self._assembler.record_command(command)
        observation = self._observe()
        verdict = self._rewarded.judge(observation, self.readings(), command)
        self._steps += 1
        truncated = self._steps >= self._longest and not verdict.terminated
        info = {}
        if verdict.terminated or truncated:
            plain = "terminated" if verdict.terminated else "time_limit"
            info["outcome"] = verdict.outcome or plain
        return observation, verdict.reward, verdict.terminated, truncated, info

    def readings(self) -> dict[str, Reading]:
        return self._link.readings

    def close(self) -> None:
        self._link.rest()

    def _restart(self, seed: int | None) -> dict[str, Any]:
        self._steps = 0
        self._link.listener = self._assembler.receive
        return {"reset": self._link.restart()}

    def _observe(self) -> np.ndarray:
        self._time = self._link.now
        return super()._observe()


class RosWorlds:
    """Makes the worlds of a training, which all drive one robot.

    Args:
        settings: How the robot is trained on.
    """

    def __init__(self, settings: RobotParameters) -> None:
        self._settings = settings
        self._link: RobotLink | None = None
        self._contract: Contract | None = None

    def __call__(self, contract_file: str) -> RosWorld:
        """Another world on the robot that the contract describes.

        Raises:
            ConfigError: There is no contract or no reward function.
            ContractError: The contract cannot be read.
        """
        if not contract_file:
            raise ConfigError(
                "world 'ros': needs a contract (--contract, or the parameter contract_file): a "
                "YAML file that says what is read and driven."
            )
        contract = load_contract(contract_file)
        reward = Reward(self._settings.reward, contract)
        if self._link is None:
            self._link = RobotLink(contract, self._settings)
        return RosWorld(self._link, reward, self._settings.time_limit)

    def close(self) -> None:
        """Leave the graph, the robot at its safe command."""
        if self._link is not None:
            self._link.close()
            self._link = None


@contextmanager
def ros_worlds(settings: RobotParameters) -> Iterator[RosWorlds]:
    """Worlds of a training in a process where rclpy runs already."""
    worlds = RosWorlds(settings)
    try:
        yield worlds
    finally:
        worlds.close()


@contextmanager
def ros_started(arguments: Sequence[str]) -> Iterator[None]:
    """Have rclpy run, with remappings and the like; signals stay with whoever has them.

    Args:
        arguments: What follows ``--ros-args``.
    """
    start_ros(["--ros-args", *arguments] if arguments else [])
    try:
        yield
    finally:
        rclpy.try_shutdown()
