"""``ddpg-ros replay``: a recorded flight, and where a policy would have acted otherwise."""

from __future__ import annotations

import argparse
import json
from typing import Any

from ddpg_ros.errors import PolicyFileError

_DIFFERS = 1


def add(verbs: Any) -> None:
    """Add the verb to the command line."""
    text = "ask a policy again what a recorded one was asked, say where it wants something else"
    parser = verbs.add_parser(
        "replay", help=text, description=f"{text}. Exit code 1: some action differs."
    )
    parser.add_argument("recording", help="run.mcap, or the folder that ros2 bag made")
    parser.add_argument("policy", help="policy.onnx")
    parser.add_argument(
        "--controller", default="", help="its full name, where several were recorded"
    )
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.set_defaults(run_verb=_replay)


def _replay(options: argparse.Namespace) -> int:
    from ddpg_ros.deploy import OnnxPolicy
    from ddpg_ros.deploy.recording import read_recording
    from ddpg_ros.deploy.replay import replay
    from ddpg_ros.deploy.replay_fit import check_fit
    from ddpg_ros.deploy.replay_report import as_dict, as_text

    if options.recording.endswith(".onnx"):
        raise PolicyFileError(
            f"{options.recording}: is a policy where the recording is expected. The order is: "
            "ddpg-ros replay run.mcap policy.onnx"
        )
    policy = OnnxPolicy.load(options.policy)
    recording = read_recording(options.recording, options.controller)
    for flown in recording.policies.values():
        try:
            check_fit(policy.contract, flown)
        except PolicyFileError as error:
            raise PolicyFileError(f"{error} {recording.several}".rstrip()) from None
    result = replay(policy, recording.ticks.pairs, recording.start)
    if options.json:
        print(json.dumps(as_dict(recording, policy, result), indent=2))
    else:
        print(as_text(recording, policy, result))
    return 0 if result.equal else _DIFFERS
