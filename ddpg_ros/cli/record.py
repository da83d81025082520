"""``ddpg-ros record``: what a controller reads, decides and says, as an MCAP file."""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path
from typing import Any

from ddpg_ros.cli.nodes import missing_package_told
from ddpg_ros.errors import ConfigError


def add(verbs: Any) -> None:
    """Add the verb to the command line."""
    text = "record what a controller reads, decides and says to an MCAP file (until Ctrl-C)"
    parser = verbs.add_parser("record", help=text, description=text)
    parser.add_argument(
        "policy", nargs="?", default="", help="policy.onnx: record what its controller deals with"
    )
    parser.add_argument(
        "--topics", nargs="+", default=[], metavar="TOPIC", help="topics to record (as well)"
    )
    parser.add_argument(
        "-o", "--output", default="", help="file to make (recording-DATE-TIME.mcap)"
    )
    parser.add_argument(
        "--controller",
        default="ddpg_controller",
        metavar="NAME",
        help="the controller's node, if it is renamed (ddpg_controller)",
    )
    parser.add_argument(
        "--seconds",
        type=float,
        default=0.0,
        help="how long to record after the first message (0: until Ctrl-C)",
    )
    parser.add_argument(
        "--ros-args",
        nargs=argparse.REMAINDER,
        default=[],
        metavar="ARG",
        help="at the end: a namespace (-r __ns:=/rover), remappings (-r odom:=base/odom)",
    )
    parser.set_defaults(run_verb=_record)


def _record(options: argparse.Namespace) -> int:
    if not (math.isfinite(options.seconds) and options.seconds >= 0):
        raise ConfigError(f"--seconds: expected 0 or more, got {options.seconds:g}.")
    topics = [*_topics_of_policy(options), *options.topics]
    if not topics:
        raise ConfigError("nothing to record: name a policy.onnx, or --topics /a /b.")
    output = options.output or time.strftime("recording-%Y%m%d-%H%M%S.mcap")
    with missing_package_told():
        from ddpg_ros.ros.recorder_node import record
    return record(Path(output).expanduser(), topics, options.seconds, options.ros_args)


def _topics_of_policy(options: argparse.Namespace) -> list[str]:
    if not options.policy:
        return []
    from ddpg_ros.deploy import OnnxPolicy
    from ddpg_ros.deploy.recorded_topics import topics_of

    return topics_of(OnnxPolicy.load(options.policy).contract, options.controller)
