"""The reward function of a user's, for a robot on the ROS graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ddpg_ros.contract import Contract, Reading
from ddpg_ros.errors import ConfigError, WorldError
from ddpg_ros.plugin import load_object, told

_WANTED = "expected (reward, terminated) or (reward, terminated, outcome)"


@dataclass(frozen=True)
class Verdict:
    """What a reward function says of a control period.

    Args:
        reward: Reward of the period.
        terminated: Whether the episode ends by itself here.
        outcome: How it ended, if it ends here; empty to leave that open.
    """

    reward: float
    terminated: bool
    outcome: str = ""


class Reward:
    """Calls the user's function ``(observation, readings, command)`` after each control period.

    ``observation`` are the latest values by term of the contract, ``(k,)`` each; ``readings`` the
    latest :class:`~ddpg_ros.contract.Reading` by topic; ``command`` what was sent, ``(m,)``, SI
    units. It returns ``(reward, terminated)`` or ``(reward, terminated, outcome)``.

    Args:
        name: ``module:function``.
        contract: Names the terms.

    Raises:
        ConfigError: There is no such function.
    """

    def __init__(self, name: str, contract: Contract) -> None:
        if not name:
            raise ConfigError(
                "reward: a robot on the ROS graph gives no rewards; name a function of yours that "
                "does, as --reward module:function, or the parameter reward."
            )
        try:
            function = load_object(name)
        except ConfigError as error:
            raise ConfigError(f"reward: {error}") from error
        if not callable(function):
            raise ConfigError(f"reward: '{name}' is no function, but a {type(function).__name__}.")
        self._name = name
        self._function: Callable[..., Any] = function
        self._parts: list[tuple[str, slice]] = []
        end = -contract.frame_size  # of a history, the latest comes last
        for term in contract.observation:
            start, end = end, end + term.size
            self._parts.append((term.name, slice(start, end or None)))

    def judge(
        self, observation: np.ndarray, readings: Mapping[str, Reading], command: np.ndarray
    ) -> Verdict:
        """What the function says.

        Args:
            observation: ``(n,)``, as the policy sees it.
            readings: The latest, by topic.
            command: What was sent, ``(m,)`` in SI units.

        Raises:
            WorldError: The function fails, or returns something else.
        """
        terms = {name: observation[part] for name, part in self._parts}
        try:
            returned = self._function(terms, readings, command)
        except Exception as error:  # whatever the user's function raises
            raise WorldError(f"reward '{self._name}': fails ({told(error)}).") from error
        try:
            reward, terminated, *outcome = returned
            return Verdict(float(reward), bool(terminated), *map(str, outcome))
        except (TypeError, ValueError):
            raise WorldError(f"reward '{self._name}': {_WANTED}, got {returned!r}.") from None
