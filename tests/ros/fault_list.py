"""The faults of the matrix, by the controller that they befall."""

from __future__ import annotations

import math

import spoils
from fault_actions import (
    activate,
    ask_for_wrong_transition,
    deactivate,
    enable,
    estop,
    forget_orientation,
    having,
    jump,
    lengthen,
    no_rival,
    pause,
    put_policy,
    rates,
    refuse,
    reload,
    rename,
    reset,
    rival,
    shorten,
    shuffled,
    stretch,
    turn,
    unstamp,
    when_safe,
)
from fault_flight import Fault, Flight
from spoils import BOTH, imu, joints, put, reordered, silence, then, together

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
    Fault("NaN in a rate of the IMU", NON_FINITE, rates(math.nan)),
    Fault("orientation marked unknown", NON_FINITE, imu(forget_orientation)),
    Fault("a joint missing", STALE, reordered((0, 2, 3))),
    Fault("all joints renamed", STALE, joints(rename)),
    Fault("a joint named twice", MALFORMED, reordered((0, 1, 2, 3, 1))),
    Fault("a joint in the place of another", MALFORMED, reordered((0, 1, 1, 3))),
    Fault("a value too few", MALFORMED, joints(shorten)),
    Fault("a value too many", MALFORMED, joints(lengthen)),
    Fault("no positions", MALFORMED, joints(having(position=[]))),
    Fault("no velocities", MALFORMED, joints(having(velocity=[]))),
    Fault("no joint names", MALFORMED, joints(having(name=[]))),
    Fault("empty messages", MALFORMED, joints(having(name=[], position=[], velocity=[]))),
    Fault("stamps 2 s old", STALE, spoils.shifted(-2, *BOTH)),
    Fault("stamps 2 s ahead", ("future",), spoils.shifted(2, *BOTH)),
    Fault("the IMU's stamps 2 s ahead", ("future",), spoils.shifted(2, "imu")),
    Fault("stamps that go back", STALE, spoils.back_in_time),
    Fault("the same message again and again", STALE, spoils.repeated),
    Fault("0.3 s of delay", STALE, spoils.delayed(0.3), seconds=0.5),
    Fault("orientation all zero", MALFORMED, turn(0.0, 0.0)),
    Fault(
        "two publishers of the same joints",
        ("second_publisher",),
        lambda: spoils.doubled,
        within=2.5,
    ),
    Fault("emergency stop by topic", ESTOP, lambda: spoils.stop_button, end=reset),
    Fault("emergency stop by service", ESTOP, begin=estop, end=reset),
    Fault("enable: false", ("disabled",), begin=enable(False), end=enable(True)),
    Fault("deactivation", begin=deactivate, end=activate, says="inactive"),
    Fault(
        "the process held for 1 s",
        ("stale", "clock_stalled"),
        begin=lambda flight: flight.hold_still(1.0),
        outcome="either",
    ),
    Fault("joints in another order", spoil=reordered((3, 1, 0, 2)), outcome="drives"),
    Fault("another order in every message", spoil=shuffled, outcome="drives"),
    Fault("further joints, one NaN", spoil=joints(spoils.further_joints), outcome="drives"),
    Fault("stamps left at zero", spoil=spoils.changed(unstamp, *BOTH), outcome="drives"),
    Fault("messages overtaken", spoil=spoils.overtaken, outcome="drives", seconds=0.5),
    Fault("half of the messages lost", spoil=spoils.dropped(0.5), outcome="drives", seconds=0.5),
    Fault("every message five times", spoil=spoils.repeated_at_once(5), outcome="drives"),
    Fault("orientation of length 2", spoil=imu(stretch), outcome="drives"),
    Fault("values frozen, unless told", spoil=spoils.frozen(*BOTH), outcome="drives"),
    Fault("values far out of range", ("far_out_of_range",), put("position", 500.0)),
    Fault("values out of range, unless told", spoil=put("position", 2.8), outcome="drives"),
    Fault(
        "the policy file deleted",
        begin=lambda flight: flight.policy.unlink(),
        end=lambda flight: put_policy(flight, "good.onnx"),
        outcome="drives",
    ),
    Fault(
        "~/reload without a policy file",
        begin=lambda flight: (flight.policy.unlink(), refuse(flight, "cannot be read"))[1],
        end=lambda flight: put_policy(flight, "good.onnx"),
        outcome="drives",
    ),
    Fault(
        "~/reload of a damaged file",
        begin=reload("damaged.onnx", "digest"),
        end=lambda flight: put_policy(flight, "good.onnx"),
        outcome="drives",
    ),
    Fault(
        "~/reload of another contract",
        begin=reload("other_contract.onnx", "contract"),
        end=lambda flight: put_policy(flight, "good.onnx"),
        outcome="drives",
    ),
    Fault(
        "~/reload of other weights",
        begin=reload("other_weights.onnx"),
        end=reload("good.onnx"),
        outcome="drives",
    ),
    Fault("a wrong lifecycle transition", begin=ask_for_wrong_transition, outcome="drives"),
    Fault(
        "another publisher of commands",
        begin=rival,
        end=no_rival,
        outcome="drives",
        says="others command the robot too",
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
        together(spoils.changed(unstamp, *BOTH), spoils.delayed(0.3)),
        seconds=0.5,
    ),
    Fault(
        "half lost + another order",
        spoil=together(spoils.dropped(0.5), shuffled),
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
    Fault("emergency stop while silent", (*STALE, *ESTOP), SILENCE, when_safe(estop), reset),
    Fault(
        "enable: false while silent",
        ("stale", "disabled"),
        SILENCE,
        when_safe(enable(False)),
        enable(True),
    ),
    Fault("deactivation while silent", STALE, SILENCE, when_safe(deactivate), activate),
    Fault(
        "emergency stop + NaN",
        (*NON_FINITE, *ESTOP),
        together(put("position", math.nan), lambda: spoils.stop_button),
        end=reset,
    ),
    Fault(
        "~/reload of other weights while silent",
        STALE,
        SILENCE,
        when_safe(reload("other_weights.onnx")),
        reload("good.onnx"),
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
        "SIGTERM while silent", STALE, SILENCE, when_safe(Flight.end_process), Flight.start_again
    ),
    Fault(
        "SIGTERM during an emergency stop",
        ESTOP,
        lambda: spoils.stop_button,
        when_safe(Flight.end_process),
        Flight.start_again,
    ),
)
"""With every parameter at its default."""

