"""Any Gymnasium environment with Box spaces, as a world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gymnasium
import mujoco
import numpy as np
from gymnasium import spaces

from ddpg_ros.contract import Contract, Reading, generic_contract
from ddpg_ros.contract.readings import FLOAT64_MULTI_ARRAY, float64_multi_array
from ddpg_ros.errors import WorldError, one_line
from ddpg_ros.plugin import see_working_directory, told
from ddpg_ros.worlds.mujoco_plant import MujocoPlant
from ddpg_ros.worlds.randomisation import Draw
from ddpg_ros.worlds.world import PeriodEnd, World

_DEFAULT_PERIOD = 0.05


class GymWorld(World):
    """A Gymnasium environment; its own time limit and rewards hold.

    Without a contract it gets the generic one: two ``Float64MultiArray``. With a contract of the
    user's it offers ``readings() -> dict[str, Reading]``, what its sensors would say; the
    observation is then assembled from those, as on the robot. Its attribute ``sensor_noise``, if it
    has one, says how noisy they are. Its physics can be varied if they are a MuJoCo model's.

    Args:
        env_id: A Gymnasium id, ``HalfCheetah-v5`` or ``module:Id-v0``.
        contract: What a policy reads and drives; generated from the spaces if None.
        render: Whether pictures will be asked for.

    Raises:
        WorldError: The environment is unknown, or does not fit the contract.
    """

    def __init__(self, env_id: str, contract: Contract | None = None, render: bool = False) -> None:
        self._id = env_id
        self._env = _make(env_id, render)
        self._check_spaces()
        self._reads_sensors = contract is not None and hasattr(self._env.unwrapped, "readings")
        super().__init__(contract or self._generic_contract())
        noise = getattr(self._env.unwrapped, "sensor_noise", None)
        self.sensor_noise = noise if isinstance(noise, Mapping) else {}
        self._plant = _mujoco_plant(self._env.unwrapped)
        if contract is not None:
            self._check_fit(contract)

    def readings(self) -> dict[str, Reading]:
        if self._reads_sensors:
            sensed: dict[str, Reading] = self._env.unwrapped.readings()  # type: ignore[attr-defined]
            return sensed
        (topic,) = self.contract.topics
        return {topic: float64_multi_array(self._vector)}

    def snapshot(self) -> np.ndarray:
        """The picture itself: the environment cannot be asked to draw its past."""
        try:
            picture: Any = self._env.render()
        except Exception as error:  # what draws raises whatever it pleases
            raise WorldError(
                f"world '{self._id}': cannot be pictured here ({one_line(error)}). Install what "
                "it draws with (OpenGL, or pygame), or do without pictures."
            ) from error
        if picture is None:
            raise WorldError(f"world '{self._id}': was made without rendering.")
        return np.asarray(picture)

    def draw(self, snapshot: np.ndarray) -> np.ndarray:
        return snapshot

    def close(self) -> None:
        self._env.close()

    def vary(self, draw: Draw) -> None:
        if self._plant is not None:
            self._plant.vary(draw)

    def push(self, speed: float, rng: np.random.Generator) -> None:
        if self._plant is None:
            super().push(speed, rng)
        else:
            self._plant.push(speed, self.contract.period, rng)

    def _restart(self, seed: int | None) -> dict[str, Any]:
        observation, info = self._env.reset(seed=seed)
        self._vector: np.ndarray = np.ravel(observation)
        return info

    def _advance(self, command: np.ndarray) -> PeriodEnd:
        space = self._env.action_space
        action = command.astype(space.dtype).reshape(space.shape)  # type: ignore[arg-type]
        observation, reward, terminated, truncated, info = self._env.step(action)
        self._vector = np.ravel(observation)
        if self._plant is not None:
            self._plant.release()
        if (terminated or truncated) and "outcome" not in info:
            info = {**info, "outcome": _outcome(terminated, info)}
        return PeriodEnd(float(reward), bool(terminated), bool(truncated), info)

    def _check_spaces(self) -> None:
        named = {"observation": self._env.observation_space, "action": self._env.action_space}
        for name, space in named.items():
            if not isinstance(space, spaces.Box):
                raise WorldError(
                    f"world '{self._id}': its {name} space is a {type(space).__name__}; "
                    "a deterministic policy over continuous actions needs a Box."
                )

    def _check_fit(self, contract: Contract) -> None:
        size = int(np.prod(self._env.action_space.shape or ()))
        if contract.action_size != size:
            raise WorldError(
                f"world '{self._id}': takes {size} action elements, the contract drives "
                f"{contract.action_size} ({', '.join(contract.action_names)})."
            )
        space: Any = self._env.action_space
        low, high = contract.action_values("low"), contract.action_values("high")
        outside = (low < space.low.ravel() - 1e-6) | (high > space.high.ravel() + 1e-6)
        if outside.any():
            names = [name for name, out in zip(contract.action_names, outside, strict=True) if out]
            raise WorldError(
                f"world '{self._id}': takes actions in {space.low.ravel()} to "
                f"{space.high.ravel()}; the contract drives {', '.join(names)} beyond that."
            )
        period = getattr(self._env.unwrapped, "dt", None)
        if isinstance(period, float) and not np.isclose(period, contract.period, rtol=1e-6):
            raise WorldError(
                f"world '{self._id}': one step lasts {period:g} s (its dt), the contract's period "
                f"is {contract.period:g} s. Make them equal."
            )
        if self._reads_sensors:
            self._env.reset(seed=0)
            missing = sorted(set(contract.topics) - set(self.readings()))
            if missing:
                raise WorldError(
                    f"world '{self._id}': its readings() lack {', '.join(missing)}, which the "
                    f"contract reads. They have: {', '.join(sorted(self.readings()))}."
                )
        elif list(contract.topics.values()) != [FLOAT64_MULTI_ARRAY]:
            raise WorldError(
                f"world '{self._id}': the contract reads {', '.join(contract.topics)}, but the "
                "environment has no readings() method to say what those sensors see. Give it one "
                "that returns a dict of ddpg_ros.contract.Reading by topic."
            )

    def _generic_contract(self) -> Contract:
        observation: Any = self._env.observation_space
        action: Any = self._env.action_space
        plant: Any = self._env.unwrapped
        period = getattr(plant, "dt", None)
        if not isinstance(period, float):
            frames = self._env.metadata.get("render_fps")
            period = 1.0 / frames if frames else _DEFAULT_PERIOD
        return generic_contract(
            self._id.replace(":", "."),
            observation.low.ravel(),
            observation.high.ravel(),
            action.low.ravel(),
            action.high.ravel(),
            period=round(period, 9),
        )


def _render_modes(env_id: str) -> Sequence[str]:
    """What the environment says it can draw; asked of one that does not draw, it would complain."""
    env = gymnasium.make(env_id, disable_env_checker=True)
    modes: Sequence[str] = env.metadata.get("render_modes", ())
    env.close()
    return modes


def _make(env_id: str, render: bool) -> gymnasium.Env:
    """Make the environment; ``module:Id-v0`` finds modules in the working directory too."""
    if ":" in env_id:
        see_working_directory()
    try:
        if render and "rgb_array" in _render_modes(env_id):
            return gymnasium.make(env_id, disable_env_checker=True, render_mode="rgb_array")
        return gymnasium.make(env_id, disable_env_checker=True)
    except (gymnasium.error.Error, ImportError) as error:
        raise WorldError(
            f"world '{env_id}': neither a world of ddpg_ros nor an environment of Gymnasium "
            f"({error})."
        ) from None
    except Exception as error:  # whatever the user's constructor raises
        raise WorldError(f"world '{env_id}': cannot be made ({told(error)}).") from error


def _mujoco_plant(env: Any) -> MujocoPlant | None:
    model, data = getattr(env, "model", None), getattr(env, "data", None)
    if isinstance(model, mujoco.MjModel) and isinstance(data, mujoco.MjData):
        return MujocoPlant(model, data)
    return None


def _outcome(terminated: bool, info: dict[str, Any]) -> str:
    if "is_success" in info:
        return "success" if info["is_success"] else "failure"
    return "terminated" if terminated else "time_limit"
