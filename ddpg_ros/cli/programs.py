"""The executables: ``ddpg-ros VERB``, and ``ros2 run ddpg_ros VERB``.

What a verb needs is imported where SIGINT ends the process at once. What Python would raise is lost
where it is raised in a callback of an import, and a controller would begin to drive all the same.
"""

from __future__ import annotations

import sys
from functools import partial

from ddpg_ros.cli.stopping import end_at_sigint

_NODES = ("controller", "world")


def ddpg_ros(*verb: str) -> int:
    """Run ``verb``, or the one on the command line; returns the exit code."""
    words = [*verb, *sys.argv[1:]]
    end_at_sigint(node=bool(words) and words[0] in _NODES)
    from ddpg_ros.cli.main import main

    return main(words)


def train() -> int:
    """Run ``ddpg_trainer``: under ROS, training is a node."""
    end_at_sigint(node=True)
    from ddpg_ros.ros.trainer_node import main

    return main()


controller = partial(ddpg_ros, "controller")
world = partial(ddpg_ros, "world")
evaluate = partial(ddpg_ros, "evaluate")
export = partial(ddpg_ros, "export")
report = partial(ddpg_ros, "report")
inspect = partial(ddpg_ros, "inspect")
check = partial(ddpg_ros, "check")
record = partial(ddpg_ros, "record")
replay = partial(ddpg_ros, "replay")
study = partial(ddpg_ros, "study")
demo = partial(ddpg_ros, "demo")
