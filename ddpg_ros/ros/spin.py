"""From ``main`` to exit code: context, signals, executor, last word."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any, Protocol

import rclpy
from rclpy.exceptions import ParameterException
from rclpy.executors import Executor, SingleThreadedExecutor
from rclpy.task import Future

from ddpg_ros.errors import USER_ERROR, DdpgRosError, one_line
from ddpg_ros.ros.bystander import Bystander
from ddpg_ros.ros.parameter_files import check_parameter_files
from ddpg_ros.ros.starting import start_ros

_LOOK_SECONDS = 0.5
"""From one look whether a node has finished to the next; each leaves 32 bytes in rclpy for ever."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)

try:
    from rclpy._rclpy_pybind11 import RCLError
except ImportError:  # pragma: no cover
    RCLError = RuntimeError


class Runnable(Protocol):
    """What a node offers besides being a node."""

    def finished(self) -> bool:
        """Whether the node has nothing more to do."""

    def last_word(self) -> None:
        """Called once before the node goes, whatever the reason."""


class StopSignals:
    """Calls ``on_signal`` at every signal that asks a process to end."""

    def __init__(self, on_signal: Callable[[], None]) -> None:
        self._on_signal = on_signal
        for number in _SIGNALS:
            signal.signal(number, self._receive)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        self._on_signal()

    @staticmethod
    def ignore() -> None:
        """From here on the process is ending; a second signal must not disturb that."""
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)


@dataclass
class ExitCode:
    """What the process will tell its parent."""

    code: int = 0


@contextmanager
def user_errors(name: str) -> Iterator[ExitCode]:
    """Turn an error the user can mend into a sentence on stderr and exit code 2."""
    exit_code = ExitCode()
    try:
        yield exit_code
    except (DdpgRosError, ParameterException, RCLError) as error:
        print(f"{name}: {one_line(error)}", file=sys.stderr, flush=True)
        exit_code.code = USER_ERROR


def make_executor() -> Executor:
    """The events executor where rclpy has it (Jazzy 7.1.4 on), else the single-threaded one."""
    try:
        from rclpy.experimental import EventsExecutor
    except ImportError:
        return SingleThreadedExecutor()
    executor: Executor = EventsExecutor()
    return executor


def spin_for(executor: Executor, timeout: float, over: Future | None = None) -> None:
    """Serve callbacks for ``timeout`` [s], or until ``over``; works on every executor and rclpy."""
    try:
        executor.spin_until_future_complete(over or Future(), timeout_sec=timeout)
    except RCLError as error:
        # rclpy#1209: an invalid lifecycle transition raises out of the executor.
        rclpy.logging.get_logger("ddpg_ros").warning(f"refused: {error}")


def run_node(
    name: str,
    make_node: Callable[[], Any],
    args: Sequence[str] | None,
    last_resort: Callable[[Any, bool], bool] | None = None,
) -> int:
    """Run a node until it has finished or a signal comes.

    Args:
        name: What error messages begin with.
        make_node: Builds the node, a :class:`Runnable`.
        args: Command line with ROS arguments; that of the process if None.
        last_resort: Called from another thread, with the node and whether signals insist, while
            the main thread does not act on them; whether the process shall be ended. It is where
            they insist if None.

    Returns:
        Exit code: 0, or 2 after an error the user can mend, told in a sentence.
    """
    stopped, over = False, Future()
    node: Any = None
    served: Any = None
    executor: Executor | None = None

    def stop() -> None:
        nonlocal stopped
        stopped = True
        over.set_result(None)

    def look(insists: bool) -> bool:
        if served is None or last_resort is None:
            return insists
        return last_resort(served, insists)

    bystander = Bystander(_SIGNALS, stop, look)
    with user_errors(name) as outcome:
        try:
            check_parameter_files(name, sys.argv if args is None else args)
            start_ros(args)
            node = make_node()
            executor = make_executor()
            executor.add_node(node)
            while not node.finished():
                over = Future()
                if stopped:  # asked before there was this one to be told by
                    break
                served = node
                spin_for(executor, _LOOK_SECONDS, over)
        finally:
            bystander.dismiss()
            StopSignals.ignore()
            _leave(node, executor)
    return outcome.code


def _leave(node: Any, executor: Executor | None) -> None:
    if node is not None:
        node.last_word()
    if executor is not None:
        executor.shutdown()
    if node is not None:
        node.destroy_node()
    rclpy.try_shutdown()
