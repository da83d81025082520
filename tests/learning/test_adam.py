"""Adam over one vector moves what torch's Adam moves, as far."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor, nn

from ddpg_ros.learning.compute.adam import Adam, StepSize
from ddpg_ros.learning.compute.parameters import Parameters

RATE, STEPS = 0.01, 6


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 5), nn.LayerNorm(5), nn.ReLU(), nn.Linear(5, 2))


def zeros(size: int, dtype: torch.dtype) -> Tensor:
    return torch.zeros(size, dtype=dtype)


def adam(
    kept: nn.Module,
    decay: float = 0.0,
    limit: float = 0.0,
    dtype: torch.dtype = torch.float32,
    beta1: float = 0.9,
    last: float = RATE,
) -> tuple[Adam, Parameters]:
    parameters = Parameters(kept, dtype, zeros)
    step_size = StepSize(RATE, last, STEPS)
    return Adam(parameters, step_size, beta1, decay, limit, zeros), parameters


def gradients(count: int, size: int) -> list[Tensor]:
    """Some much longer than others."""
    torch.manual_seed(1)
    return [torch.randn(size) * 10.0 ** (number % 3 - 1) for number in range(count)]


def put(parameters: Parameters, kept: nn.Module, gradient: Tensor) -> list[Tensor]:
    """Put a gradient where products put theirs; what of it is in place, for each parameter."""
    start, placed = 0, []
    for parameter in kept.parameters():
        place = parameters.product(parameter)
        place.copy_(gradient[start : start + place.numel()].view_as(place))
        start += place.numel()
        placed.append(place.float())
    return placed


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize("limit", [0.0, 1.0])
@pytest.mark.parametrize(("decay", "beta1"), [(0.0, 0.9), (0.3, 0.9), (0.3, 0.5)])
def test_it_steps_as_torchs_does(
    decay: float, beta1: float, limit: float, dtype: torch.dtype
) -> None:
    mine, other = network(), network()
    optimiser, parameters = adam(mine, decay, limit, dtype, beta1)
    options = {"lr": RATE, "betas": (beta1, 0.999), "weight_decay": decay}
    reference = torch.optim.Adam(other.parameters(), **options)
    lengths = []
    for gradient in gradients(STEPS, parameters.values.numel()):
        placed = put(parameters, mine, gradient)
        for parameter, part in zip(other.parameters(), placed, strict=True):
            parameter.grad = part.clone()
        optimiser.step()
        if limit:
            nn.utils.clip_grad_norm_(other.parameters(), limit)
        reference.step()
        for one, theirs in zip(mine.parameters(), other.parameters(), strict=True):
            torch.testing.assert_close(one, theirs, atol=1e-7, rtol=1e-6)
        lengths.append(float(parameters.gradients.norm()))
    assert min(lengths) < 1.0
    assert max(lengths) == pytest.approx(1.0, rel=1e-5) if limit else max(lengths) > 10.0


def test_its_step_size_falls_as_torchs_does_under_a_linear_schedule() -> None:
    mine, other = network(), network()
    optimiser, parameters = adam(mine, last=0.2 * RATE)
    reference = torch.optim.Adam(other.parameters(), lr=RATE)
    schedule = torch.optim.lr_scheduler.LinearLR(reference, 1.0, 0.2, STEPS)
    for gradient in gradients(STEPS + 3, parameters.values.numel()):
        placed = put(parameters, mine, gradient)
        for parameter, part in zip(other.parameters(), placed, strict=True):
            parameter.grad = part.clone()
        optimiser.step()
        reference.step()
        schedule.step()
        for one, theirs in zip(mine.parameters(), other.parameters(), strict=True):
            torch.testing.assert_close(one, theirs, atol=1e-7, rtol=1e-5)


def test_a_gradient_within_the_limit_is_left_as_it_is() -> None:
    optimiser, parameters = adam(network(), limit=100.0)
    parameters.gradients.normal_()
    before = parameters.gradients.clone()
    optimiser.step()
    torch.testing.assert_close(parameters.gradients, before, atol=0, rtol=0)


def test_operands_of_fewer_digits_follow_every_step() -> None:
    kept = network()
    optimiser, parameters = adam(kept, dtype=torch.bfloat16)
    before = parameters.operands.clone()
    put(parameters, kept, torch.ones_like(parameters.values))
    optimiser.step()
    assert not torch.equal(parameters.operands, before)
    assert torch.equal(parameters.operands, parameters.values.bfloat16())


def test_a_restored_one_steps_on_as_the_saved_one() -> None:
    (saved, parameters), (restored, others) = adam(network(), 0.1, 1.0), adam(network(), 0.1, 1.0)
    *first, last = gradients(4, parameters.values.numel())
    for gradient in first:
        parameters.gradients.copy_(gradient)
        saved.step()
    restored.restore(copy.deepcopy(saved.state()))
    others.values.copy_(parameters.values)
    for one, vectors in ((saved, parameters), (restored, others)):
        vectors.gradients.copy_(last)
        one.step()
    assert torch.equal(others.values, parameters.values)
    assert restored.state().keys() == {"first", "second", "count"}
    assert float(restored.state()["count"]) == 4.0
    for name, vector in saved.state().items():
        assert torch.equal(restored.state()[name], vector)
