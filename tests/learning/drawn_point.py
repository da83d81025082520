"""The point, with a picture of itself and words that a page must escape."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from point_world import PointWorld

from ddpg_ros.contract import generic_contract
from ddpg_ros.worlds import PeriodEnd, World

NAME = 'drawn <b>point</b> & "co"'
"""Of the world: what a user may well call one."""


class DrawnPoint(PointWorld):
    """A point that is drawn as a white column, whose units and outcomes are no HTML."""

    def __init__(self) -> None:
        contract = generic_contract("point", [-2.0], [2.0], [-1.0], [1.0], period=0.2)
        (command,) = contract.commands
        (element,) = command.elements
        element = dataclasses.replace(element, unit="<i>m</i>/s")
        command = dataclasses.replace(command, elements=(element,))
        World.__init__(self, dataclasses.replace(contract, commands=(command,)))

    def snapshot(self) -> float:
        return float(self._x)

    def draw(self, snapshot: float) -> np.ndarray:
        picture = np.zeros((48, 64, 3), np.uint8)
        picture[:, int(np.clip(32 + 20 * snapshot, 0, 63))] = 255
        return picture

    def _advance(self, command: Any) -> PeriodEnd:
        end = super()._advance(command)
        outcome = {"lost": "<u>lost</u>", "time_limit": "success"}
        info = {"outcome": outcome[end.info["outcome"]]} if end.over else {}
        return dataclasses.replace(end, info=info)


class BlindPoint(DrawnPoint):
    """A point on a machine that cannot draw."""

    def draw(self, snapshot: float) -> np.ndarray:
        raise RuntimeError("no <display>")
