"""One turn of ``control_latency``: the sensor publisher that times the commands it gets back.

``python -m benchmarks.latency_probe PID RATE SECONDS WARM_UP DRIFT`` measures the controller that
runs as process PID and prints a JSON object.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from typing import Any

import numpy as np
import rclpy

from benchmarks.arm import Arm, Commands, decode
from benchmarks.measured_process import cpu_seconds, resident_mib
from benchmarks.quiet import machine_seconds

_START_SECONDS = 30.0


def main() -> int:
    """Wait until the policy drives, warm up, measure."""
    pid = int(sys.argv[1])
    rate, seconds, warm_up, drift = map(float, sys.argv[2:])
    rclpy.init()
    arm = Arm(rclpy.create_node("sensor"))
    gc.freeze()
    gc.disable()
    commands = arm.run(1 / rate, _START_SECONDS, until=arm.is_driven)
    if not arm.is_driven(commands):
        print(f"no command of the policy within {_START_SECONDS:g} s", file=sys.stderr)
        return 1
    arm.run(1 / rate, warm_up)
    json.dump(_measure(arm, pid, rate, seconds, drift), sys.stdout)
    rclpy.shutdown()
    return 0


def _measure(arm: Arm, pid: int, rate: float, seconds: float, drift: float) -> dict[str, Any]:
    """As the clocks of a robot and its controller drift, so does the sensor's phase here."""
    period = (1 - drift / (rate * seconds)) / rate
    arm.lateness.clear()
    before = (*machine_seconds(), cpu_seconds(pid), time.process_time())
    begin = time.monotonic()
    commands = arm.run(period, seconds)
    elapsed = time.monotonic() - begin
    after = (*machine_seconds(), cpu_seconds(pid), time.process_time())
    busy, stolen, cpu, own = ((b - a) / elapsed for a, b in zip(before, after, strict=True))
    arrivals = np.array([arrival for arrival, _ in commands], dtype=np.int64)
    latencies = _latencies(arm, commands)
    return {
        "latencies_us": [round(latency / 1000, 1) for latency in latencies],
        "gaps_us": (np.diff(arrivals) / 1000).round(1).tolist(),
        "unmatched": len(commands) - len(latencies),
        "cpu": cpu,
        "resident_mib": resident_mib(pid),
        "sensor_late_p99_us": 1e6 * float(np.percentile(arm.lateness, 99)),
        "sensor_late_max_us": 1e6 * max(arm.lateness),
        "others_cpu": max(0.0, busy - cpu - own),
        "stolen_cpu": stolen,
        "seconds": elapsed,
        "transport": os.environ.get("FASTDDS_BUILTIN_TRANSPORTS", "DEFAULT"),
    }


def _latencies(arm: Arm, commands: Commands) -> list[int]:
    """Arrival of each command after the publication of the sample it was computed from [ns]."""
    newest = np.searchsorted(arm.sent, [arrival for arrival, _ in commands]) - 1
    latencies = []
    for (arrival, command), latest in zip(commands, newest.tolist(), strict=True):
        number = decode(command, latest)
        if number is not None:
            latencies.append(arrival - arm.sent[number])
    return latencies


if __name__ == "__main__":
    sys.exit(main())
