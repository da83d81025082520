"""How faults spoil the messages of a robot: what is dropped, delayed, renamed, garbled."""

from __future__ import annotations

import copy
import random
from collections import deque
from collections.abc import Callable
from typing import Any

from arm_robot import Messages, Spoil
from builtin_interfaces.msg import Time
from sensor_msgs.msg import Imu, JointState
from std_msgs.msg import Bool

BOTH = ("joint_states", "imu")

MakeSpoil = Callable[[], Spoil]
"""A spoil of its own for every flight: some remember messages."""


def silence(*topics: str) -> MakeSpoil:
    """Nothing on ``topics``."""
    return lambda: lambda messages, t: [(n, m) for n, m in messages if n not in topics]


def changed(change: Callable[[Any], None], *topics: str) -> MakeSpoil:
    """Every message on ``topics`` is changed by ``change``."""

    def spoil(messages: Messages, t: float) -> Messages:
        for name, message in messages:
            if name in topics:
                change(message)
        return messages

    return lambda: spoil


def joints(change: Callable[[JointState], None]) -> MakeSpoil:
    """Every message of the joints is changed."""
    return changed(change, "joint_states")


def imu(change: Callable[[Imu], None]) -> MakeSpoil:
    """Every message of the IMU is changed."""
    return changed(change, "imu")


def put(field: str, value: float, joint: int = 1) -> MakeSpoil:
    """A joint's ``field`` is ``value``."""
    return joints(lambda message: getattr(message, field).__setitem__(joint, value))


def shifted(seconds: int, *topics: str) -> MakeSpoil:
    """Stamps are ``seconds`` later."""

    def shift(message: Any) -> None:
        stamp = message.header.stamp
        message.header.stamp = Time(sec=stamp.sec + seconds, nanosec=stamp.nanosec)

    return changed(shift, *topics)


def back_in_time() -> Spoil:
    """Each stamp is 10 ms before the one before."""
    begin: list[int] = []

    def spoil(messages: Messages, t: float) -> Messages:
        for name, message in messages:
            if name in BOTH:
                stamp = message.header.stamp
                begin.append(stamp.sec * 10**9 + stamp.nanosec)
                back = begin[0] - 10**7 * len(begin)
                message.header.stamp = Time(sec=back // 10**9, nanosec=back % 10**9)
        return messages

    return spoil


def repeated() -> Spoil:
    """The first messages again and again, stamps and all."""
    first: Messages = []

    def spoil(messages: Messages, t: float) -> Messages:
        first.extend([] if first else messages)
        return first

    return spoil


def frozen(*topics: str) -> MakeSpoil:
    """The first values of ``topics`` again and again, with fresh stamps."""

    def make() -> Spoil:
        first: dict[str, Any] = {}

        def spoil(messages: Messages, t: float) -> Messages:
            result = []
            for name, message in messages:
                kept = message
                if name in topics:
                    kept = copy.deepcopy(first.setdefault(name, message))
                    kept.header.stamp = message.header.stamp
                result.append((name, kept))
            return result

        return spoil

    return make


def dropped(share: float) -> MakeSpoil:
    """A ``share`` of the messages is lost."""

    def make() -> Spoil:
        chance = random.Random(0)
        return lambda messages, t: [m for m in messages if chance.random() >= share]

    return make


def delayed(seconds: float) -> MakeSpoil:
    """Every message is under way for ``seconds``."""

    def make() -> Spoil:
        under_way: deque[tuple[float, Messages]] = deque()

        def spoil(messages: Messages, t: float) -> Messages:
            under_way.append((t + seconds, messages))
            arrived: Messages = []
            while under_way[0][0] <= t:
                arrived += under_way.popleft()[1]
                if not under_way:
                    break
            return arrived

        return spoil

    return make


def overtaken() -> Spoil:
    """Every second message comes after the next."""
    held: list[Messages] = []

    def spoil(messages: Messages, t: float) -> Messages:
        if held:
            return messages + held.pop()
        held.append(messages)
        return []

    return spoil


def repeated_at_once(count: int) -> MakeSpoil:
    """Every message comes ``count`` times."""
    return lambda: lambda messages, t: [m for m in messages for _ in range(count)]


def reordered(order: tuple[int, ...], topic: str = "joint_states") -> MakeSpoil:
    """The joints come in another order; places that are left out are missing, or come twice."""

    def reorder(message: JointState) -> None:
        message.name = [message.name[k] for k in order]
        message.position = [message.position[k] for k in order]
        message.velocity = [message.velocity[k] for k in order]

    return changed(reorder, topic)


def further_joints(message: JointState) -> None:
    """Two joints more, one of which says nothing but NaN."""
    message.name = ["rail", *message.name, "lamp"]
    message.position = [0.0, *message.position, float("nan")]
    message.velocity = [0.0, *message.velocity, float("nan")]


def parted(message: JointState, places: tuple[int, ...]) -> JointState:
    """Some joints of a message."""
    return JointState(
        header=message.header,
        name=[message.name[k] for k in places],
        position=[message.position[k] for k in places],
        velocity=[message.velocity[k] for k in places],
    )


def three_drivers(messages: Messages, t: float) -> Messages:
    """Two drivers with two joints each, and a gripper's that the policy does not read."""
    result: Messages = []
    for name, message in messages:
        if name == "joint_states":
            result.append((name, parted(message, (0, 1))))
            result.append(("joint_states#2", parted(message, (2, 3))))
            gripper = JointState(header=message.header, name=["gripper"], position=[0.0])
            result.append(("joint_states#3", gripper))
        else:
            result.append((name, message))
    return result


def doubled(messages: Messages, t: float) -> Messages:
    """Another node publishes the same joints."""
    return messages + [("joint_states#2", m) for n, m in messages if n == "joint_states"]


def stop_button(messages: Messages, t: float) -> Messages:
    """Somebody holds the emergency stop."""
    return [*messages, ("ddpg_controller/estop", Bool(data=True))]


def together(*spoils: MakeSpoil) -> MakeSpoil:
    """One after the other, on every message."""

    def make() -> Spoil:
        made = [make_one() for make_one in spoils]

        def spoil(messages: Messages, t: float) -> Messages:
            for one in made:
                messages = one(messages, t)
            return messages

        return spoil

    return make


def then(first: MakeSpoil, seconds: float, second: MakeSpoil) -> MakeSpoil:
    """``first`` for ``seconds``, then ``second``."""

    def make() -> Spoil:
        early, late = first(), second()
        return lambda messages, t: (early if t < seconds else late)(messages, t)

    return make
