"""What the policy of an arm sees of its goal: how far the tool has to go, and where to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ddpg_ros.contract.chain import Chain, Hinge, check_hinges, check_triple
from ddpg_ros.contract.features import Compute, Feature
from ddpg_ros.contract.readings import JOINT_STATE, POSE_STAMPED, XYZ
from ddpg_ros.contract.source import Source
from ddpg_ros.contract.source_buffer import SourceBuffer
from ddpg_ros.errors import ContractError


@dataclass(frozen=True)
class ToolToGoal(Feature):
    """The vector from an arm's tool to its goal [m], in the frame of the arm's base.

    The tool's position is computed from the joints' by the chain of hinges between base and tool.
    With ``near`` the vector ``v`` comes a second time as ``v / hypot(|v|, near)``: a direction far
    away, and near the goal an offset of which small differences are large. Then comes the pull on
    each joint, how far it moves the tool in this direction when it turns [m/rad]. Sources, in
    order: the goal's position, the joints' positions [rad]. Other joints may be among them.

    Args:
        chain: The hinges from the base to the tool.
        tip: The tool in the frame of the last hinge [m].
        near: Distance at which the direction is ``1 / sqrt(2)`` long [m]; 0: the vector alone.
        frame: The base's ``frame_id``, which the goal must name if it names one; empty: any.
    """

    chain: tuple[Hinge, ...]
    tip: tuple[float, ...] = (0.0, 0.0, 0.0)
    near: float = 0.0
    frame: str = ""
    kind: ClassVar[str] = "tool_to_goal"

    def __post_init__(self) -> None:
        check_hinges(self.chain, f"feature {self.kind}")
        check_triple(self.tip, f"feature {self.kind}: tip")
        if self.near and not 1e-6 <= self.near <= 1e3:
            raise ContractError(
                f"feature {self.kind}: near must be 0, or in [1e-06, 1000] m, got {self.near}."
            )

    def check(self, sources: Sequence[Source]) -> None:
        wanted = ((POSE_STAMPED, "pose.position"), (JOINT_STATE, "position"))
        if tuple((source.message, source.field) for source in sources) != wanted:
            listed = ", ".join(f"{field} of {message}" for message, field in wanted)
            raise ContractError(f"feature {self.kind}: reads, in order, {listed}.")
        goal, joints = sources
        if goal.elements != XYZ:
            raise ContractError(
                f"feature {self.kind}: {goal.label} must read {', '.join(XYZ)}, "
                f"got {', '.join(goal.elements)}."
            )
        missing = [hinge.joint for hinge in self.chain if hinge.joint not in joints.elements]
        if missing:
            raise ContractError(
                f"feature {self.kind}: {joints.label} lacks {', '.join(missing)} of the chain; "
                f"it reads {', '.join(joints.elements)}."
            )

    def names(self, sources: Sequence[Source]) -> tuple[str, ...]:
        if not self.near:
            return XYZ
        directions = (f"direction({axis})" for axis in XYZ)
        return (*XYZ, *directions, *(f"pull({hinge.joint})" for hinge in self.chain))

    def bind(self, inputs: Sequence[SourceBuffer], out: np.ndarray) -> Compute:
        goal, joints = inputs
        chain = Chain(self.chain, self.tip)
        order = np.array([joints.source.elements.index(hinge.joint) for hinge in self.chain])
        angles, offset = np.zeros(len(order)), np.zeros(3)
        vector, direction, pulls = out[:3], out[3:6], out[6:]
        frame, near = self.frame, self.near

        def compute() -> str:
            if frame and goal.frame and goal.frame != frame:
                return f"the goal is in frame '{goal.frame}', the arm's base is '{frame}'"
            np.take(joints.values, order, out=angles, mode="clip")
            chain.turn(angles)
            np.subtract(goal.values, chain.position, out=offset)
            np.copyto(vector, offset, casting="same_kind")
            if near:
                length = math.hypot(*offset.tolist(), near)
                np.divide(offset, length, out=offset)
                np.copyto(direction, offset, casting="same_kind")
                np.copyto(pulls, chain.pulls(offset), casting="same_kind")
            return ""

        return compute
