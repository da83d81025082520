"""A second subscriber to the commands, in a process of its own, that remembers the last one.

Each line on its input is answered with a JSON object about the commands since the line before.
"""

from __future__ import annotations

import json
import select
import sys
import time

import rclpy

from benchmarks.arm import CommandReceiver
from benchmarks.last_command import LastCommand


def main() -> None:
    """Listen until the input ends."""
    rclpy.init()
    receiver, seen = CommandReceiver(rclpy.create_node("listener")), LastCommand()
    while True:
        seen.see(receiver.take())
        if not select.select([sys.stdin], [], [], 0.01)[0]:
            continue
        if not sys.stdin.readline():
            break
        time.sleep(0.05)
        seen.see(receiver.take())
        print(json.dumps(seen.tell()), flush=True)
    rclpy.shutdown()


if __name__ == "__main__":
    main()