CAREFUL = (
    Fault("values frozen", ("frozen",), spoils.frozen(*BOTH), within=1.0),
    Fault("the IMU's values frozen", ("frozen",), spoils.frozen("imu"), within=1.0),
    Fault("values out of range", ("out_of_range",), put("position", 2.8)),
    Fault("the robot tilted by 1 rad", ("tilt",), turn(math.sin(0.5), math.cos(0.5)), end=reset),
    Fault("a position beyond its limit", ("position",), put("position", 3.5), end=reset),
    Fault(
        "tilted, then silence",
        ("tilt", "stale"),
        then(turn(1.0, 0.0), 0.2, SILENCE),
        end=reset,
        seconds=0.5,
    ),
    Fault(
        "tilted + frozen joints",
        ("tilt", "frozen"),
        together(turn(1.0, 0.0), spoils.frozen("joint_states")),
        end=reset,
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
        pause(True),
        pause(False),
        within=1.0,
    ),
    Fault("time set forward by 10 s", STALE, begin=jump(10.0), outcome="either"),
    Fault("time set back by 5 s", STALE, begin=jump(-5.0), outcome="either"),
    Fault("silence, by simulated time", STALE, SILENCE),
    Fault(
        "/clock stalled + emergency stop",
        (*STALLED, *ESTOP),
        together(silence("/clock"), lambda: spoils.stop_button),
        end=reset,
        within=1.0,
    ),
    Fault("/clock stalled + silence", (*STALLED, *STALE), silence("/clock", *BOTH), within=1.0),
    Fault("time set back by 5 s + silence of the IMU", STALE, silence("imu"), jump(-5.0)),
    Fault(
        "/clock stalled, then deactivation",
        STALLED,
        silence("/clock"),
        when_safe(deactivate),
        activate,
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
    Fault("emergency stop by service", ESTOP, begin=estop, end=reset),
    Fault("enable: false", ("disabled",), begin=enable(False), end=enable(True)),
    Fault("SIGTERM", begin=Flight.end_process, end=Flight.start_again),
)
