"""The page: a template filled with a report's data."""

from __future__ import annotations

from importlib import resources
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from ddpg_ros.contract import Contract
from ddpg_ros.learning.report import figures
from ddpg_ros.learning.report.contract_tables import drives, reads
from ddpg_ros.learning.report.films import Film
from ddpg_ros.learning.report.hyperparameters import algorithm, hyperparameters
from ddpg_ros.learning.report.numbers import duration, number, percent
from ddpg_ros.learning.report.sweep_tables import SweepTables

_MOST_ROWS, _MOST_PLOTS = 120, 24
"""Of what a robot with many sensors and joints has; the rest is in the JSON."""


def page(report: dict[str, Any], films: list[Film]) -> str:
    """The page that shows ``report`` and its ``films``; all texts in it are escaped.

    Args:
        report: As it is written to ``report.json``.
        films: Of the episodes in ``report["films"]``, in that order.
    """
    contract = Contract.from_dict(report["contract"])
    learning, values, commands = report["learning"], report["values"], report["commands"]
    elements = [] if isinstance(commands, str) else commands["elements"]
    shown = {
        "report": report,
        "contract": contract,
        "evaluation": report["evaluation"],
        "success": report["evaluation"]["outcome_intervals"].get("success"),
        "algorithm": algorithm(report["config"]),
        "hyperparameters": hyperparameters(report["config"], report["defaults"], report["preset"]),
        "learning_curve": figures.learning_curve(learning, report["policy"]["step"]),
        "signs": figures.signs(learning),
        "returns": figures.returns(report["evaluation"]),
        "episodes": report["films"],
        "films": films,
        "values": values,
        "values_plot": None if isinstance(values, str) else figures.values(values),
        "commands": commands,
        "elements": elements,
        "command_plots": figures.commands(elements[:_MOST_PLOTS]),
        "sweep": report["sweep"],
        "tables": report["sweep"] and SweepTables(report["sweep"]),
        "reads": list(reads(contract, report["observations"]))[:_MOST_ROWS],
        "drives": list(drives(contract))[:_MOST_ROWS],
    }
    return _environment().get_template("page.html").render(shown)


def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        loader=FunctionLoader(_read),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number, "percent": percent, "duration": duration}
    return environment


def _read(name: str) -> str:
    return (resources.files("ddpg_ros.learning.report") / "templates" / name).read_text("utf-8")
