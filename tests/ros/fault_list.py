"""The faults of the matrix, by the controller that they befall."""

from __future__ import annotations

import math
import shutil
import time
from typing import Any

import numpy as np
import spoils
from fault_flight import Fault, Flight
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from sensor_msgs.msg import Imu, JointState
from spoils import BOTH, imu, joints, put, reordered, silence, then, together
from std_msgs.msg import Float64MultiArray
from std_srvs.srv import SetBool


def _set(**values: Any) -> Any:
    """A change of a message: its fields are ``values``."""

    def change(message: Any) -> None:
        for name, value in values.items():
            setattr(message, name, value)

    return change


def _rename(message: JointState) -> None:
    message.name = [f"left_{name}" for name in message.name]


def _shorten(message: JointState) -> None:
    message.position = message.position[:-1]


def _lengthen(message: JointState) -> None:
    message.position = [*message.position, 0.0]


def _forget_orientation(message: Imu) -> None:
    message.orientation_covariance[0] = -1.0


def _turn(x: float, w: float) -> spoils.MakeSpoil:
    def turn(message: Imu) -> None:
        message.orientation.x, message.orientation.w = x, w

    return imu(turn)


def _stretch(message: Imu) -> None:
    message.orientation.x *= 2.0
    message.orientation.w *= 2.0


def _rates(value: float) -> spoils.MakeSpoil:
    def spin(message: Imu) -> None:
        message.angular_velocity.y = value

    return imu(spin)


def _unstamp(message: Any) -> None:
    message.header.stamp.sec = message.header.stamp.nanosec = 0


def _shuffled() -> spoils.Spoil:
    chance = np.random.default_rng(0)

    def spoil(messages: Any, t: float) -> Any:
        order = tuple(chance.permutation(4).tolist())
        return reordered(order)()(messages, t)

    return spoil


def _estop(flight: Flight) -> None:
    assert flight.call("estop").success


def _reset(flight: Flight) -> float:
    flight.robot.serve(0.1)  # a trip is judged by what was heard last
    asked = time.time()
    assert flight.call("reset").success
    return asked


def _enable(value: bool) -> Any:
    def switch(flight: Flight) -> None:
        assert flight.call("enable", SetBool.Request(data=value)).success

    return switch


def _change(flight: Flight, transition: int) -> bool:
    request = ChangeState.Request(transition=Transition(id=transition))
    return bool(flight.call("change_state", request).success)


def _deactivate(flight: Flight) -> None:
    assert _change(flight, Transition.TRANSITION_DEACTIVATE)


def _activate(flight: Flight) -> None:
    assert _change(flight, Transition.TRANSITION_ACTIVATE)


def _ask_for_wrong_transition(flight: Flight) -> None:
    client = flight.robot.node.create_client(ChangeState, "ddpg_controller/change_state")
    flight.robot.wait_for(client.service_is_ready, "change_state")
    client.call_async(
        ChangeState.Request(transition=Transition(id=Transition.TRANSITION_CONFIGURE))
    )


def _when_safe(then_do: Any) -> Any:
    """``then_do`` once the fallback has come to its end."""

    def begin(flight: Flight) -> None:
        flight.robot.wait_for(flight.has_fallen, "the fallback")
        then_do(flight)

    return begin


def _put_policy(flight: Flight, name: str) -> None:
    shutil.copy(flight.policy.with_name(name), flight.policy)


def _refuse(flight: Flight, sentence: str) -> None:
    response = flight.call("reload")
    assert not response.success
    assert sentence in response.message


def _reload(name: str, refusal: str = "") -> Any:
    """The policy file is replaced by another and loaded, or refused."""

    def begin(flight: Flight) -> None:
        _put_policy(flight, name)
        if refusal:
            _refuse(flight, refusal)
        else:
            assert flight.call("reload").success

    return begin


def _rival(flight: Flight) -> None:
    flight.rival = flight.robot.node.create_publisher(Float64MultiArray, "commands", 1)


def _no_rival(flight: Flight) -> None:
    flight.robot.node.destroy_publisher(flight.rival)


def _jump(seconds: float) -> Any:
    """Simulated time is set."""

    def begin(flight: Flight) -> None:
        flight.robot.clock += seconds

    return begin


