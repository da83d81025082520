"""A world whose robot is not quite as modelled: another one each episode, drawn from ranges."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

import numpy as np

from ddpg_ros.contract import Reading
from ddpg_ros.errors import WorldError
from ddpg_ros.worlds.randomisation import Draw, Randomisation
from ddpg_ros.worlds.sensor_noise import SensorNoise
from ddpg_ros.worlds.world import PeriodEnd, World

_PHYSICS = ("mass", "inertia", "friction", "motor_gain")


class DisturbedWorld(World):
    """A world with other physics, worse sensors, delays and pushes.

    Everything is drawn when an episode is reset, from the seed of that episode; the world itself
    gets the same seed and draws what it would without disturbance, so an episode starts where it
    always does.

    What sensors say arrives the observation delay later, and commands take effect the action delay
    after they are given. Both are whole substeps of the world: a fraction is rounded up or down at
    random for each episode, so that the mean is right. Before anything has arrived, the sensors say
    what they said at the start, and the robot obeys its safe command.

    Args:
        world: The world as it is modelled; it belongs to this one from now on.
        ranges: What is drawn from.
        steadily: Whether sensors speak every substep, for somebody who looks at any time; else they
            speak once a control period, so that it arrives at the period's end.

    Raises:
        WorldError: The world has nothing of what a range is for.
    """

    def __init__(self, world: World, ranges: Randomisation, steadily: bool = False) -> None:
        super().__init__(world.contract, world.substeps)
        self.world, self.ranges = world, ranges
        self._every = 1 if steadily else world.substeps
        self._safe = world.contract.action_values("safe")
        self._commands: deque[np.ndarray] = deque()
        self._under_way: deque[dict[str, Reading]] = deque()
        self._substep_seconds = world.contract.period / world.substeps
        self._refuse_what_it_lacks()

    def readings(self) -> dict[str, Reading]:
        return self._under_way[0]

    def snapshot(self) -> Any:
        return self.world.snapshot()

    def draw(self, snapshot: Any) -> np.ndarray:
        return self.world.draw(snapshot)

    def close(self) -> None:
        self.world.close()

    def advance(self, command: np.ndarray) -> PeriodEnd | None:
        """Apply a command ``(m,)``, a late one, for one substep."""
        self._commands.append(np.array(command, dtype=np.float64))
        self._push_where_due()
        end = self.world.advance(self._commands[0])
        self._substep += 1
        ahead = self._substep + self._phase
        if ahead % self._every == 0 or (end and ahead < self._every):
            self._sense()
        if end is not None:
            self._substep = 0
            self._time += self.contract.period
        return end

    def _restart(self, seed: int | None) -> dict[str, Any]:
        factors, noise, self._losses, self._pushes = self.np_random.spawn(4)
        draw = Draw(self.ranges, factors)
        late = self._delay(draw, "observation_delay")
        messages, self._phase = late // self._every, late % self.substeps
        held_back = self._delay(draw, "action_delay")
        self._drop = draw.factor("drop")
        self._push_rate = draw.factor("push_rate")
        self._noise = SensorNoise(
            self.world.sensor_noise, draw.factor("sensor_noise"), self.ranges.sensor_bias, noise
        )
        self.world.vary(draw)
        _, info = self.world.reset(seed=seed)
        self._commands = deque([self._safe] * held_back, maxlen=held_back + 1)
        said = self._noise.disturb(self.world.readings())
        self._under_way = deque([said] * (messages + 1), maxlen=messages + 1)
        self._lost: set[str] = set()
        if self._every == 1 and self._phase:
            self._lose(said)
        self._push_in = self._until_push()
        return info

    def _delay(self, draw: Draw, name: str) -> int:
        """A delay in whole substeps, a fraction rounded at random."""
        return int(draw.factor(name) * self.substeps + draw.chance())

    def _sense(self) -> None:
        """Read the sensors. What is lost in a period leaves what was said before in its place."""
        said, before = self._noise.disturb(self.world.readings()), self._under_way[-1]
        if self._drop > 0.0:
            if self._every > 1 or (self._substep - 1 + self._phase) % self.substeps == 0:
                self._lose(said)
            said |= {topic: before[topic] for topic in self._lost & before.keys()}
        self._under_way.append(said)

    def _lose(self, topics: Iterable[str]) -> None:
        """Draw what is lost from now on: for as long as it arrives within one period."""
        self._lost = {topic for topic in topics if self._losses.random() < self._drop}

    def _until_push(self) -> float:
        """How long from one push to the next [s]."""
        return self._pushes.exponential(1.0 / self._push_rate) if self._push_rate > 0.0 else np.inf

    def _push_where_due(self) -> None:
        self._push_in -= self._substep_seconds
        while self._push_in < 0.0:
            self.world.push(self._pushes.uniform(*self.ranges.push), self._pushes)
            self._push_in += self._until_push()

    def _refuse_what_it_lacks(self) -> None:
        """Say at once what of the ranges this world cannot follow."""
        changed, where = self.ranges.changed(), f"world '{self.contract.name}'"
        draw = Draw(self.ranges, np.random.default_rng(0))
        self.world.vary(draw)
        fixed = [name for name in _PHYSICS if name in changed and name not in draw.asked]
        if fixed:
            free = [name for name in _PHYSICS if name in draw.asked]
            raise WorldError(
                f"{where}: its {', '.join(fixed)} cannot be varied"
                + (f", its {', '.join(free)} can." if free else ".")
                + " Physics that are not a MuJoCo model's vary by what World.vary asks for."
            )
        noisy = [name for name in ("sensor_noise", "sensor_bias") if name in changed]
        if noisy and not self.world.sensor_noise:
            raise WorldError(
                f"{where}: {' and '.join(noisy)} cannot be varied, because it does not say "
                "how noisy its sensors are. Give it an attribute sensor_noise, such as "
                "{'joint_states': {'position': 0.01}}."
            )
        if noisy:
            self._refuse_unknown_sensors(where)
        if "push_rate" in changed:
            self.world.push(0.0, np.random.default_rng(0))

    def _refuse_unknown_sensors(self, where: str) -> None:
        self.world.reset(seed=0)
        said = {f"{topic}.{f}" for topic, of in self.world.readings().items() for f in of.fields}
        named = [f"{topic}.{f}" for topic, of in self.world.sensor_noise.items() for f in of]
        if unsaid := [name for name in named if name not in said]:
            raise WorldError(
                f"{where}: its sensor_noise names {', '.join(unsaid)}, which its readings do not "
                f"have. They have {', '.join(sorted(said))}."
            )
