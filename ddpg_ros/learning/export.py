"""From a training run to a policy file that proves itself."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ddpg_ros.contract import Contract
from ddpg_ros.contract.digest import seal
from ddpg_ros.contract.policy_metadata import (
    INPUT_NAME,
    OUTPUT_NAME,
    ObservationStatistics,
    PolicyMetadata,
    Probes,
)
from ddpg_ros.errors import CheckpointError, ConfigError
from ddpg_ros.learning.atomic import write_atomically
from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.learning.networks import Actor, BatchNorm
from ddpg_ros.learning.normaliser import LIMIT, ObservationNormaliser
from ddpg_ros.learning.onnx_file import Node, onnx_model
from ddpg_ros.learning.scaling import ActionScale

PROBES = 128
TOLERANCE = 1e-5
"""Of each action's range. Float32 kernels of different machines differ by about 1e-7 in each sum;
where that makes more of a difference to an action, a file says how much more it allows."""


class ExportedPolicy(nn.Module):
    """What goes into the policy file: normalise, act, scale to SI units, clip to the limits.

    Args:
        contract: Gives the action limits.
        actor: The policy in [-1, 1].
        normaliser: Statistics of the observations.
    """

    centre: Tensor
    half_range: Tensor
    low: Tensor
    high: Tensor

    def __init__(self, contract: Contract, actor: Actor, normaliser: ObservationNormaliser) -> None:
        super().__init__()
        self.contract = contract
        self.actor = actor
        self.normaliser = normaliser
        scale = ActionScale(contract)
        for name, values in (
            ("centre", scale.centre),
            ("half_range", scale.half_range),
            ("low", contract.action_values("low")),
            ("high", contract.action_values("high")),
        ):
            self.register_buffer(name, torch.tensor(values, dtype=torch.float32))

    def forward(self, observations: Tensor) -> Tensor:
        """Observations ``(batch, n)`` to commands ``(batch, m)``, both in SI units."""
        actions: Tensor = self.actor(self.normaliser(observations))
        commands = actions * self.half_range + self.centre
        return torch.minimum(torch.maximum(commands, self.low), self.high)

    @staticmethod
    def best_of(contract: Contract, config: DdpgConfig, best: dict[str, Any]) -> ExportedPolicy:
        """The policy a run kept as its best.

        Raises:
            CheckpointError: The run has not evaluated a policy yet.
        """
        if not best:
            raise CheckpointError(
                "the run has no evaluated policy yet: it ended before its first evaluation. "
                "Continue it with --resume, or train with a smaller evaluation_interval."
            )
        sizes = (contract.observation_size, contract.action_size, config.hidden_sizes)
        actor = Actor(*sizes, config.batch_norm)
        actor.load_state_dict(best["actor"])
        normaliser = ObservationNormaliser(contract.observation_size, config.normalise_observations)
        normaliser.restore(best["normaliser"])
        return ExportedPolicy(contract, actor, normaliser).requires_grad_(False)


def export_policy(policy: ExportedPolicy, path: Path, provenance: dict[str, Any]) -> None:
    """Write ``policy`` to ``path``: graph, contract, probes, statistics, provenance, digest."""
    contract, normaliser = policy.contract, policy.normaliser
    statistics = ObservationStatistics(
        count=normaliser.count,
        mean=normaliser.observed_mean,
        std=normaliser.std,
        minimum=normaliser.minimum,
        maximum=normaliser.maximum,
    )
    metadata = PolicyMetadata(contract, _probe(policy, statistics), statistics, provenance)
    nodes, constants = _graph(policy)
    content = onnx_model(
        contract.name,
        nodes,
        constants,
        inputs={INPUT_NAME: contract.observation_size},
        outputs={OUTPUT_NAME: contract.action_size},
        metadata=metadata.to_texts(),
    )
    try:
        write_atomically(path, lambda partial: partial.write_bytes(seal(content)))
    except OSError as error:
        raise ConfigError(f"policy file {path}: cannot be written ({error.strerror}).") from None


def _probe(policy: ExportedPolicy, statistics: ObservationStatistics) -> Probes:
    """Observations inside and far outside what training saw; the tamest actions and the wildest."""
    rng = np.random.default_rng(0)
    size = policy.contract.observation_size
    reach = np.repeat([0.0, 0.3, 1.0, 3.0, 30.0], 8 * PROBES)[:, None]
    spread = np.maximum(statistics.std, 1e-3)
    drawn = statistics.mean + reach * spread * rng.standard_normal((len(reach), size))
    observations = drawn.astype(np.float32)
    actions = policy(torch.from_numpy(observations)).numpy()
    centre, half = policy.centre.numpy(), policy.half_range.numpy()
    effort = np.abs((actions - centre) / half).max(axis=1)
    order = np.argsort(effort, kind="stable")
    evenly = np.linspace(0, len(order) - 1, PROBES - 2 * (PROBES // 4)).astype(int)
    tame, wild = order[: PROBES // 4], order[-(PROBES // 4) :]
    chosen = np.concatenate((tame, order[evenly], wild))
    exact = copy.deepcopy(policy).double()(torch.from_numpy(observations[chosen]).double())
    rounding = float(np.max(np.abs(actions[chosen] - exact.numpy()) / (2 * half)))
    return Probes(observations[chosen], actions[chosen], max(TOLERANCE, 5 * rounding))


def _graph(policy: ExportedPolicy) -> tuple[list[Node], dict[str, np.ndarray]]:
    """The operations of :meth:`ExportedPolicy.forward`, and their weights."""
    graph = _GraphBuilder(INPUT_NAME)
    normaliser = policy.normaliser
    if normaliser.enabled:
        graph.apply("Sub", {"mean": normaliser.mean})
        graph.apply("Mul", {"inverse_std": normaliser.inverse_std})
        graph.apply("Clip", {"least": torch.tensor(-LIMIT), "most": torch.tensor(LIMIT)})
    norm: BatchNorm | None = None
    for index, layer in enumerate(policy.actor.body):
        if isinstance(layer, BatchNorm):
            norm = layer
            if index == 0:
                graph.apply("Sub", {"input_mean": norm.mean})  # first, as it may be large
        elif isinstance(layer, nn.Linear):
            weight, bias = layer.weight.data, layer.bias.data
            if norm is not None:
                weight, bias = _absorb(norm, layer, centred=norm is policy.actor.body[0])
            graph.apply("Gemm", {f"weight{index}": weight, f"bias{index}": bias}, {"transB": 1})
        elif isinstance(layer, nn.ReLU):
            graph.apply("Relu")
        else:
            raise NotImplementedError(f"no ONNX operation for {type(layer).__name__}")
    graph.apply("Tanh")
    graph.apply("Mul", {"half_range": policy.half_range})
    graph.apply("Add", {"centre": policy.centre})
    graph.apply("Max", {"low": policy.low})
    graph.apply("Min", {"high": policy.high}, output=OUTPUT_NAME)
    return graph.nodes, graph.constants


def _absorb(norm: BatchNorm, linear: nn.Linear, centred: bool) -> tuple[Tensor, Tensor]:
    """Weight and bias that do the work of both; of what is ``centred`` the mean is taken off."""
    weight = linear.weight.double()
    shift = norm.bias if centred else norm.bias - norm.mean.double() * norm.scale
    return weight * norm.scale, linear.bias + weight @ shift.double()


class _GraphBuilder:
    """Chains operations: each takes the one before as its first input."""

    def __init__(self, start: str) -> None:
        self.nodes: list[Node] = []
        self.constants: dict[str, np.ndarray] = {}
        self._last = start

    def apply(
        self,
        operator: str,
        constants: dict[str, Tensor] | None = None,
        attributes: dict[str, int] | None = None,
        output: str = "",
    ) -> None:
        constants = constants or {}
        output = output or f"{operator.lower()}_{len(self.nodes)}"
        self.constants |= {name: value.detach().numpy() for name, value in constants.items()}
        inputs = [self._last, *constants]
        self.nodes.append(Node(operator, inputs, [output], attributes or {}))
        self._last = output
