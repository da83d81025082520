"""One control tick, without ROS: observation, policy, guard, command."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ddpg_ros.contract import Assembler, Reading
from ddpg_ros.contract.action import SATURATED
from ddpg_ros.deploy.guard import Guard
from ddpg_ros.deploy.onnx_policy import OnnxPolicy


@dataclass(slots=True)
class Decision:
    """What a tick decided. The arrays are reused by the next tick.

    Args:
        command: What the robot shall do, ``(m,)``, SI units, always finite and within limits.
        observation: What the policy saw, ``(n,)`` float32.
        action: What the policy wanted, ``(m,)``; None where it could not be asked.
        reason: ``ok`` if the policy drove, else why the safe command was given.
        detail: The rest of the sentence, for people.
    """

    command: np.ndarray
    observation: np.ndarray
    action: np.ndarray | None
    reason: str
    detail: str


class ControlCore:
    """Assembler, policy and guard as one.

    Args:
        policy: A policy that has proved itself.
    """

    def __init__(self, policy: OnnxPolicy) -> None:
        self.policy = policy
        self.contract = policy.contract
        self.assembler = Assembler(policy.contract)
        self.guard = Guard(policy.contract)
        self.saturated = np.zeros(policy.contract.action_size, dtype=bool)
        """Which elements the policy drove to an end of their range on the last tick."""
        low, high = (self.contract.action_values(side) for side in ("low", "high"))
        self._centre, self._nearly_half = (high + low) / 2, SATURATED * (high - low) / 2

    def receive(self, topic: str, reading: Reading, now: float) -> None:
        """Take in a reading that arrived at ``now`` [s]."""
        self.assembler.receive(topic, reading, now)

    def reset(self) -> None:
        """Start anew: no history, the safe command before; a latched emergency stop stays."""
        self.assembler.forget_history()
        self.guard.reset()
        self.assembler.record_command(self.contract.action_values("safe"))

    def rearm(self) -> None:
        """Forget the history, release the emergency stop; the command goes on from where it is."""
        self.assembler.forget_history()
        self.guard.stopped = False

    def interrupt(self, reason: str) -> np.ndarray:
        """The safe command ``(m,)`` between two ticks; later commands start from it."""
        command = self.guard.interrupt(reason)
        self.assembler.record_command(command)
        return command

    def tick(self, now: float) -> Decision:
        """Decide the command at ``now`` [s]."""
        observation = self.assembler.assemble(now)
        action, fault, detail = None, "", ""
        if self.assembler.faults:
            fault = self.assembler.faults[0].reason
            detail = "; ".join(map(str, self.assembler.faults))
            self.saturated.fill(False)
        else:
            action = self.policy.act(observation)
            np.greater(np.abs(action - self._centre), self._nearly_half, out=self.saturated)
        command = self.guard.decide(action, fault)
        self.assembler.record_command(command)
        return Decision(command, observation, action, self.guard.reason, detail)
