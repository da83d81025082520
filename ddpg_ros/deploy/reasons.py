"""Why a command is what it is: the words of logs, diagnostics and tests.

Those of the assembler, ``missing``, ``stale`` and so on, are beside it.
"""

from __future__ import annotations

OK = "ok"
"""The policy drives."""
DEGRADED = "degraded"
"""The policy drives, its command nearer to the safe one."""
STARTING = "starting"
RECOVERING = "recovering"
DISABLED = "disabled"
STOPPED = "stopped"
ERROR = "error"
CLOCK_STALLED = "clock_stalled"
ESTOP = "emergency_stop"
NON_FINITE_ACTION = "non_finite_action"
OUT_OF_RANGE = "out_of_range"
FAR_OUT_OF_RANGE = "far_out_of_range"
BEYOND_LIMITS = "beyond_limits"
FROZEN = "frozen"
SATURATED = "saturated"
MISSED_DEADLINE = "missed_deadline"
SECOND_PUBLISHER = "second_publisher"
TILT = "tilt"
POSITION = "position"
