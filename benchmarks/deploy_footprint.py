"""Memory and start-up of the controller's process, beside a bare node with onnxruntime.

Ready means that the first command has arrived at a subscriber, over DDS, from a process that was
started while joint states were already being published.
"""

from __future__ import annotations

import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import rclpy
from rclpy.executors import SingleThreadedExecutor
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64MultiArray

from benchmarks.measured_process import own_domain
from benchmarks.policies import write_pendulum_policy

_REPEATS = 5
_SETTLE_SECONDS = 3.0


def measure() -> dict[str, Any]:
    """Start both in turn; medians of resident memory [MiB] and time to the first command [s]."""
    own_domain()
    folder = Path(tempfile.mkdtemp())
    policy = write_pendulum_policy(folder / "policy.onnx")
    controller = [sys.executable, "-m", "ddpg_ros.cli", "controller", "--ros-args"]
    commands = {
        "bare node": [sys.executable, str(Path(__file__).with_name("bare_node.py")), str(policy)],
        "ddpg_controller": [*controller, "-p", f"policy:={policy}"],
    }
    rclpy.init()
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(_REPEATS):
        for name, command in commands.items():
            seen[name].append(_start(command))
    rclpy.shutdown()
    figures = {}
    for name, pairs in seen.items():
        memory, ready = (statistics.median(column) for column in zip(*pairs, strict=True))
        figures[name] = {"resident_mib": round(memory, 1), "ready_seconds": round(ready, 3)}
        print(f"{name:>16}: {memory:.1f} MiB, first command after {ready:.2f} s")
    return {"repeats": _REPEATS, **figures}


def _start(command: list[str]) -> tuple[float, float]:
    node = rclpy.create_node("sensor")
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    heard: list[Float64MultiArray] = []
    states = node.create_publisher(JointState, "joint_states", 1)
    state = JointState(name=["hinge"], position=[0.1], velocity=[0.0])
    node.create_timer(0.005, lambda: states.publish(state))
    node.create_subscription(Float64MultiArray, "commands", heard.append, 1)
    started = time.monotonic()
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        while not heard:
            executor.spin_once(timeout_sec=0.01)
        ready = time.monotonic() - started
        while time.monotonic() < started + _SETTLE_SECONDS:
            executor.spin_once(timeout_sec=0.01)
        status = Path(f"/proc/{process.pid}/status").read_text()
        process.send_signal(signal.SIGINT)
    executor.shutdown()
    node.destroy_node()
    kibibytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return int(kibibytes) / 1024, ready
