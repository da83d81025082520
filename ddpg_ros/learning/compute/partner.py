"""Who does the actor's share of an update: this process, or one beside it over the same memory.

Threads would share the interpreter's lock, which at half a millisecond a share costs more than a
quarter of what the second core gains.
"""

from __future__ import annotations

import mmap
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

from ddpg_ros.errors import PartnerLost
from ddpg_ros.learning.compute.allocation import keep_freed_memory
from ddpg_ros.learning.compute.precision import can_share_memory, update_cores
from ddpg_ros.learning.config import DdpgConfig

Task = Callable[[], None]

READY = 1
"""Number of the task of getting ready."""

_RESERVED = 1 << 32
"""Bytes of address space; memory is taken as it is written to."""

_LINE = 64
"""Bytes of a cache line. Each flag has one of its own."""

_HEAD = 4 * _LINE
_BEGUN, _TASKS, _DONE, _LAYOUT = (place * _LINE // 8 for place in range(4))
_QUEUE = 8
"""Most tasks begun and not yet done."""

_OVER = object()

_SPIN_SECONDS = 2e-3
_NAP_SECONDS = 2e-4
_POLL_SECONDS = 0.5


class Alone:
    """Nobody beside: tasks are done here, when their end is waited for.

    Args:
        device: Where vectors are allocated.

    Attributes:
        tasks: What can be begun.
        meanwhile: Work in pieces, for this process to do where it would wait.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self.tasks: list[Task] = []
        self.meanwhile: Iterator[None] = iter(())
        self._begun: list[Task] = []
        self._done = 0

    def allocate(self, size: int, dtype: torch.dtype) -> Tensor:
        """A vector of zeros that both sides see."""
        return torch.zeros(size, dtype=dtype, device=self._device)

    def begin(self, task: Task) -> int:
        """Have ``task`` done after those begun before; its number."""
        self._begun.append(task)
        return self._done + len(self._begun)

    def finish(self, number: int) -> None:
        """Return when the task of that number is done."""
        while self._done < number:
            self._begun.pop(0)()
            self._done += 1

    def side_by_side(self, tasks: Sequence[Task]) -> None:
        """Do the first of ``tasks`` here, and those after it beside."""
        numbers = [self.begin(task) for task in tasks[1:]]
        tasks[0]()
        for number in numbers:
            self.finish(number)

    def close(self) -> None:
        """End the other process, if there is one."""


class SharedMemory:
    """Vectors laid out one after the other, alike in every process that asks in the same order.

    Args:
        file: Descriptor of an anonymous file.

    Attributes:
        flags: What the processes tell each other.
        used: Bytes laid out so far.
    """

    def __init__(self, file: int) -> None:
        self._memory = mmap.mmap(file, _RESERVED)
        self.used = _HEAD
        self.flags = memoryview(self._memory)[:_HEAD].cast("q")

    def allocate(self, size: int, dtype: torch.dtype) -> Tensor:
        """The next vector."""
        if size == 0:
            return torch.empty(0, dtype=dtype)
        vector = torch.frombuffer(self._memory, dtype=dtype, count=size, offset=self.used)
        self.used += -(-size * dtype.itemsize // _LINE) * _LINE
        return vector


class Partner(Alone):
    """A process that does the tasks while this one does its own share.

    Args:
        observation_size: n.
        action_size: m.
        config: The run's.
        threads: Threads torch computes with in the partner.
    """

    def __init__(
        self, observation_size: int, action_size: int, config: DdpgConfig, threads: int
    ) -> None:
        super().__init__(torch.device("cpu"))
        file = os.memfd_create("ddpg_ros")
        os.ftruncate(file, _RESERVED)
        self._memory = SharedMemory(file)
        self._flags = self._memory.flags
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ddpg_ros.learning.compute.partner_process", str(file)],
            stdin=subprocess.PIPE,
            pass_fds=(file,),
            start_new_session=True,
        )
        os.close(file)
        assert self._process.stdin is not None
        sizes = (observation_size, action_size)
        with self._process.stdin as stdin:
            pickle.dump((sizes, config.to_dict(), threads, os.getpid()), stdin)
        self.finish(READY)

    def allocate(self, size: int, dtype: torch.dtype) -> Tensor:
        return self._memory.allocate(size, dtype).zero_()

    def begin(self, task: Task) -> int:
        number = self._flags[_BEGUN] + 1
        if number == READY + 1 and self._flags[_LAYOUT] != self._memory.used:
            raise PartnerLost(
                "the process that learns the actor runs other code than this one: the package was "
                "changed while the training started. Start again."
            )
        self._flags[_TASKS + number % _QUEUE] = self.tasks.index(task)
        self._flags[_BEGUN] = number
        return number

    def finish(self, number: int) -> None:
        flags = self._flags
        while flags[_DONE] < number and next(self.meanwhile, _OVER) is not _OVER:
            pass
        if flags[_DONE] >= number:
            return
        deadline = time.monotonic() + _POLL_SECONDS
        while flags[_DONE] < number:
            os.sched_yield()
            if time.monotonic() > deadline:
                deadline += _POLL_SECONDS
                if self._process.poll() is not None:
                    raise PartnerLost(
                        "the process that learns the actor ended (exit code "
                        f"{self._process.returncode}); the last checkpoint is kept. Continue with "
                        "--resume; with threads=1 there is no such process."
                    )

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


def find_partner(
    observation_size: int, action_size: int, config: DdpgConfig, device: torch.device
) -> Alone:
    """A partner where a second core gains by it, and torch set to the threads that leaves."""
    keep_freed_memory()
    cores = update_cores(config, device)
    if cores == 1 or not can_share_memory():
        torch.set_num_threads(cores)
        return Alone(device)
    torch.set_num_threads(cores // 2)
    return Partner(observation_size, action_size, config, cores // 2)


def serve(memory: SharedMemory, tasks: list[Task], parent: int) -> None:
    """Say that the memory may be written to, and do what is begun until ``parent`` is gone."""
    flags = memory.flags
    flags[_LAYOUT] = memory.used
    done = flags[_BEGUN] = flags[_DONE] = READY
    while _await_task(flags, done, parent):
        done += 1
        tasks[flags[_TASKS + done % _QUEUE]]()
        flags[_DONE] = done


def _await_task(flags: memoryview, done: int, parent: int) -> bool:
    """Look often at first, then now and then; False once the parent is gone."""
    napping_from = time.monotonic() + _SPIN_SECONDS
    while flags[_BEGUN] == done:
        os.sched_yield()
        if time.monotonic() > napping_from:
            if os.getppid() != parent:
                return False
            time.sleep(_NAP_SECONDS)
    return True
