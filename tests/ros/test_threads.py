"""Threads call until they are stopped, whatever happens in a call."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from ddpg_ros.ros.threads import Repeater

DEADLINE = 10.0


def never(error: Exception) -> None:
    raise AssertionError(error)


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_it_calls_when_it_was_told_to() -> None:
    times: list[float] = []

    def call() -> float:
        times.append(time.monotonic())
        return times[0] + 0.05 * len(times)

    repeater = Repeater("test", call, never)
    repeater.start()
    until(lambda: len(times) == 5)
    repeater.stop()
    assert times[4] - times[0] >= 0.2
    count = len(times)
    time.sleep(0.1)
    assert len(times) == count


def test_a_call_that_is_put_off_does_not_come() -> None:
    times: list[float] = []

    def call() -> float:
        times.append(time.monotonic())
        return times[-1] + 1.0

    repeater = Repeater("test", call, never)
    repeater.start()
    until(lambda: times)
    for _ in range(20):
        repeater.put_off(time.monotonic() + 1.0)
        time.sleep(0.02)
    assert len(times) == 1
    until(lambda: len(times) == 2)
    repeater.stop()


def test_what_a_call_raises_is_reported_and_it_calls_again() -> None:
    reported: list[Exception] = []
    calls: list[int] = []

    def call() -> float:
        calls.append(1)
        raise ZeroDivisionError(len(calls))

    repeater = Repeater("test", call, reported.append)
    repeater.start()
    until(lambda: len(reported) == 3)
    repeater.stop()
    assert [type(error) for error in reported] == [ZeroDivisionError] * len(calls)


def test_it_can_be_stopped_from_its_own_thread() -> None:
    stopped = threading.Event()

    def call() -> float:
        repeater.stop()
        stopped.set()
        return 0.0

    repeater = Repeater("test", call, never)
    repeater.start()
    assert stopped.wait(DEADLINE)
    until(lambda: not repeater._thread.is_alive())


def test_it_can_be_stopped_twice_and_before_it_began() -> None:
    repeater = Repeater("test", lambda: time.monotonic() + 1.0, never)
    repeater.stop()
    repeater.stop()
    repeater.start()
    repeater.stop()
    assert not repeater._thread.is_alive()
