"""Everything a report tells, as JSON values, and the films that go with it."""

from __future__ import annotations

import json
import math
import shlex
import time
from collections import Counter
from dataclasses import asdict
from typing import Any

import torch

from ddpg_ros.contract.digest import check_seal
from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.export import ExportedPolicy
from ddpg_ros.learning.flown_episodes import FlownEpisode
from ddpg_ros.learning.report import histograms
from ddpg_ros.learning.report.command_line import training_command
from ddpg_ros.learning.report.curves import curves
from ddpg_ros.learning.report.films import Film, film
from ddpg_ros.learning.report.finished_run import FinishedRun
from ddpg_ros.learning.report.flights import GivenUp, Stopped, fly_all
from ddpg_ros.learning.report.intervals import bootstrap, wilson
from ddpg_ros.learning.report.values import Judge
from ddpg_ros.learning.watch import look_back
from ddpg_ros.worlds import World

SCHEMA = 1
"""Version of the JSON; it rises when an older reader would misread a newer file."""

_FLIGHTS = 8
"""Evaluation episodes that are flown again, for commands and values."""


def gather(run: FinishedRun, stopped: Stopped) -> tuple[dict[str, Any], list[Film]]:
    """What the report of ``run`` tells; its films lie apart, in the order they are told of.

    Raises:
        GivenUp: ``stopped`` said so.
    """
    episodes = run.folder.load_episodes()
    flown, films = _fly(run, episodes, stopped)
    health, _ = look_back(run.folder, run.config)
    report = {
        "schema": SCHEMA,
        "made_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "run": run.folder.path.name,
        "world": run.job.world,
        "randomisation": run.job.randomisation.changed(),
        "policy": {
            "file": run.folder.policy.name,
            "digest": check_seal(run.folder.policy.read_bytes()),
            "step": run.best["step"],
            "mean": run.best["mean"],
        },
        "config": run.config.to_dict(),
        "defaults": DdpgConfig().to_dict(),
        "preset": run.job.usual.to_dict(),
        "learning": curves(run.folder.metrics),
        "unlearned": health.unlearned([episode.outcome for episode in episodes]),
        "findings": run.folder.load_findings(),
        "evaluation": _evaluation(run.folder.load_evaluation(), episodes),
        **flown,
        "sweep": _sweep(run),
        "contract": run.contract.to_dict(),
        "observations": _observations(run),
        "provenance": run.provenance,
        "command": training_command(run.job, run.config),
        "report_command": shlex.join(["ddpg-ros", "report", str(run.folder.path)]),
        "sweep_command": shlex.join(["ddpg-ros", "evaluate", str(run.folder.policy), "--sweep"]),
    }
    return _finite(report), films


def _evaluation(summary: dict[str, Any], episodes: list[FlownEpisode]) -> dict[str, Any]:
    outcomes = Counter(episode.outcome for episode in episodes)
    if outcomes.keys() & {"success", "failure"}:
        outcomes["success"] += 0  # a world that knows of success has none, which is to be said
    total = len(episodes)
    return {
        **summary,
        "return_interval": bootstrap([episode.total for episode in episodes]),
        "outcome_intervals": {name: wilson(n, total) for name, n in outcomes.most_common()},
        "returns": histograms.returns([episode.total for episode in episodes]),
    }


def _fly(
    run: FinishedRun, episodes: list[FlownEpisode], stopped: Stopped
) -> tuple[dict[str, Any], list[Film]]:
    """Fly some of the evaluation's episodes again; not on a robot outside this process."""
    if run.live:
        reason = "The robot on the ROS graph is not driven for a report."
        return {"commands": reason, "values": reason, "films": reason}, []
    policy = ExportedPolicy.best_of(run.contract, run.config, run.best)

    def act(observation: Any) -> Any:
        return policy(torch.from_numpy(observation[None]))[0].numpy()

    with run.make_world() as world:
        seeds = [episode.seed for episode in episodes[:_FLIGHTS]]
        flights = fly_all(act, world, seeds, stopped)
        told, films = _films(act, world, episodes, stopped)
    values: dict[str, Any] | str = (
        "The checkpoint keeps no critic beside the best policy; it was written by an earlier "
        "ddpg_ros."
    )
    if "critic" in run.best:
        values = Judge(policy, run.config, run.best).compare(flights)
    found = {
        "episodes": len(flights),
        "steps": sum(len(flight.rewards) for flight in flights),
        "elements": histograms.commands(run.contract, flights),
    }
    return {"commands": found, "values": values, "films": told}, films


def _films(
    act: Any, world: World, episodes: list[FlownEpisode], stopped: Stopped
) -> tuple[list[dict[str, Any]] | str, list[Film]]:
    """The episodes of the smallest, the median and the largest return; or why there are none."""
    ranked = sorted(episodes, key=lambda episode: episode.total)
    places = {"smallest": 0, "median": (len(ranked) - 1) // 2, "largest": len(ranked) - 1}
    chosen = {place: name for name, place in reversed(places.items())}
    told, films = [], []
    for place, name in sorted(chosen.items()):
        episode = ranked[place]
        try:
            made, pace = film(act, world, episode.seed, episode.length, stopped)
        except GivenUp:
            raise
        except NotImplementedError:
            return f"World '{world.contract.name}' draws no pictures of itself.", []
        except Exception as error:  # drawing fails in as many ways as there are simulators
            reason = str(error) or type(error).__name__
            return f"World '{world.contract.name}' could not be drawn here: {reason}", []
        told.append({"return": name, **asdict(episode), **asdict(pace)})
        films.append(made)
    return told, films


def _sweep(run: FinishedRun) -> dict[str, Any] | None:
    """The sweep beside the policy, None where there is none."""
    if not run.folder.sweep.exists():
        return None
    content: dict[str, Any] = json.loads(run.folder.sweep.read_text())
    return content


def _observations(run: FinishedRun) -> dict[str, Any]:
    """What training saw of each element of the latest tick."""
    normaliser = ExportedPolicy.best_of(run.contract, run.config, run.best).normaliser
    latest = slice(run.contract.observation_size - run.contract.frame_size, None)
    return {
        "count": normaliser.count,
        "names": list(run.contract.observation_names),
        "mean": normaliser.observed_mean[latest].tolist(),
        "std": normaliser.std[latest].tolist(),
        "minimum": normaliser.minimum[latest].tolist(),
        "maximum": normaliser.maximum[latest].tolist(),
    }


def _finite(value: Any) -> Any:
    """The same without numbers that JSON has not; None in their place."""
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
