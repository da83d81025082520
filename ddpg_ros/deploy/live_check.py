"""Does this robot say what training saw? One finding for each element of the observation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ddpg_ros.contract import Contract, MinPool
from ddpg_ros.contract.policy_metadata import ObservationStatistics
from ddpg_ros.deploy.joint_motion import JointMotion
from ddpg_ros.deploy.live_element import Element, elements_of
from ddpg_ros.deploy.live_finding import (
    NEVER_MOVES,
    NO_VALUE,
    NOT_CHECKED,
    OK,
    OUT_OF_RANGE,
    SCALE,
    SIGN,
    UNIT,
    Finding,
)
from ddpg_ros.deploy.live_fit import Fit

_AGREE = (0.5, 2.0)
"""Ratios of a joint's motion to its velocity that may be noise."""
_DEGREES = (43.0, 76.0)
"""Those that mean degrees: 57.3, give or take a third."""

_TURNS = 3.0
"""A joint that swings may wind up once or twice."""


def judge_elements(
    contract: Contract,
    statistics: ObservationStatistics,
    frames: np.ndarray,
    joints: Sequence[JointMotion] = (),
) -> list[Finding]:
    """Hold what a robot says against what training saw.

    Args:
        contract: What the policy reads.
        statistics: What training saw, from the policy file.
        frames: One observation a tick, without its history, ``(k, frame_size)``; NaN where the
            robot said nothing that serves.
        joints: The joints whose position is read.

    Returns:
        ``frame_size`` findings, in the order of the contract.
    """
    seen = of_latest_tick(contract, statistics)
    elements = elements_of(contract)
    fit = Fit(elements, seen, frames, joints)
    motions = {column: joint for joint in joints for column in joint.columns}
    findings = []
    for column, element in enumerate(elements):
        if not element.live:
            found = Finding(element.name, NOT_CHECKED)
        elif len(fit.values(column)) == 0:
            found = Finding(element.name, NO_VALUE)
        else:
            candidates = _problems(element, column, fit, seen, motions.get(column))
            found = next(candidates, Finding(element.name, OK))
        findings.append(found)
    return findings


def of_latest_tick(contract: Contract, statistics: ObservationStatistics) -> ObservationStatistics:
    """The statistics of the last tick of a history, ``(frame_size,)`` each."""
    first = contract.observation_size - contract.frame_size
    parts = (statistics.mean, statistics.std, statistics.minimum, statistics.maximum)
    return ObservationStatistics(statistics.count, *(part[first:] for part in parts))


def _problems(
    element: Element,
    column: int,
    fit: Fit,
    seen: ObservationStatistics,
    joint: JointMotion | None,
) -> Iterator[Finding]:
    """What looks wrong with one element, the most telling first."""
    guesses = fit.guesses(column)
    if guesses:
        sentence = "; or ".join(guess.sentence for guess in guesses)
        yield Finding(element.name, guesses[0].verdict, sentence)
    if joint is not None:
        yield from _motion(element, joint)
    values, outside = fit.values(column), fit.outside(column)
    if outside:
        yield Finding(
            element.name, OUT_OF_RANGE, f"beyond what training saw in {outside:.0%} of the ticks"
        )
    still = len(values) > 1 and np.ptp(values) == 0.0
    if still and not element.lasts and seen.std[column] > 0 and not _no_return(element, values):
        yield Finding(
            element.name, NEVER_MOVES, "move it while the check listens; if you did, it is frozen"
        )


def _motion(element: Element, joint: JointMotion) -> Iterator[Finding]:
    """What a joint's velocity says of its position."""
    angle_alone, ratio = len(joint.columns) == 2, joint.ratio
    trusted = angle_alone or joint.reads_velocity
    if ratio is not None and trusted and _DEGREES[0] < ratio < _DEGREES[1]:
        sentence = f"in degrees: it moves {ratio:.0f} times as fast as its velocity says"
        yield Finding(element.name, UNIT, sentence)
    if ratio is not None and joint.reads_velocity:
        if ratio < 0:
            sentence = "it runs against its velocity: one of the two is negated"
            yield Finding(element.name, SIGN, sentence)
        elif _DEGREES[0] < 1 / ratio < _DEGREES[1]:
            sentence = f"its velocity is in degrees: {1 / ratio:.0f} times as fast as it moves"
            yield Finding(element.name, UNIT, sentence)
        elif not _AGREE[0] < ratio < _AGREE[1]:
            sentence = f"it moves {ratio:.3g} times as fast as its velocity says"
            yield Finding(element.name, SCALE, sentence)
    if angle_alone:
        turns = float(np.nanmax(np.abs(joint.position))) / (2 * np.pi)
        if turns > _TURNS:
            agrees = ratio is not None and joint.reads_velocity
            both = "it and its velocity are in " if agrees else ""
            sentence = f"the angle reaches {turns:.1f} turns: {both}degrees, unless it turns so far"
            yield Finding(element.name, OK if agrees else UNIT, sentence)


def _no_return(element: Element, values: np.ndarray) -> bool:
    feature = element.term.feature
    return isinstance(feature, MinPool) and bool(values[0] >= feature.max_range)
