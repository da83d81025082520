"""``ddpg-ros evaluate``: fly a policy file in Gymnasium, without noise."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from ddpg_ros.cli.train import add_ranges
from ddpg_ros.errors import ConfigError, WorldError

if TYPE_CHECKING:
    from ddpg_ros.deploy import OnnxPolicy
    from ddpg_ros.learning.evaluation import Evaluation
    from ddpg_ros.worlds import Randomisation, World

_EPISODES, _SWEEP_EPISODES = 100, 20
_MOST_PROCESSES = 1024


def add(verbs: Any) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser("evaluate", help="fly a policy file in Gymnasium, without noise")
    parser.add_argument("policy", help="policy.onnx")
    parser.add_argument("--world", default="", help="world (default: the one it was trained in)")
    parser.add_argument("--contract", default="", help="your YAML contract for the environment")
    parser.add_argument(
        "--episodes",
        type=int,
        help=f"number of unseen seeds ({_EPISODES}; in a sweep {_SWEEP_EPISODES}, of each cell)",
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="which of the unseen seeds comes first (0)"
    )
    parser.add_argument("--json", action="store_true", help="for programs")
    add_ranges(parser)
    parser.add_argument(
        "--over-ros",
        action="store_true",
        help="fly the same seeds over ROS 2 too: ddpg_controller and ddpg_world, two processes",
    )
    parser.add_argument(
        "--real-time-factor", type=float, help="with --over-ros: simulated seconds per second (1)"
    )
    parser.add_argument(
        "--sweep", action="store_true", help="fly a grid of disturbances, write a report"
    )
    group = parser.add_argument_group("with --sweep")
    group.add_argument(
        "--axis",
        action="append",
        metavar="NAME[=VALUE,...]",
        help="delay, noise, mass, friction (these four), gain or drop; may be given several times",
    )
    group.add_argument("--processes", type=int, help="how many fly at once (one a processor)")
    group.add_argument("--output", help="folder for the report (policy_sweep beside the policy)")
    parser.set_defaults(run_verb=_evaluate)


def _evaluate(options: argparse.Namespace) -> int:
    episodes = options.episodes
    if episodes is not None and episodes < 1:
        raise ConfigError(f"--episodes: expected at least 1, got {episodes}.")
    if not 0 <= options.seed < 2**30:
        raise ConfigError(f"--seed: expected in [0, {2**30 - 1}], got {options.seed}.")
    if options.sweep and options.over_ros:
        raise ConfigError("--sweep: flies in Gymnasium alone; leave out --over-ros.")
    if options.sweep:
        return _sweep(options)
    if options.real_time_factor is not None and not options.over_ros:
        raise ConfigError("--real-time-factor: means something with --over-ros alone.")
    of_sweep = ("axis", "processes", "output")
    stray = [f"--{name}" for name in of_sweep if getattr(options, name) is not None]
    if stray:
        raise ConfigError(f"{', '.join(stray)}: means something with --sweep alone.")

    from ddpg_ros.deploy import OnnxPolicy
    from ddpg_ros.worlds.randomisation_file import find_ranges

    policy = OnnxPolicy.load(options.policy)
    ranges = find_ranges(options.randomise, options.vary, policy.contract)
    where = (options.world, options.contract, ranges)
    evaluation = evaluate_policy(policy, episodes or _EPISODES, *where, first_seed=options.seed)
    if options.over_ros:
        from ddpg_ros.cli.over_ros import fly_over_ros

        factor = 1.0 if options.real_time_factor is None else options.real_time_factor
        flown = fly_over_ros(options.policy, policy, evaluation, factor, *where)
        both = {"in_gymnasium": evaluation.summary(), "over_ros": flown.summary()}
        text = f"in Gymnasium  {evaluation}\nover ROS 2    {flown}"
        print(json.dumps(both, indent=2) if options.json else text)
        return 0
    ends = evaluation.at_end()
    if options.json:
        print(json.dumps({**evaluation.summary(), "at_end": ends}, indent=2))
        return 0
    print(evaluation)
    for name, percentiles in ends.items():
        told = ", ".join(f"{key} {value:.3g}" for key, value in percentiles.items())
        print(f"{name} at the end: {told}")
    return 0


def _sweep(options: argparse.Namespace) -> int:
    from ddpg_ros.cli.sweep import SweepJob, default_processes, sweep_policy

    if options.randomise or options.vary:
        raise ConfigError("--sweep: sets every disturbance itself; leave out --randomise, --vary.")
    processes = default_processes() if options.processes is None else options.processes
    if not 1 <= processes <= _MOST_PROCESSES:
        raise ConfigError(f"--processes: expected in [1, {_MOST_PROCESSES}], got {processes}.")
    job = SweepJob(
        policy=options.policy,
        world=options.world,
        contract_file=options.contract,
        axes=tuple(options.axis or ()),
        episodes=options.episodes or _SWEEP_EPISODES,
        first_seed=options.seed,
        processes=processes,
        output=options.output or "",
    )
    return sweep_policy(job, options.json)


def evaluate_policy(
    policy: OnnxPolicy,
    episodes: int,
    world_name: str = "",
    contract_file: str = "",
    ranges: Randomisation | None = None,
    first_seed: int = 0,
) -> Evaluation:
    """Fly ``policy`` on unseen seeds, in the world it was trained in unless another is named.

    Args:
        policy: What is flown.
        episodes: How many.
        world_name: Another world; empty: the one that it was trained in.
        contract_file: The user's contract for that world; empty for none.
        ranges: How far the robot may be from the one modelled; None: not at all.
        first_seed: Which of those seeds comes first.

    Raises:
        WorldError: The world has another contract than the policy, or cannot follow a range.
    """
    from ddpg_ros.learning.evaluation import evaluate
    from ddpg_ros.learning.seeds import evaluation_seeds

    with open_world(policy, world_name, contract_file, ranges) as world:
        evaluation = evaluate(policy.act, world, evaluation_seeds(episodes, first_seed))
    assert evaluation is not None
    return evaluation


def open_world(
    policy: OnnxPolicy,
    world_name: str = "",
    contract_file: str = "",
    ranges: Randomisation | None = None,
) -> World:
    """The world to fly ``policy`` in; arguments as :func:`evaluate_policy` takes them.

    Raises:
        WorldError: The world has another contract than the policy, or cannot follow a range.
    """
    from ddpg_ros.contract import differences
    from ddpg_ros.worlds import make_world

    provenance = policy.metadata.provenance
    home = not world_name and not contract_file
    contract = policy.contract if home and provenance.get("contract_file") else None
    world_name = world_name or provenance.get("world", "")
    world = make_world(world_name, contract_file, contract=contract, randomisation=ranges)
    world.remember(policy.contract.history)
    if world.contract != policy.contract:
        raise WorldError(
            f"world '{world_name}' has another contract than the policy: "
            f"{differences(policy.contract, world.contract)}. Fly it in a world of its own "
            "contract, or train one for this world."
        )
    return world
