"""``ddpg-ros export``: export the best policy of a run again."""

from __future__ import annotations

import argparse
from typing import Any


def add(verbs: Any) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser("export", help="export the best policy of a run again")
    parser.add_argument("folder", metavar="RUN", help="folder of a run")
    parser.add_argument("--output", default="", help="file to write (RUN/policy.onnx)")
    parser.set_defaults(run_verb=_export)


def _export(options: argparse.Namespace) -> int:
    from ddpg_ros.deploy import OnnxPolicy
    from ddpg_ros.learning.remaking import export_run

    path = export_run(options.folder, options.output)
    OnnxPolicy.load(path)
    print(f"policy, proved: {path}")
    return 0
