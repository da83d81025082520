"""The report of a finished run: one page that opens offline, and its data as JSON."""

from ddpg_ros.learning.report.finished_run import FinishedRun
from ddpg_ros.learning.report.flights import GivenUp
from ddpg_ros.learning.report.writing import write_report

__all__ = ["FinishedRun", "GivenUp", "write_report"]
