"""What goes wrong in a soak: faults of the sensor's messages, and of what people do."""

from __future__ import annotations

import copy
import math
import random
from collections.abc import Callable

from sensor_msgs.msg import JointState

from benchmarks.arm import JOINTS, NAMES, Spoil

OPERATOR_FAULTS = ("emergency_stop", "disabled")
"""The safe command is due although the sensor is well."""

HARMLESS_FAULTS = ("second_publisher", "future_stamps")
"""Whether the controller falls back here depends on its parameters; it is not required to."""


def message_faults(rng: random.Random) -> dict[str, Spoil]:
    """By name, how a fault spoils each sample while it lasts."""

    def changed(change: Callable[[JointState, int], None]) -> Spoil:
        joint = NAMES.index(rng.choice(JOINTS))

        def spoil(message: JointState) -> JointState:
            spoilt = copy.deepcopy(message)
            change(spoilt, joint)
            return spoilt

        return spoil

    return {
        "silence": lambda message: None,
        "nan": changed(_put(math.nan)),
        "infinity": changed(_put(math.inf)),
        "missing_joint": changed(_lose_joint),
        "duplicate_name": changed(_name_twice),
        "old_stamps": changed(_shift_stamp(-1)),
        "future_stamps": changed(_shift_stamp(1)),
        "short_position": changed(_cut_positions),
        "no_velocity": changed(_lose_velocity),
    }


def _put(value: float) -> Callable[[JointState, int], None]:
    def put(message: JointState, joint: int) -> None:
        message.position[joint] = value

    return put


def _lose_joint(message: JointState, joint: int) -> None:
    for values in (message.name, message.position, message.velocity):
        del values[joint]


def _name_twice(message: JointState, joint: int) -> None:
    message.name[0] = message.name[joint]


def _shift_stamp(seconds: int) -> Callable[[JointState, int], None]:
    def shift(message: JointState, joint: int) -> None:
        message.header.stamp.sec += seconds

    return shift


def _cut_positions(message: JointState, joint: int) -> None:
    del message.position[joint:]


def _lose_velocity(message: JointState, joint: int) -> None:
    del message.velocity[:]
