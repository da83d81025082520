"""``ddpg-ros evaluate``: fly a policy file in Gymnasium, without noise."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from ddpg_ros.errors import ConfigError, WorldError

if TYPE_CHECKING:
    from ddpg_ros.deploy import OnnxPolicy
    from ddpg_ros.learning.evaluation import Evaluation


def add(verbs: Any) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser("evaluate", help="fly a policy file in Gymnasium, without noise")
    parser.add_argument("policy", help="policy.onnx")
    parser.add_argument("--world", default="", help="world (default: the one it was trained in)")
    parser.add_argument("--contract", default="", help="your YAML contract for the environment")
    parser.add_argument("--episodes", type=int, default=100, help="number of unseen seeds (100)")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.set_defaults(run_verb=_evaluate)


def _evaluate(options: argparse.Namespace) -> int:
    from ddpg_ros.deploy import OnnxPolicy

    if options.episodes < 1:
        raise ConfigError(f"--episodes: expected at least 1, got {options.episodes}.")
    policy = OnnxPolicy.load(options.policy)
    evaluation = evaluate_policy(policy, options.episodes, options.world, options.contract)
    print(json.dumps(evaluation.summary(), indent=2) if options.json else evaluation)
    return 0


def evaluate_policy(
    policy: OnnxPolicy, episodes: int, world_name: str = "", contract_file: str = ""
) -> Evaluation:
    """Fly ``policy`` on unseen seeds, in the world it was trained in unless another is named.

    Raises:
        WorldError: The world has another contract than the policy.
    """
    from ddpg_ros.learning.evaluation import evaluate
    from ddpg_ros.learning.seeds import evaluation_seeds
    from ddpg_ros.worlds import make_world

    provenance = policy.metadata.provenance
    home = not world_name and not contract_file
    contract = policy.contract if home and provenance.get("contract_file") else None
    world_name = world_name or provenance.get("world", "")
    world = make_world(world_name, contract_file, contract=contract)
    if world.contract != policy.contract:
        raise WorldError(
            f"world '{world_name}' has another contract than the policy, which was made for "
            f"'{policy.contract.name}': reads {', '.join(policy.contract.observation_names[:8])}, "
            f"drives {', '.join(policy.contract.action_names)} every {policy.contract.period:g} s."
        )
    evaluation = evaluate(policy.act, world, evaluation_seeds(episodes))
    world.close()
    assert evaluation is not None
    return evaluation
