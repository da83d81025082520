"""A node that is slow to start, or hangs, for tests of who ends it then."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from rclpy.node import Node

from ddpg_ros.ros.spin import run_node


class Odd(Node):
    """It says where it is by a file of that name."""

    def __init__(self) -> None:
        super().__init__("odd")
        self.at("starting")
        if "starts slowly" in sys.argv:
            time.sleep(1.0)
        if "hangs at start" in sys.argv:
            time.sleep(3600.0)
        self.create_timer(0.05, self._work)

    def _work(self) -> None:
        self.at("working")
        if "hangs" in sys.argv:
            time.sleep(3600.0)

    def at(self, place: str) -> None:
        Path(place).touch()

    def finished(self) -> bool:
        return False

    def last_word(self) -> None:
        self.at("ended")


def fail(node: Odd, insists: bool) -> bool:
    node.at("asked")
    raise RuntimeError("no last word")


def say(node: Odd, insists: bool) -> bool:
    node.at("asked")
    return True


LAST_RESORTS = {"last word fails": fail, "last word": say}

if __name__ == "__main__":
    given = [LAST_RESORTS[word] for word in sys.argv if word in LAST_RESORTS]
    sys.exit(run_node("odd", Odd, ["odd"], *given))
