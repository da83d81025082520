"""Processes that train, several at once, each on one core."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

from ddpg_ros.errors import DdpgRosError
from ddpg_ros.learning.stop_request import StopRequest
from ddpg_ros.learning.study.outcome import Outcome
from ddpg_ros.learning.study.results import Results
from ddpg_ros.learning.study.training import Training
from ddpg_ros.plugin import told

_POLL_SECONDS = 0.25
_GRACE_SECONDS = 3.0
"""How long processes may take to end; then they are killed."""


@dataclass(frozen=True)
class Finished:
    """A training that came to its end; what it left is kept in its file already."""

    training: Training
    outcome: Outcome


class Processes:
    """Trains in processes of its own, and keeps what each training left.

    A process ends at its next step when it is asked to, and when this process is gone.

    Args:
        results: Where outcomes are kept.
        jobs: How many train at once.
    """

    def __init__(self, results: Results, jobs: int) -> None:
        self._results, self._jobs = results, jobs
        context = multiprocessing.get_context("spawn")
        self._context: Any = context
        # Without a lock, which a signal might find taken.
        self._stop = context.RawValue("b", 0)
        self._steps = context.RawArray("q", jobs)

    def stop(self) -> None:
        """Have every training end at its next step; may be called by a signal handler."""
        self._stop.value = 1

    @property
    def stopped(self) -> bool:
        """Whether they were asked to end."""
        return bool(self._stop.value)

    @property
    def steps(self) -> int:
        """Steps of the trainings that run now."""
        return sum(self._steps)

    def train(self, trainings: Iterable[Training]) -> Generator[Finished | None, None, None]:
        """Each training as it comes to its end, and None now and then in between.

        Raises:
            DdpgRosError: A training cannot be run, or a process died.
        """
        waiting = deque(trainings)
        workers = [_Worker(self, place) for place in range(min(self._jobs, len(waiting)))]
        try:
            for worker in workers:
                worker.take(waiting)
            while not self.stopped and any(worker.training for worker in workers):
                ready = wait([w.connection for w in workers if w.training], _POLL_SECONDS)
                for worker in workers:
                    if worker.connection in ready:
                        yield worker.finished()
                        worker.take(waiting)
                yield None
        finally:
            self.stop()
            _end(workers)

    def start(self, place: int, connection: Connection) -> Any:
        """A process that does what comes through ``connection``."""
        arguments = (connection, self._results, self._stop, self._steps, place, os.getpid())
        process = self._context.Process(target=_work, args=arguments, daemon=True)
        with _signals_ignored():  # by the process that starts here, for all its life
            process.start()
        return process


class _Worker:
    """A process, and the training that it runs."""

    def __init__(self, processes: Processes, place: int) -> None:
        self.connection, theirs = multiprocessing.Pipe()
        self.process = processes.start(place, theirs)
        theirs.close()
        self.training: Training | None = None

    def take(self, waiting: deque[Training]) -> None:
        """Begin with the next, if there is one."""
        self.training = waiting.popleft() if waiting else None
        if self.training is not None:
            self.connection.send(self.training)

    def finished(self) -> Finished | None:
        """What became of the training; None if it was stopped."""
        assert self.training is not None
        what = f"'{self.training.variant}', seed {self.training.config.seed}"
        try:
            said = self.connection.recv()
        except (EOFError, ConnectionResetError):
            self.process.join(_GRACE_SECONDS)
            raise DdpgRosError(
                f"{what}: its process died (exit code {self.process.exitcode}), perhaps for want "
                "of memory. What is finished is kept. Go on with fewer --jobs."
            ) from None
        if isinstance(said, str):
            raise DdpgRosError(f"{what}: {said}")
        return None if said is None else Finished(self.training, said)


class _Request(StopRequest):
    """Looks at the memory shared with the process that started this one, and for that process."""

    def __init__(self, stop: Any, parent: int) -> None:
        super().__init__()
        self._shared, self._parent = stop, parent

    def requested(self) -> bool:
        return bool(self._shared.value) or os.getppid() != self._parent


def _work(
    connection: Connection, results: Results, stop: Any, steps: Any, place: int, parent: int
) -> None:
    """Run what comes, until nothing will."""
    request = _Request(stop, parent)

    def tell(step: int) -> None:
        steps[place] = step

    try:
        while not request.requested():
            training: Training = connection.recv()
            said: Outcome | str | None
            try:
                said = training.run(request, tell)
                if said is not None:
                    results.save(training, said)
            except DdpgRosError as error:
                said = str(error)
            except Exception as error:  # whatever a user's world raises
                said = told(error)
            steps[place] = 0
            connection.send(said)
    except (EOFError, OSError):  # nobody is there any more
        return


@contextmanager
def _signals_ignored() -> Iterator[None]:
    before = {n: signal.signal(n, signal.SIG_IGN) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)


def _end(workers: list[_Worker]) -> None:
    deadline = time.monotonic() + _GRACE_SECONDS
    for worker in workers:
        worker.connection.close()
    for worker in workers:
        worker.process.join(max(0.0, deadline - time.monotonic()))
        if worker.process.exitcode is None:
            worker.process.kill()
            worker.process.join()