def _pause(paused: bool) -> Any:
    def begin(flight: Flight) -> None:
        flight.robot.paused = paused

    return begin


SILENCE = silence(*BOTH)
STALE = ("stale",)
NON_FINITE = ("non_finite",)
MALFORMED = ("malformed",)
ESTOP = ("emergency_stop",)
STALLED = ("clock_stalled",)

PLAIN = (
    Fault("silence of all sensors", STALE, SILENCE),
    Fault("silence of the joints", STALE, silence("joint_states")),
    Fault("silence of the IMU", STALE, silence("imu")),
    Fault("NaN in a position", NON_FINITE, put("position", math.nan)),
    Fault("NaN in a velocity", NON_FINITE, put("velocity", math.nan, 3)),
    Fault("inf in a position", NON_FINITE, put("position", math.inf)),
    Fault("-inf in a position", NON_FINITE, put("position", -math.inf)),
    Fault("1e300 in a velocity", NON_FINITE, put("velocity", 1e300)),
    Fault("NaN in a rate of the IMU", NON_FINITE, _rates(math.nan)),
    Fault("orientation marked unknown", NON_FINITE, imu(_forget_orientation)),
    Fault("a joint missing", STALE, reordered((0, 2, 3))),
    Fault("all joints renamed", STALE, joints(_rename)),
    Fault("a joint named twice", MALFORMED, reordered((0, 1, 2, 3, 1))),
    Fault("a joint in the place of another", MALFORMED, reordered((0, 1, 1, 3))),
    Fault("a value too few", MALFORMED, joints(_shorten)),
    Fault("a value too many", MALFORMED, joints(_lengthen)),
    Fault("no positions", MALFORMED, joints(_set(position=[]))),
    Fault("no velocities", MALFORMED, joints(_set(velocity=[]))),
    Fault("no joint names", MALFORMED, joints(_set(name=[]))),
    Fault("empty messages", MALFORMED, joints(_set(name=[], position=[], velocity=[]))),
    Fault("stamps 2 s old", STALE, spoils.shifted(-2, *BOTH)),
    Fault("stamps 2 s ahead", ("future",), spoils.shifted(2, *BOTH)),
    Fault("the IMU's stamps 2 s ahead", ("future",), spoils.shifted(2, "imu")),
    Fault("stamps that go back", STALE, spoils.back_in_time),
    Fault("the same message again and again", STALE, spoils.repeated),
    Fault("0.3 s of delay", STALE, spoils.delayed(0.3), seconds=0.5),
    Fault("orientation all zero", MALFORMED, _turn(0.0, 0.0)),
    Fault(
        "two publishers of the same joints",
        ("second_publisher",),
        lambda: spoils.doubled,
        within=2.5,
    ),
    Fault("emergency stop by topic", ESTOP, lambda: spoils.stop_button, end=_reset),
    Fault("emergency stop by service", ESTOP, begin=_estop, end=_reset),
    Fault("enable: false", ("disabled",), begin=_enable(False), end=_enable(True)),
    Fault("deactivation", begin=_deactivate, end=_activate, says="inactive"),
    Fault(
        "the process held for 1 s",
        ("stale", "clock_stalled"),
        begin=lambda flight: flight.hold_still(1.0),
        outcome="either",
    ),
    Fault("joints in another order", spoil=reordered((3, 1, 0, 2)), outcome="drives"),
    Fault("another order in every message", spoil=_shuffled, outcome="drives"),
    Fault("further joints, one NaN", spoil=joints(spoils.further_joints), outcome="drives"),
    Fault("stamps left at zero", spoil=spoils.changed(_unstamp, *BOTH), outcome="drives"),
    Fault("messages overtaken", spoil=spoils.overtaken, outcome="drives", seconds=0.5),
    Fault("half of the messages lost", spoil=spoils.dropped(0.5), outcome="drives", seconds=0.5),
    Fault("every message five times", spoil=spoils.repeated_at_once(5), outcome="drives"),
    Fault("orientation of length 2", spoil=imu(_stretch), outcome="drives"),
    Fault("values frozen, unless told", spoil=spoils.frozen(*BOTH), outcome="drives"),
    Fault("values out of range, unless told", spoil=put("position", 2.8), outcome="drives"),
    Fault(
        "the policy file deleted",
        begin=lambda flight: flight.policy.unlink(),
        end=lambda flight: _put_policy(flight, "good.onnx"),
        outcome="drives",
    ),
    Fault(
        "~/reload without a policy file",
        begin=lambda flight: (flight.policy.unlink(), _refuse(flight, "cannot be read"))[1],
        end=lambda flight: _put_policy(flight, "good.onnx"),
        outcome="drives",
    ),
    Fault(
        "~/reload of a damaged file",
        begin=_reload("damaged.onnx", "digest"),
        end=lambda flight: _put_policy(flight, "good.onnx"),
        outcome="drives",
    ),
    Fault(
        "~/reload of another contract",
        begin=_reload("other_contract.onnx", "contract"),
        end=lambda flight: _put_policy(flight, "good.onnx"),
        outcome="drives",
    ),
    Fault(
        "~/reload of other weights",
        begin=_reload("other_weights.onnx"),
        end=_reload("good.onnx"),
        outcome="drives",
    ),
    Fault("a wrong lifecycle transition", begin=_ask_for_wrong_transition, outcome="drives"),
    Fault(
        "another publisher of commands",
        begin=_rival,
        end=_no_rival,
        outcome="drives",
        says="another node publishes on",
    ),
    Fault(
        "silence, then NaN",
        ("stale", "non_finite"),
        then(SILENCE, 0.3, put("position", math.nan)),
        seconds=0.5,
    ),
    Fault(
        "NaN, then silence",
        ("non_finite", "stale"),
        then(put("position", math.nan), 0.2, SILENCE),
        seconds=0.5,
    ),
    Fault(
        "silence of the IMU + NaN in a position",
        ("non_finite", "stale"),
        together(silence("imu"), put("position", math.nan)),
    ),
    Fault(
        "a joint missing + silence of the IMU",
        STALE,
        together(reordered((0, 2, 3)), silence("imu")),
    ),
    Fault(
        "0.3 s of delay + half lost",
        STALE,
        together(spoils.dropped(0.5), spoils.delayed(0.3)),
        seconds=0.5,
    ),
    Fault(
        "0.3 s of delay + stamps left at zero",
        STALE,
        together(spoils.changed(_unstamp, *BOTH), spoils.delayed(0.3)),
        seconds=0.5,
    ),
    Fault(
        "half lost + another order",
        spoil=together(spoils.dropped(0.5), _shuffled),
        outcome="drives",
    ),
    Fault(
        "overtaken + every message twice",
        spoil=together(spoils.repeated_at_once(2), spoils.overtaken),
        outcome="drives",
    ),
    Fault(
        "stamps 2 s ahead, then 2 s old",
        ("future", "stale"),
        then(spoils.shifted(2, *BOTH), 0.2, spoils.shifted(-2, *BOTH)),
        seconds=0.5,
    ),
    Fault("emergency stop while silent", (*STALE, *ESTOP), SILENCE, _when_safe(_estop), _reset),
    Fault(
        "enable: false while silent",
        ("stale", "disabled"),
        SILENCE,
        _when_safe(_enable(False)),
        _enable(True),
    ),
    Fault("deactivation while silent", STALE, SILENCE, _when_safe(_deactivate), _activate),
    Fault(
        "emergency stop + NaN",
        (*NON_FINITE, *ESTOP),
        together(put("position", math.nan), lambda: spoils.stop_button),
        end=_reset,
    ),
    Fault(
        "~/reload of other weights while silent",
        STALE,
        SILENCE,
        _when_safe(_reload("other_weights.onnx")),
        _reload("good.onnx"),
    ),
    Fault(
        "the process held for 1 s + silence",
        ("stale", "clock_stalled"),
        SILENCE,
        lambda flight: flight.hold_still(1.0),
    ),
    Fault(
        "two publishers + stamps 2 s old",
        ("stale", "second_publisher"),
        together(spoils.shifted(-2, *BOTH), lambda: spoils.doubled),
    ),
    Fault(
        "a joint missing, then two publishers",
        ("stale", "second_publisher"),
        then(reordered((0, 2, 3)), 0.3, lambda: spoils.doubled),
        seconds=1.5,
    ),
    Fault("SIGTERM", begin=Flight.end_process, end=Flight.start_again),
    Fault(
        "SIGTERM while silent", STALE, SILENCE, _when_safe(Flight.end_process), Flight.start_again
    ),
    Fault(
        "SIGTERM during an emergency stop",
        ESTOP,
        lambda: spoils.stop_button,
        _when_safe(Flight.end_process),
        Flight.start_again,
    ),
)
"""With every parameter at its default."""

