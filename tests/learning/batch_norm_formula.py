"""A network as it learns with batch normalisation, by the papers' formulas, for autograd."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ddpg_ros.learning.networks import BatchNorm

Seen = list[tuple[BatchNorm, Tensor, Tensor]]
"""Mean and variance of the batch at each normalisation."""


def norms_of(body: nn.Module) -> list[BatchNorm]:
    return [module for module in body.modules() if isinstance(module, BatchNorm)]


def learning(body: nn.Sequential, x: Tensor, seen: Seen | None = None) -> Tensor:
    """The outputs by Ioffe and Szegedy 2015 at first, by Ioffe 2017, Algorithm 1, later."""
    for module in body:
        if isinstance(module, BatchNorm):
            mean, variance = x.mean(0), x.var(0, correction=0)
            deviation, running = (variance + 1e-3).sqrt(), (module.variance + 1e-3).sqrt()
            r, d = torch.ones(()), torch.zeros(())
            if module.batches >= 100_000:
                r = (deviation / running).detach().clamp(1 / 3, 3)
                d = ((mean - module.mean) / running).detach().clamp(-5, 5)
            x = ((x - mean) / deviation * r + d) * module.weight + module.bias
            if seen is not None:
                seen.append((module, mean.detach(), variance.detach()))
        else:
            x = module(x)
    return x
