"""A policy asked again what another was asked in flight: where does it want something else?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ddpg_ros.deploy.onnx_policy import OnnxPolicy
from ddpg_ros.deploy.tick_pairs import TickPair
from ddpg_ros.errors import PolicyFileError


@dataclass(frozen=True)
class Moment:
    """A tick on which an element differs.

    Args:
        tick: The controller's count.
        time: Since the recording began [s].
        recorded: What the policy in flight wanted, in the element's unit.
        replayed: What the other one wants.
    """

    tick: int
    time: float
    recorded: float
    replayed: float


@dataclass(frozen=True)
class ElementDifference:
    """How one element of the actions differs, in its unit.

    Args:
        name: Of the element.
        unit: Its SI unit.
        differing: Ticks on which it does, be it in the last bit.
        mean: Mean absolute difference over all ticks.
        largest: Largest absolute difference.
        first_at: The first tick on which it differs; None if there is none.
        largest_at: The tick of the largest difference; likewise.
    """

    name: str
    unit: str
    differing: int
    mean: float
    largest: float
    first_at: Moment | None
    largest_at: Moment | None


@dataclass(frozen=True)
class Replay:
    """The actions of a recording beside those of a policy that was given the same observations.

    Args:
        ticks: How many were compared.
        differing: On how many of them some element differs, be it in the last bit.
        elements: One each of the action.
    """

    ticks: int
    differing: int
    elements: tuple[ElementDifference, ...]

    @property
    def equal(self) -> bool:
        """Whether every action is the recorded one, bit for bit."""
        return not self.differing


def replay(policy: OnnxPolicy, pairs: Sequence[TickPair], start: float = 0.0) -> Replay:
    """Ask ``policy``, one observation after the other as a controller does.

    Args:
        policy: One whose vectors mean the same; see :func:`~ddpg_ros.deploy.replay_fit.check_fit`.
        pairs: What was seen and wanted, one at least.
        start: When the recording began [s since the epoch].

    Raises:
        PolicyFileError: The vectors have other sizes than the policy's.
    """
    contract = policy.contract
    sizes = (contract.observation_size, contract.action_size)
    for pair in pairs:
        got = (len(pair.observation), len(pair.action))
        if got != sizes:
            raise PolicyFileError(
                f"tick {pair.tick} of the recording has an observation of {got[0]} and an action "
                f"of {got[1]} elements, the policy one of {sizes[0]} and one of {sizes[1]}. Give a "
                "policy with the contract of the recorded one."
            )
    # Both travel as float64, which holds every float32 exactly.
    recorded = np.array([pair.action for pair in pairs]).astype(np.float32)
    replayed = np.array([policy.act(pair.observation).copy() for pair in pairs])
    differs = recorded.view(np.uint32) != replayed.view(np.uint32)
    with np.errstate(invalid="ignore"):
        gaps = np.abs(replayed.astype(np.float64) - recorded)
    gaps[np.isnan(gaps)] = np.inf
    gaps[~differs] = 0.0

    def moment(place: int, element: int) -> Moment:
        pair = pairs[place]
        values = (float(actions[place, element]) for actions in (recorded, replayed))
        return Moment(pair.tick, pair.time - start, *values)

    def difference(i: int) -> ElementDifference:
        count = int(differs[:, i].sum())
        first, largest = int(differs[:, i].argmax()), int(gaps[:, i].argmax())
        return ElementDifference(
            contract.action_names[i],
            contract.actions[i].unit,
            differing=count,
            mean=float(gaps[:, i].mean()),
            largest=float(gaps[largest, i]),
            first_at=moment(first, i) if count else None,
            largest_at=moment(largest if gaps[largest, i] else first, i) if count else None,
        )

    return Replay(
        len(pairs),
        int(differs.any(axis=1).sum()),
        tuple(difference(i) for i in range(contract.action_size)),
    )
