"""Return against steps, ours beside Stable-Baselines3's, on the same environments and seeds.

Every finished training is kept in ``benchmarks/results/learning_curves``, so the benchmark can be
interrupted, and more can be asked of it later: it trains what is missing, draws what was asked for
and tells of all there is.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

from benchmarks.peers import train_own, train_peer
from benchmarks.result import RESULTS, context

_FOLDER = RESULTS / "learning_curves"
_ENVIRONMENTS = ("HalfCheetah-v5", "Hopper-v5", "Walker2d-v5")

_TARGETS = {"batch_norm": False, "tau": 0.005, "adam_beta1": 0.9}
"""What batch normalisation stands in for."""

OURS: dict[str, tuple[str, dict[str, Any]]] = {
    "ddpg": ("ddpg", {}),
    "ddpg-float32": ("ddpg", {"precision": "float32"}),
    "ddpg-two-critics": ("ddpg", {"critics": 2}),
    "ddpg-delay": ("ddpg", {"policy_delay": 2}),
    "ddpg-smoothing": ("ddpg", {"target_noise_std": 0.2}),
    "ddpg-loss-power": ("ddpg", {"loss_power": 1.4}),
    "ddpg-layer-norm": ("ddpg", {"layer_norm": True}),
    "ddpg-batch-norm": ("ddpg", {"batch_norm": True, "tau": 1.0, "adam_beta1": 0.5}),
    "default": ("default", {}),
    "default-no-average": ("default", {"policy_average": 1.0}),
    "default-squared": ("default", {"loss_power": 2.0}),
    "default-squared-no-average": ("default", {"loss_power": 2.0, "policy_average": 1.0}),
    "default-squared-no-average-one-critic": (
        "default",
        {"loss_power": 2.0, "policy_average": 1.0, "critics": 1},
    ),
    "default-one-critic": ("default", {"critics": 1}),
    "default-no-delay": ("default", {"policy_delay": 1}),
    "default-no-smoothing": ("default", {"target_noise_std": 0.0}),
    "default-no-norm": ("default", _TARGETS),
    "default-layer-norm": ("default", {**_TARGETS, "layer_norm": True}),
}
"""Our contestants: a preset each, and what differs from it."""

PEERS = {"sb3-ddpg": ("sb3", "DDPG"), "sb3-td3": ("sb3", "TD3")}


@dataclass(frozen=True)
class Run:
    """One training: whose, where, from which seed, for how long [steps]."""

    contestant: str
    environment: str
    seed: int
    steps: int

    @property
    def path(self) -> Path:
        """Where its curve is kept."""
        name = f"{self.contestant}_{self.environment}_{self.steps}_{self.seed}.json"
        return _FOLDER / name

    def train(self) -> None:
        """Train and keep the curve, unless it is there already."""
        if self.path.exists():
            return
        arguments = [self.environment, "--steps", str(self.steps)]
        if self.contestant in PEERS:
            library, algorithm = PEERS[self.contestant]
            curve = train_peer(library, algorithm, *arguments, "--seed", str(self.seed))
        else:
            preset, changes = OURS[self.contestant]
            settings = json.dumps({"seed": self.seed, "threads": 1, **changes})
            curve = train_own(preset, *arguments, "--settings", settings)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(curve | context()))
        print(f"{self.path.stem}: {curve['returns'][-1]:.0f}", flush=True)


def measure(
    contestants: Sequence[str] = ("ddpg", "ddpg-float32", "sb3-ddpg"),
    environments: Sequence[str] = _ENVIRONMENTS,
    seeds: Sequence[int] = (1, 2, 3),
    steps: int = 100_000,
    jobs: int = 2,
) -> dict[str, Any]:
    """Train what is missing, a core each; final returns by contestant and environment."""
    runs = [Run(c, e, s, steps) for s in seeds for e in environments for c in contestants]
    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(Run.train, runs))
    draw(steps, contestants)
    return {"steps": steps, "final_returns": _final_returns(steps)}


def draw(steps: int, contestants: Sequence[str]) -> None:
    """The mean over seeds, and a band of a standard error to either side."""
    pictured = {key: curves for key, curves in _curves(steps).items() if key[1] in contestants}
    environments = sorted({environment for environment, _ in pictured})
    size = (5 * len(environments), 4)
    figure, axes = pyplot.subplots(1, len(environments), figsize=size, squeeze=False)
    for axis, environment in zip(axes[0], environments, strict=True):
        for (where, contestant), curves in sorted(pictured.items()):
            if where != environment:
                continue
            columns = list(zip(*(curve["returns"] for curve in curves), strict=True))
            mean = [statistics.fmean(column) for column in columns]
            error = [_standard_error(column) for column in columns]
            low = [m - e for m, e in zip(mean, error, strict=True)]
            high = [m + e for m, e in zip(mean, error, strict=True)]
            label = f"{contestant} ({len(curves)} seeds)"
            (line,) = axis.plot(curves[0]["steps"], mean, label=label)
            axis.fill_between(curves[0]["steps"], low, high, color=line.get_color(), alpha=0.2)
        axis.set(title=environment, xlabel="steps", ylabel="return of 10 noise-free episodes")
        axis.legend()
    figure.tight_layout()
    figure.savefig(RESULTS / f"learning_curves_{steps}.png", dpi=80)
    pyplot.close(figure)


def _curves(steps: int) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Curves by environment and contestant, seed by seed."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for path in sorted(_FOLDER.glob(f"*_{steps}_*.json")):
        contestant, environment, *_ = path.stem.split("_")
        found.setdefault((environment, contestant), []).append(json.loads(path.read_text()))
    return found


def _final_returns(steps: int) -> dict[str, Any]:
    """The last evaluation, the later half, the best and the speed of each seed, and means."""
    table: dict[str, Any] = {}
    for (environment, contestant), curves in _curves(steps).items():
        last = [curve["returns"][-1] for curve in curves]
        later = [statistics.fmean(c["returns"][len(c["returns"]) // 2 :]) for c in curves]
        best = [max(curve["returns"]) for curve in curves]
        table.setdefault(environment, {})[contestant] = {
            "last": last,
            "mean_of_last": statistics.fmean(last),
            "standard_error": _standard_error(last),
            "later_half": later,
            "mean_of_later_half": statistics.fmean(later),
            "standard_error_of_later_half": _standard_error(later),
            "best": best,
            "mean_of_best": statistics.fmean(best),
            "steps_per_second": [c["steps"][-1] / c["train_seconds"][-1] for c in curves],
        }
    return table


def _standard_error(values: Sequence[float]) -> float:
    return statistics.stdev(values) / len(values) ** 0.5 if len(values) > 1 else 0.0


def main() -> None:
    """Train as the arguments say, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contestants", nargs="+", choices=[*OURS, *PEERS], default=["ddpg"])
    parser.add_argument("--environments", nargs="+", default=_ENVIRONMENTS)
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--jobs", type=int, default=2)
    print(json.dumps(measure(**vars(parser.parse_args())), indent=2))


if __name__ == "__main__":
    main()
