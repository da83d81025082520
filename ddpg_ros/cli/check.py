"""``ddpg-ros check``: hold a live robot against what a policy was trained on."""

from __future__ import annotations

import argparse
import math
from typing import Any

from ddpg_ros.cli.nodes import missing_package_told
from ddpg_ros.errors import ConfigError

_LONGEST = 3600.0


def add(verbs: Any) -> None:
    """Add the verb to the command line."""
    text = "listen to a robot, say what a policy would find strange (moves nothing)"
    parser = verbs.add_parser(
        "check", help=text, description=f"{text}. Exit code 1: something looks wrong."
    )
    parser.add_argument("policy", help="policy.onnx")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long to listen (5)")
    parser.add_argument(
        "--ros-args",
        nargs=argparse.REMAINDER,
        default=[],
        metavar="ARG",
        help="at the end: remappings (-r joint_states:=arm/joint_states), -p use_sim_time:=true",
    )
    parser.set_defaults(run_verb=_check)


def _check(options: argparse.Namespace) -> int:
    from ddpg_ros.deploy import OnnxPolicy

    if not (math.isfinite(options.seconds) and 0 < options.seconds <= _LONGEST):
        raise ConfigError(
            f"--seconds: expected more than 0, at most {_LONGEST:g}, got {options.seconds:g}."
        )
    policy = OnnxPolicy.load(options.policy)
    with missing_package_told():
        from ddpg_ros.ros.check_node import check
    return check(policy, options.seconds, options.ros_args)
