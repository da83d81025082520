"""``ddpg-ros report``: make the page that shows a finished run again."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ddpg_ros.learning.run_folder import RunFolder


def add(verbs: Any) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser("report", help="make the page that shows a finished run again")
    parser.add_argument("folder", metavar="RUN", help="folder of a run")
    parser.set_defaults(run_verb=_report)


def _report(options: argparse.Namespace) -> int:
    folder = report_again(Path(options.folder))
    print(f"report: {folder.report}")
    print(f"its data: {folder.report_data}")
    return 0


def report_again(path: Path) -> RunFolder:
    """Make the report of the run in the folder ``path`` again, in its world.

    Raises:
        DdpgRosError: There is no run, it is not finished, or its policy file is not as exported.
    """
    from ddpg_ros.deploy import OnnxPolicy
    from ddpg_ros.learning.remaking import report_run
    from ddpg_ros.learning.run_folder import RunFolder

    folder = RunFolder(path)
    folder.load_job()
    folder.load_episodes()
    return report_run(str(path), OnnxPolicy.load(folder.policy).metadata.provenance)
