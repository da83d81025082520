"""Parses the command line and runs one verb."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import ddpg_ros
from ddpg_ros.cli import (
    check,
    demo,
    evaluate,
    export,
    inspect,
    nodes,
    record,
    replay,
    report,
    study,
    train,
)
from ddpg_ros.cli.stopping import interrupt_at_sigint
from ddpg_ros.errors import STOPPED, USER_ERROR, DdpgRosError
from ddpg_ros.plugin import fault_in_users_code

_EXTRAS = {"mcap": "record", "mcap_ros2": "record"}
"""Of ddpg_ros, by what they bring; the others come with train."""

_OF_ROS = ("-p", "-r", "--param", "--remap", "--params-file")


class _Parser(argparse.ArgumentParser):
    """Says what is wrong first, and how to get help; takes no abbreviated flags."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"allow_abbrev": False, **options})

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        options, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}{self._meant(unknown[0])}")
        return options, unknown

    def _meant(self, unknown: str) -> str:
        if unknown in _OF_ROS or ":=" in unknown:
            return " (what is meant for ROS follows --ros-args)"
        flag, _, _ = unknown.partition("=")
        close = difflib.get_close_matches(flag, self._option_string_actions, n=1)
        return f" (did you mean {close[0]}?)" if close else ""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message}. See '{self.prog} --help'.", file=sys.stderr)
        sys.exit(USER_ERROR)


class _Version(argparse.Action):
    """Looks the version up where it is asked for."""

    def __init__(self, option_strings: list[str], dest: str, **options: Any) -> None:
        super().__init__(option_strings, dest, nargs=0, **options)

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        try:
            print(f"ddpg_ros {ddpg_ros.__version__}")
        except ModuleNotFoundError:
            print("ddpg_ros, not installed")
        parser.exit()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a verb; returns the exit code, 2 for an error the user can mend."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    asks_for_help = not {"-h", "--help"}.isdisjoint(given)
    if given and given[0] in nodes.NODES and not asks_for_help:
        return nodes.run(given[0], given[1:])
    interrupt_at_sigint()
    options = _parser().parse_args(given)
    try:
        code: int = options.run_verb(options)
        sys.stdout.flush()
    except DdpgRosError as error:
        print(f"ddpg-ros {options.verb}: {error}", file=sys.stderr)
        return USER_ERROR
    except ModuleNotFoundError as error:
        extra = _EXTRAS.get(error.name or "", "train")
        print(
            f"ddpg-ros {options.verb}: needs the Python package {error.name}, which is not "
            f"installed. Install ddpg_ros with its extra: pip install 'ddpg_ros[{extra}]'.",
            file=sys.stderr,
        )
        return USER_ERROR
    except KeyboardInterrupt:
        return STOPPED
    except BrokenPipeError:  # 'ddpg-ros inspect ... | head' has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if fault := fault_in_users_code(error):
            print(f"ddpg-ros {options.verb}: {fault}", file=sys.stderr)
            return USER_ERROR
        raise
    return code


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="ddpg-ros", description="Train a policy, export it, prove it, fly it under ROS 2."
    )
    parser.add_argument("--version", action=_Version, help="show the version and exit")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb in (
        *(train, evaluate, export, report, study, inspect),
        *(check, record, replay, demo, nodes),
    ):
        verb.add(verbs)
    return parser
