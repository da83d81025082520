"""What happens to a robot, its controller and the people around them in a fault."""

from __future__ import annotations

import shutil
import time
from typing import Any

import numpy as np
import spoils
from fault_flight import Flight
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from sensor_msgs.msg import Imu, JointState
from spoils import imu, reordered
from std_msgs.msg import Float64MultiArray
from std_srvs.srv import SetBool


def having(**values: Any) -> Any:
    """A change of a message: its fields are ``values``."""

    def change(message: Any) -> None:
        for name, value in values.items():
            setattr(message, name, value)

    return change


def rename(message: JointState) -> None:
    message.name = [f"left_{name}" for name in message.name]


def shorten(message: JointState) -> None:
    message.position = message.position[:-1]


def lengthen(message: JointState) -> None:
    message.position = [*message.position, 0.0]


def forget_orientation(message: Imu) -> None:
    message.orientation_covariance[0] = -1.0


def turn(x: float, w: float) -> spoils.MakeSpoil:
    def turn(message: Imu) -> None:
        message.orientation.x, message.orientation.w = x, w

    return imu(turn)


def stretch(message: Imu) -> None:
    message.orientation.x *= 2.0
    message.orientation.w *= 2.0


def rates(value: float) -> spoils.MakeSpoil:
    def spin(message: Imu) -> None:
        message.angular_velocity.y = value

    return imu(spin)


def unstamp(message: Any) -> None:
    message.header.stamp.sec = message.header.stamp.nanosec = 0


def shuffled() -> spoils.Spoil:
    chance = np.random.default_rng(0)

    def spoil(messages: Any, t: float) -> Any:
        order = tuple(chance.permutation(4).tolist())
        return reordered(order)()(messages, t)

    return spoil


def estop(flight: Flight) -> None:
    assert flight.call("estop").success


def reset(flight: Flight) -> float:
    flight.robot.serve(0.5)  # what was said before must be heard before, or it stops again
    asked = time.time()
    assert flight.call("reset").success
    return asked


def enable(value: bool) -> Any:
    def switch(flight: Flight) -> None:
        assert flight.call("enable", SetBool.Request(data=value)).success

    return switch


def change_state(flight: Flight, transition: int) -> bool:
    request = ChangeState.Request(transition=Transition(id=transition))
    return bool(flight.call("change_state", request).success)


def deactivate(flight: Flight) -> None:
    assert change_state(flight, Transition.TRANSITION_DEACTIVATE)


def activate(flight: Flight) -> None:
    assert change_state(flight, Transition.TRANSITION_ACTIVATE)


def ask_for_wrong_transition(flight: Flight) -> None:
    client = flight.robot.node.create_client(ChangeState, "ddpg_controller/change_state")
    flight.robot.wait_for(client.service_is_ready, "change_state")
    client.call_async(
        ChangeState.Request(transition=Transition(id=Transition.TRANSITION_CONFIGURE))
    )


def when_safe(then_do: Any) -> Any:
    """``then_do`` once the fallback has come to its end."""

    def begin(flight: Flight) -> None:
        flight.robot.wait_for(flight.has_fallen, "the fallback")
        then_do(flight)

    return begin


def put_policy(flight: Flight, name: str) -> None:
    shutil.copy(flight.policy.with_name(name), flight.policy)


def refuse(flight: Flight, sentence: str) -> None:
    response = flight.call("reload")
    assert not response.success
    assert sentence in response.message


def reload(name: str, refusal: str = "") -> Any:
    """The policy file is replaced by another and loaded, or refused."""

    def begin(flight: Flight) -> None:
        put_policy(flight, name)
        if refusal:
            refuse(flight, refusal)
        else:
            assert flight.call("reload").success

    return begin


def rival(flight: Flight) -> None:
    flight.rival = flight.robot.node.create_publisher(Float64MultiArray, "commands", 1)


def no_rival(flight: Flight) -> None:
    flight.robot.node.destroy_publisher(flight.rival)


def jump(seconds: float) -> Any:
    """Simulated time is set."""

    def begin(flight: Flight) -> None:
        flight.robot.clock += seconds

    return begin


def pause(paused: bool) -> Any:
    def begin(flight: Flight) -> None:
        flight.robot.paused = paused

    return begin
