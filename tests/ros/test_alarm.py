"""An alarm goes off when it was set to, the last time that it was."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ddpg_ros.ros.alarm import Alarm, _KernelAlarm, _WaitingAlarm, make_alarm

both = pytest.mark.parametrize("make", [_KernelAlarm, _WaitingAlarm])


@both
def test_it_goes_off_when_it_is_set_to(make: Callable[[], Alarm]) -> None:
    alarm, begun = make(), time.monotonic()
    alarm.set(begun + 0.1)
    alarm.wait()
    assert 0.1 <= time.monotonic() - begun < 5.0


@both
def test_a_time_that_has_passed_is_now(make: Callable[[], Alarm]) -> None:
    alarm = make()
    for at in (-float("inf"), 0.0, time.monotonic()):
        alarm.set(at)
        alarm.wait()


@both
def test_it_can_be_put_off_while_it_is_waited_for(make: Callable[[], Alarm]) -> None:
    alarm, ends, begun = make(), list[float](), time.monotonic()
    alarm.set(begun + 1.0)
    thread = threading.Thread(target=lambda: (alarm.wait(), ends.append(time.monotonic())))
    thread.start()
    for _ in range(4):
        time.sleep(0.05)
        alarm.set(time.monotonic() + 1.0)
    thread.join(10.0)
    assert ends[0] - begun >= 1.2


@both
def test_it_can_be_brought_forward_while_it_is_waited_for(make: Callable[[], Alarm]) -> None:
    alarm = make()
    alarm.set(time.monotonic() + 1000.0)
    thread = threading.Thread(target=alarm.wait, daemon=True)
    thread.start()
    time.sleep(0.05)
    alarm.set(time.monotonic())
    thread.join(10.0)
    assert not thread.is_alive()


def test_the_kernels_alarm_leaves_no_file_open() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    alarms = [_KernelAlarm() for _ in range(20)]
    assert len(list(Path("/proc/self/fd").iterdir())) == before + 20
    alarms.clear()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_where_the_system_has_none_python_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(make_alarm(), _KernelAlarm)

    def refuse(name: None, use_errno: bool) -> None:
        raise TypeError(f"{os.name}: no library is called {name}")

    monkeypatch.setattr("ctypes.CDLL", refuse)
    assert isinstance(make_alarm(), _WaitingAlarm)
