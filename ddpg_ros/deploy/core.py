"""One control tick, without ROS: observation, policy, guard, command."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ddpg_ros.contract import Assembler, Reading
from ddpg_ros.deploy.guard import OBSERVATION, Guard
from ddpg_ros.deploy.onnx_policy import OnnxPolicy


@dataclass(slots=True)
class Decision:
    """What a tick decided. The arrays are reused by the next tick.

    Args:
        command: What the robot shall do, ``(m,)``, SI units, always finite and within limits.
        observation: What the policy saw, ``(n,)`` float32.
        reason: ``ok`` if the policy drove, else why the safe command was given.
        detail: The rest of the sentence, for people.
    """

    command: np.ndarray
    observation: np.ndarray
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
        margin = 0.01 * (high - low) / 2
        self._nearly_low, self._nearly_high = low + margin, high - margin

    def receive(self, topic: str, reading: Reading, now: float) -> None:
        """Take in a reading that arrived at ``now`` [s]."""
        self.assembler.receive(topic, reading, now)

    def reset(self) -> None:
        """Forget history and the command before; release the emergency stop."""
        self.assembler.forget_history()
        self.guard.reset()
        self.assembler.record_command(self.contract.action_values("safe"))

    def tick(self, now: float) -> Decision:
        """Decide the command at ``now`` [s]."""
        observation = self.assembler.assemble(now)
        faults = self.assembler.faults
        detail = ""
        if not self.guard.permits():
            command = self.guard.refuse(self.guard.reason)
        elif faults:
            detail = "; ".join(map(str, faults))
            command = self.guard.refuse(f"{OBSERVATION}_{faults[0].reason}")
        else:
            action = self.policy.act(observation)
            np.logical_or(
                action < self._nearly_low, action > self._nearly_high, out=self.saturated
            )
            command = self.guard.pass_on(action)
        self.assembler.record_command(command)
        return Decision(command, observation, self.guard.reason, detail)
