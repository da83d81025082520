"""Batch normalisation, placed by hand, is what autograd makes of its formula."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
import torch
from batch_norm_formula import learning, norms_of
from torch import Tensor, nn

from ddpg_ros.learning.compute.parameters import Parameters
from ddpg_ros.learning.compute.perceptron import Perceptron
from ddpg_ros.learning.networks import BatchNorm

SHAPES = [(3, 1), (3, 7, 1), (4, 9, 5, 6, 1), (5, 96, 64, 1), (70, 80, 3)]
BATCHES = pytest.mark.parametrize("batches", [0, 99_999, 100_000], ids=["first", "last", "renorm"])


def zeros(size: int, dtype: torch.dtype) -> Tensor:
    return torch.zeros(size, dtype=dtype)


def body_of(sizes: tuple[int, ...], batches: int = 0) -> nn.Sequential:
    """Layers of those widths, whose every weight and statistic matters."""
    torch.manual_seed(sum(sizes))
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        layers += [BatchNorm(inputs), nn.Linear(inputs, outputs), nn.ReLU()]
    body = nn.Sequential(*layers[:-1])
    for norm in norms_of(body):
        nn.init.uniform_(norm.weight, 0.5, 1.5)
        nn.init.uniform_(norm.bias, -0.5, 0.5)
        norm.mean.copy_(torch.randn(len(norm.mean)))
        norm.variance.copy_(10 ** torch.empty(len(norm.mean)).uniform_(-2, 2))
        norm.batches.fill_(batches)
    return body


def by_hand(
    body: nn.Sequential, training: bool, dtype: torch.dtype = torch.float32
) -> tuple[Perceptron, Parameters]:
    parameters = Parameters(body, dtype, zeros)
    return Perceptron(body, parameters, training=training), parameters


def descend(perceptron: Perceptron, parameters: Parameters, x: Tensor, gradient: Tensor) -> Tensor:
    """Put the parameters' gradients in place; the outputs."""
    outputs, trace = perceptron.forward(x)
    perceptron.backward(trace, gradient)
    parameters.collect()
    return outputs


def apart(one: Tensor, other: Tensor) -> float:
    """Distance, as a share of the other's length."""
    return float((one - other).norm() / other.norm())


@BATCHES
@pytest.mark.parametrize("sizes", SHAPES, ids=str)
def test_outputs_and_gradients_are_autograds(sizes: tuple[int, ...], batches: int) -> None:
    body = body_of(sizes, batches)
    inputs, gradient = 3 * torch.randn(40, sizes[0]) + 1, torch.randn(40, sizes[-1])
    expected_outputs = learning(body, inputs)
    expected = torch.autograd.grad(expected_outputs, [*body.parameters()], gradient)
    perceptron, parameters = by_hand(body, training=True)
    outputs = descend(perceptron, parameters, inputs, gradient)
    torch.testing.assert_close(outputs, expected_outputs.detach(), atol=1e-5, rtol=1e-4)
    for parameter, other in zip(body.parameters(), expected, strict=True):
        # The batch's mean takes a bias before it away again, so gradients of both may vanish.
        torch.testing.assert_close(parameters.gradient(parameter), other, atol=1e-4, rtol=1e-3)
    assert apart(parameters.gradients, torch.cat([g.flatten() for g in expected])) < 1e-5


@pytest.mark.parametrize("batches", [0, 100_000], ids=["first", "renorm"])
def test_of_half_the_digits_gradients_are_near_autograds(batches: int) -> None:
    body = body_of((5, 96, 64, 1), batches)
    inputs, gradient = torch.randn(512, 5), torch.randn(512, 1)
    expected = torch.autograd.grad(learning(body, inputs), [*body.parameters()], gradient)
    perceptron, parameters = by_hand(body, training=True, dtype=torch.bfloat16)
    outputs = descend(perceptron, parameters, inputs, gradient)
    assert outputs.dtype == torch.float32
    assert apart(outputs, learning(body, inputs).detach()) < 0.02
    # Some activations end on the other side of zero.
    assert 1e-5 < apart(parameters.gradients, torch.cat([g.flatten() for g in expected])) < 0.1


@pytest.mark.parametrize("sizes", [s for s in SHAPES if s[-1] == 1], ids=str)
def test_what_does_not_learn_is_normalised_by_running_statistics(sizes: tuple[int, ...]) -> None:
    body, inputs = body_of(sizes), torch.randn(40, sizes[0], requires_grad=True)
    outputs = body(inputs)
    (expected,) = torch.autograd.grad(outputs, [inputs], torch.ones(40, 1))
    perceptron, parameters = by_hand(body, training=False)
    found, _ = perceptron.forward(inputs.detach())
    torch.testing.assert_close(found, outputs.detach(), atol=1e-5, rtol=1e-4)
    by_inputs = perceptron.input_gradient(perceptron.hidden(inputs.detach())[1], 40)
    torch.testing.assert_close(by_inputs, expected, atol=1e-5, rtol=1e-4)
    assert not parameters.gradients.any()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
def test_running_statistics_wait_to_be_told(dtype: torch.dtype) -> None:
    body, inputs = body_of((3, 8, 1), batches=7), 2 * torch.randn(50, 3) + 5
    before = [tensor.clone() for tensor in body.buffers()]
    perceptron, _ = by_hand(body, training=True, dtype=dtype)
    perceptron.forward(inputs)
    assert all(map(torch.equal, body.buffers(), before))
    perceptron.gather()
    first = norms_of(body)[0]
    torch.testing.assert_close(first.mean, before[0] * 0.99 + inputs.mean(0) * 0.01)
    variance = inputs.var(0, correction=0)
    torch.testing.assert_close(first.variance, before[1] * 0.99 + variance * 0.01)
    assert [norm.batches.item() for norm in norms_of(body)] == [8, 8]
    assert not torch.equal(norms_of(body)[1].mean, before[3])


def test_renormalised_by_steady_statistics_it_gives_what_it_will_when_it_acts() -> None:
    body, inputs = body_of((3, 1), batches=100_000), torch.randn(200, 3)
    (norm,) = norms_of(body)
    norm.mean.copy_(inputs.mean(0) + 0.5)
    norm.variance.copy_(inputs.var(0) * 2)
    perceptron, _ = by_hand(body, training=True)
    expected = body(inputs).detach()
    torch.testing.assert_close(perceptron.forward(inputs)[0], expected, atol=1e-5, rtol=1e-4)
    norm.batches.zero_()
    assert apart(perceptron.forward(inputs)[0], expected) > 0.01


@pytest.mark.parametrize("act", [nn.Sequential.forward, learning])
def test_a_column_that_never_changes_is_no_danger(act: Callable[..., Tensor]) -> None:
    body, inputs = body_of((3, 8, 1)), torch.randn(20, 3)
    inputs[:, 1] = 4.0
    perceptron, parameters = by_hand(body, training=True)
    descend(perceptron, parameters, inputs, torch.ones(20, 1))
    assert parameters.gradients.isfinite().all()
    assert act(body, inputs).isfinite().all()
