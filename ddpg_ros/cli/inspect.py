"""``ddpg-ros inspect``: prove a policy file and print what it says of itself."""

from __future__ import annotations

import argparse
import json
from typing import Any


def add(verbs: Any) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser("inspect", help="prove a policy file, print what it says of itself")
    parser.add_argument("policy", help="policy.onnx")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.set_defaults(run_verb=_inspect)


def _inspect(options: argparse.Namespace) -> int:
    from ddpg_ros.deploy import OnnxPolicy
    from ddpg_ros.deploy.inspection import as_dict, as_text

    policy = OnnxPolicy.load(options.policy)
    print(json.dumps(as_dict(policy), indent=2) if options.json else as_text(policy))
    return 0
