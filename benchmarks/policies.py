"""Policies for benchmarks, built rather than trained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import nn

from benchmarks.arm import JOINTS, MAX_AGE, SAFE
from ddpg_ros.contract import (
    ActionElement,
    Command,
    Contract,
    Identity,
    ObservationTerm,
    Source,
    readings,
)
from ddpg_ros.learning.export import ExportedPolicy, export_policy
from ddpg_ros.learning.networks import Actor
from ddpg_ros.learning.normaliser import ObservationNormaliser
from ddpg_ros.worlds.pendulum import pendulum_contract

HIDDEN_SIZES = (256, 256)


def write_pendulum_policy(path: Path) -> Path:
    """An untrained policy for the pendulum."""
    contract = pendulum_contract()
    actor = Actor(contract.observation_size, contract.action_size, HIDDEN_SIZES)
    return _export(contract, actor, contract.observation_low[None], path)


def write_arm_policy(path: Path, rate: float) -> Path:
    """The policy that passes the number of a sample through, for ``rate`` [Hz].

    The same network lies beside it for plain torch, as a state dict in ``*.pt``.
    """
    actor = _numbered_actor()
    rng = np.random.default_rng(0)
    _export(arm_contract(rate), actor, rng.uniform(0, 1, (1000, 2 * len(JOINTS))), path)
    torch.save(nn.Sequential(*actor.body, nn.Tanh()).state_dict(), path.with_suffix(".pt"))
    return path


def arm_contract(rate: float) -> Contract:
    """Six joints, position and velocity, of a robot that reports more."""
    terms = tuple(
        ObservationTerm(
            field, (Source("joint_states", readings.JOINT_STATE, field, JOINTS, MAX_AGE),),
            Identity(), unit, low=0.0, high=1.0,
        )
        for field, unit in (("position", "rad"), ("velocity", "rad/s"))
    )  # fmt: skip
    elements = tuple(ActionElement(name, "N m", -1.0, 1.0, safe=SAFE) for name in JOINTS)
    command = Command("commands", readings.FLOAT64_MULTI_ARRAY, elements)
    return Contract(name="arm", period=1 / rate, observation=terms, commands=(command,))


def _numbered_actor() -> Actor:
    """Random, but for a way through it that leads input 0 to output 0 and input 1 to output 1."""
    torch.manual_seed(0)
    actor = Actor(2 * len(JOINTS), len(JOINTS), HIDDEN_SIZES)
    with torch.no_grad():
        for layer in actor.body:
            if isinstance(layer, nn.Linear):
                layer.weight[:2] = torch.eye(2, layer.in_features)
                layer.bias[:2] = 0.0
    return actor.requires_grad_(False)


def _export(contract: Contract, actor: Actor, seen: np.ndarray, path: Path) -> Path:
    normaliser = ObservationNormaliser(contract.observation_size, enabled=False)
    normaliser.see(seen)
    export_policy(ExportedPolicy(contract, actor, normaliser).requires_grad_(False), path, {})
    return path
