"""Makes the report and puts it into the run's folder."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

from ddpg_ros.errors import ConfigError
from ddpg_ros.learning.atomic import write_atomically
from ddpg_ros.learning.report.finished_run import FinishedRun
from ddpg_ros.learning.report.flights import Stopped
from ddpg_ros.learning.report.gathering import gather
from ddpg_ros.learning.report.page import page


def write_report(run: FinishedRun, stopped: Stopped = lambda: False) -> None:
    """Write ``report.json`` and ``report.html`` of ``run``.

    Raises:
        GivenUp: ``stopped``, asked every step, said so.
        ConfigError: A file cannot be written.
    """
    report, films = gather(run, stopped)
    lines = (f"{json.dumps(key)}: {json.dumps(v, allow_nan=False)}" for key, v in report.items())
    data = "{\n" + ",\n".join(lines) + "\n}\n"
    html = page(report, films)
    for path, text in ((run.folder.report_data, data), (run.folder.report, html)):
        try:
            write_atomically(path, partial(_write, text))
        except OSError as error:
            raise ConfigError(f"report {path}: cannot be written ({error.strerror}).") from None


def _write(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")
