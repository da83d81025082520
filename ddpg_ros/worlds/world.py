"""A simulated robot: a Gymnasium environment whose observation is assembled from readings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from ddpg_ros.contract import Assembler, CommandLimiter, Contract, Reading
from ddpg_ros.errors import WorldError
from ddpg_ros.worlds.randomisation import Draw
from ddpg_ros.worlds.sensor_noise import Deviations


@dataclass(frozen=True)
class PeriodEnd:
    """What one control period brought.

    Args:
        reward: Reward of the period.
        terminated: The episode ended by itself; there is no value beyond it.
        truncated: The episode was cut off by its time limit; the value beyond it still counts.
        info: More, ``outcome`` among it when the episode is over.
    """

    reward: float
    terminated: bool
    truncated: bool
    info: dict[str, Any] = field(default_factory=dict)

    @property
    def over(self) -> bool:
        """Whether the episode is over, for whichever reason."""
        return self.terminated or self.truncated


class World(gymnasium.Env[np.ndarray, np.ndarray]):
    """Root of the worlds. Actions are commands in SI units; limits and slew are applied here.

    A subclass provides :meth:`_restart`, :meth:`_advance` and :meth:`readings`. Training steps it
    a period at a time; the world node advances it a substep at a time, and both see one physics.

    Args:
        contract: What a policy reads and drives here.
        substeps: Parts of a control period after which new readings are there.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"]}  # noqa: RUF012 (Gymnasium's)

    live: bool = False
    """Whether it is one robot outside this process: all instances drive that one, and an episode
    cannot be lived through again."""
    sensor_noise: Deviations = MappingProxyType({})
    """How noisy the sensors of such a robot are; the world itself says their values exactly."""

    def __init__(self, contract: Contract, substeps: int = 1) -> None:
        self.substeps = substeps
        self.render_mode = "rgb_array"
        self.metadata = {**type(self).metadata, "render_fps": round(1 / contract.period)}
        self._show(contract)
        self.action_space = spaces.Box(
            contract.action_values("low").astype(np.float32),
            contract.action_values("high").astype(np.float32),
            dtype=np.float32,
        )
        self._limiter = CommandLimiter(contract)
        self._substep = 0
        self._reward = 0.0
        self._time = 0.0

    def remember(self, history: int) -> World:
        """From the next reset on show a policy so many ticks at once; itself.

        Args:
            history: Ticks in one observation; 0: as many as the contract says.
        """
        if history:
            self._show(replace(self.contract, history=history))
        return self

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Start an episode; the same seed gives the same one."""
        super().reset(seed=seed)
        self._assembler.reset()
        self._limiter.reset()
        self._substep, self._reward, self._time = 0, 0.0, 0.0
        info = self._restart(seed)
        return self._observe(), info

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """Apply ``action`` ``(m,)`` in SI units for one control period."""
        command = self._limiter.apply(action)
        end = None
        while end is None:
            end = self.advance(command)
        self._assembler.record_command(command)
        return self._observe(), end.reward, end.terminated, end.truncated, end.info

    def advance(self, command: np.ndarray) -> PeriodEnd | None:
        """Apply ``command`` ``(m,)`` for one substep; what the period brought, at its end.

        The reward of a period is the mean of its substeps' rewards.
        """
        part = self._advance(command)
        if not isinstance(part, PeriodEnd):
            raise WorldError(
                f"world '{self.contract.name}': _advance returned {part!r:.60}; expected a "
                "PeriodEnd(reward, terminated, truncated)."
            )
        self._substep += 1
        self._reward += part.reward
        if self._substep < self.substeps and not part.over:
            return None
        reward = self._reward / self._substep
        self._substep, self._reward = 0, 0.0
        self._time += self.contract.period
        return PeriodEnd(reward, part.terminated, part.truncated, part.info)

    def readings(self) -> dict[str, Reading]:
        """What the sensors say now, by topic."""
        raise NotImplementedError

    def snapshot(self) -> Any:
        """What :meth:`draw` needs to picture this moment later."""
        raise NotImplementedError

    def draw(self, snapshot: Any) -> np.ndarray:
        """The picture of a moment, ``(height, width, 3)`` uint8."""
        raise NotImplementedError

    def render(self) -> np.ndarray:  # type: ignore[override]
        """The picture of this moment, ``(height, width, 3)`` uint8."""
        return self.draw(self.snapshot())

    def vary(self, draw: Draw) -> None:
        """Give the plant other physics for the next episode, each a factor on what is modelled.

        Called before every reset of a :class:`~ddpg_ros.worlds.disturbed.DisturbedWorld`. A world
        takes what it can make use of: ``draw.factor("mass")``, ``inertia``, ``friction``,
        ``motor_gain``; or ``draw.factors("mass", count)`` for parts that vary on their own.
        """

    def push(self, speed: float, rng: np.random.Generator) -> None:
        """Push the robot somewhere, into some direction, during the next substep.

        Args:
            speed: What it adds to the speed of the part that is hit, were that free [m/s].
            rng: Draws where and into which direction.

        Raises:
            WorldError: There is nothing to push here.
        """
        raise WorldError(f"world '{self.contract.name}': cannot be pushed.")

    def _show(self, contract: Contract) -> None:
        self.contract = contract
        self.observation_space = spaces.Box(
            contract.observation_low, contract.observation_high, dtype=np.float32
        )
        self._assembler = Assembler(contract)

    def _restart(self, seed: int | None) -> dict[str, Any]:
        """Put the plant at the start of an episode drawn from ``self.np_random``."""
        raise NotImplementedError

    def _advance(self, command: np.ndarray) -> PeriodEnd:
        """Apply ``command`` for one substep."""
        raise NotImplementedError

    def _observe(self) -> np.ndarray:
        readings = self.readings()
        for topic, reading in readings.items():
            self._assembler.receive(topic, reading, self._time)
        observation = self._assembler.assemble(self._time)
        if self._assembler.faults:
            faults = "; ".join(map(str, self._assembler.faults))
            wanted, there = (", ".join(of) for of in (self.contract.topics, readings))
            raise WorldError(
                f"world '{self.contract.name}': its readings do not serve: {faults}. The contract "
                f"reads {wanted}; readings() has {there or 'none'}."
            )
        return observation.copy()