CAREFUL = (
    Fault("values frozen", ("frozen",), spoils.frozen(*BOTH), within=1.0),
    Fault("the IMU's values frozen", ("frozen",), spoils.frozen("imu"), within=1.0),
    Fault("values out of range", ("out_of_range",), put("position", 2.8)),
    Fault("the robot tilted by 1 rad", ("tilt",), _turn(math.sin(0.5), math.cos(0.5)), end=_reset),
    Fault("a position beyond its limit", ("position",), put("position", 3.5), end=_reset),
    Fault(
        "tilted, then silence",
        ("tilt", "stale"),
        then(_turn(1.0, 0.0), 0.2, SILENCE),
        end=_reset,
        seconds=0.5,
    ),
    Fault(
        "tilted + frozen joints",
        ("tilt", "frozen"),
        together(_turn(1.0, 0.0), spoils.frozen("joint_states")),
        end=_reset,
        seconds=0.6,
    ),
    Fault(
        "out of range + 0.3 s of delay",
        ("stale", "out_of_range"),
        together(put("position", 2.8), spoils.delayed(0.3)),
        seconds=0.6,
    ),
)
"""With frozen_time, max_tilt and trips, and out_of_range:=stop."""

PUNCTUAL = (
    Fault(
        "the process held for 0.3 s",
        ("missed_deadline",),
        begin=lambda flight: flight.hold_still(0.3),
    ),
)
"""With missed_deadline:=stop, a period of 0.1 s and a maximum age of 0.5 s."""

