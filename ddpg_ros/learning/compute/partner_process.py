"""The process beside a training: the same networks over the same memory, for the actor's share."""

from __future__ import annotations

import pickle
import sys

import torch

from ddpg_ros.learning.compute.allocation import keep_freed_memory
from ddpg_ros.learning.compute.partner import Alone, SharedMemory, serve
from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.ddpg import Ddpg


class _Worker(Alone):
    """The worker's view of the memory: it looks at the vectors and leaves them as they are."""

    def __init__(self, memory: SharedMemory) -> None:
        super().__init__(torch.device("cpu"))
        self.allocate = memory.allocate  # type: ignore[method-assign]


def main() -> None:
    """Build the networks where the parent will find them, then do what it orders."""
    sizes, values, threads, parent = pickle.load(sys.stdin.buffer)
    torch.set_num_threads(threads)
    keep_freed_memory()
    config = DdpgConfig.from_dict(values)
    memory = SharedMemory(int(sys.argv[1]))
    worker = _Worker(memory)
    Ddpg(sizes[0], sizes[1], config, partner=worker)
    serve(memory, worker.tasks, parent)


if __name__ == "__main__":
    main()
