"""What the world node remembers of the episodes it ran."""

from __future__ import annotations

from typing import Any

from ddpg_ros.worlds import PeriodEnd, World

_FRAMES_PER_SECOND = 10


class FlightLog:
    """Returns and outcomes of every episode, and moments to film of the first ones.

    Pictures are drawn at the end, from snapshots, so that filming does not disturb the flight.

    Args:
        world: What is flown.
        film_episodes: How many episodes to film.
    """

    def __init__(self, world: World, film_episodes: int) -> None:
        self.episodes: list[dict[str, Any]] = []
        self._world = world
        self._film_episodes = film_episodes
        self._snapshots: list[Any] = []
        self._every = max(1, round(1 / (_FRAMES_PER_SECOND * world.contract.period)))
        self._total = 0.0
        self._periods = 0

    def begin(self) -> None:
        """An episode begins."""
        self._total, self._periods = 0.0, 0

    def record(self, end: PeriodEnd) -> None:
        """A control period ended."""
        self._total += end.reward
        filmed = len(self.episodes) < self._film_episodes
        if filmed and self._periods % self._every == 0:
            self._snapshots.append(self._world.snapshot())
        self._periods += 1

    def close_episode(self, seed: int, end: PeriodEnd, commands: int) -> dict[str, Any]:
        """The episode ended, after so many commands; what is to be said of it, as JSON values."""
        episode = {
            "seed": seed,
            "return": self._total,
            "steps": self._periods,
            "commands": commands,
            "outcome": end.info.get("outcome", ""),
        }
        self.episodes.append(episode)
        return episode

    def write_film(self, path: str) -> None:
        """Draw the snapshots and write them as a GIF at the speed of simulated time."""
        import imageio.v2 as imageio

        frames: list[Any] = [self._world.draw(snapshot) for snapshot in self._snapshots]
        if frames:
            milliseconds = 1000 * self._every * self._world.contract.period
            imageio.mimsave(path, frames, format="GIF", duration=milliseconds, loop=0)