DRIVERS = (
    Fault("two publishers of different joints, and a gripper's", outcome="drives", seconds=2.2),
    Fault("one of two publishers silent", STALE, silence("joint_states#2")),
    Fault("the other of two publishers silent", STALE, silence("joint_states")),
    Fault("a joint missing at one of them", STALE, reordered((1,), "joint_states#2"), seconds=1.5),
    Fault("all of them, again", outcome="drives", seconds=2.2),
)
"""With joint states that come in parts, from three publishers."""

SIMULATED = (
    Fault("/clock stalled", STALLED, silence("/clock"), within=1.0),
    Fault(
        "the simulator paused",
        STALLED,
        silence("/clock", *BOTH),
        _pause(True),
        _pause(False),
        within=1.0,
    ),
    Fault("time set forward by 10 s", STALE, begin=_jump(10.0), outcome="either"),
    Fault("time set back by 5 s", STALE, begin=_jump(-5.0), outcome="either"),
    Fault("silence, by simulated time", STALE, SILENCE),
    Fault(
        "/clock stalled + emergency stop",
        (*STALLED, *ESTOP),
        together(silence("/clock"), lambda: spoils.stop_button),
        end=_reset,
        within=1.0,
    ),
    Fault("/clock stalled + silence", (*STALLED, *STALE), silence("/clock", *BOTH), within=1.0),
    Fault("time set back by 5 s + silence of the IMU", STALE, silence("imu"), _jump(-5.0)),
    Fault(
        "/clock stalled, then deactivation",
        STALLED,
        silence("/clock"),
        _when_safe(_deactivate),
        _activate,
        within=1.0,
    ),
)
"""By simulated time."""

FALLBACKS = (
    Fault("silence of all sensors", STALE, SILENCE),
    Fault("NaN in a position", NON_FINITE, put("position", math.nan)),
    Fault(
        "silence, then NaN",
        ("stale", "non_finite"),
        then(SILENCE, 0.3, put("position", math.nan)),
        seconds=0.5,
    ),
)
"""With another fallback."""

STOPS = (
    Fault("emergency stop by service", ESTOP, begin=_estop, end=_reset),
    Fault("enable: false", ("disabled",), begin=_enable(False), end=_enable(True)),
    Fault("SIGTERM", begin=Flight.end_process, end=Flight.start_again),
)
