"""Gradients placed by hand are those autograd finds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.functional import linear

from ddpg_ros.learning.compute.parameters import Parameters
from ddpg_ros.learning.compute.perceptron import Perceptron

NARROW = 0.02
"""How far a gradient of bfloat16 products may end from the true one, as a share of its length.

Each number on the way has 8 bits, and so is wrong by 0.2 % or less."""

SHAPES = [(3, 1), (3, 7, 1), (4, 9, 5, 6, 1), (5, 96, 64, 1), (70, 80, 1)]
SIZES = st.integers(1, 12)

LAYER_NORM = pytest.mark.parametrize("layer_norm", [False, True], ids=["plain", "layer norm"])
DTYPES = pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
EXACT = pytest.mark.parametrize("exact", [True, False], ids=["exact", "narrow"])


def body_of(sizes: Sequence[int], layer_norm: bool = False) -> nn.Sequential:
    """Layers of those widths whose every weight matters."""
    torch.manual_seed(sum(sizes))
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        layers.append(nn.Linear(inputs, outputs))
        layers += [nn.LayerNorm(outputs)] if layer_norm else []
        layers.append(nn.ReLU())
    body = nn.Sequential(*layers[: -2 if layer_norm else -1])
    for module in body:
        if isinstance(module, nn.LayerNorm):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.5, 0.5)
    return body


def zeros(size: int, dtype: torch.dtype) -> Tensor:
    return torch.zeros(size, dtype=dtype)


def by_hand(
    body: nn.Sequential, dtype: torch.dtype = torch.float32, exact: bool = True
) -> tuple[Perceptron, Parameters]:
    parameters = Parameters(body, dtype, zeros)
    return Perceptron(body, parameters, exact), parameters


def descend(perceptron: Perceptron, parameters: Parameters, x: Tensor, gradient: Tensor) -> Tensor:
    """Put the parameters' gradients in place; the outputs."""
    outputs, trace = perceptron.forward(x)
    perceptron.backward(trace, gradient)
    parameters.collect()
    return outputs


def gradients_of(outputs: Tensor, things: list[Tensor], gradient: Tensor) -> tuple[Tensor, ...]:
    """Of ``(outputs * gradient).sum()``, by each of ``things``."""
    return torch.autograd.grad(outputs, things, gradient, retain_graph=True)


def flat(tensors: Iterable[Tensor]) -> Tensor:
    return torch.cat([t.flatten() for t in tensors])


def rounded(x: Tensor) -> Tensor:
    """To the nearest bfloat16; a gradient passes as if it were not."""
    return x + (x.bfloat16().float() - x).detach()


def rounded_throughout(body: nn.Sequential, x: Tensor, exact: bool) -> Tensor:
    """The outputs, where whatever a layer takes and gives is rounded; not the last if ``exact``."""
    *hidden, last = body
    x = rounded(x)
    for module in hidden:
        x = rounded(rounded_linear(module, x) if isinstance(module, nn.Linear) else module(x))
    return last(x) if exact else rounded(rounded_linear(last, x))


def rounded_linear(module: nn.Module, x: Tensor) -> Tensor:
    assert isinstance(module, nn.Linear)
    return linear(x, rounded(module.weight), rounded(module.bias))


def apart(one: Tensor, other: Tensor) -> float:
    """Distance, as a share of the other's length."""
    return float((one - other).norm() / other.norm())


@LAYER_NORM
@pytest.mark.parametrize("sizes", [*SHAPES, (5, 96, 64, 3)], ids=str)
def test_outputs_and_gradients_are_autograds(sizes: tuple[int, ...], layer_norm: bool) -> None:
    body = body_of(sizes, layer_norm)
    inputs, gradient = torch.randn(40, sizes[0]), torch.randn(40, sizes[-1])
    expected_outputs = body(inputs)
    expected = flat(gradients_of(expected_outputs, [*body.parameters()], gradient))
    perceptron, parameters = by_hand(body)
    outputs = descend(perceptron, parameters, inputs, gradient)
    torch.testing.assert_close(outputs, expected_outputs.detach(), atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(parameters.gradients, expected, atol=1e-5, rtol=1e-5)
    assert apart(parameters.gradients, expected) < 1e-6


@settings(deadline=None, derandomize=True, database=None, max_examples=50)
@given(st.lists(SIZES, min_size=2, max_size=5), st.booleans(), st.integers(1, 20), SIZES)
def test_of_any_shape_the_gradients_are_autograds(
    sizes: list[int], layer_norm: bool, batch: int, seed: int
) -> None:
    body = body_of(sizes, layer_norm)
    torch.manual_seed(seed)
    inputs, gradient = torch.randn(batch, sizes[0]), torch.randn(batch, sizes[-1])
    expected = flat(gradients_of(body(inputs), [*body.parameters()], gradient))
    perceptron, parameters = by_hand(body)
    descend(perceptron, parameters, inputs, gradient)
    torch.testing.assert_close(parameters.gradients, expected, atol=1e-5, rtol=1e-5)


@LAYER_NORM
@pytest.mark.parametrize("sizes", SHAPES, ids=str)
def test_the_gradient_by_the_inputs_is_autograds(sizes: tuple[int, ...], layer_norm: bool) -> None:
    body, inputs = body_of(sizes, layer_norm), torch.randn(40, sizes[0], requires_grad=True)
    (expected,) = gradients_of(body(inputs), [inputs], torch.ones(40, 1))
    perceptron, _ = by_hand(body)
    found = perceptron.input_gradient(perceptron.hidden(inputs.detach())[1], len(inputs))
    torch.testing.assert_close(found, expected, atol=1e-6, rtol=1e-5)
    assert apart(found, expected) < 1e-6


@DTYPES
@LAYER_NORM
def test_the_gradient_by_the_inputs_leaves_those_by_the_parameters_alone(
    layer_norm: bool, dtype: torch.dtype
) -> None:
    perceptron, parameters = by_hand(body_of((4, 8, 6, 1), layer_norm), dtype)
    descend(perceptron, parameters, torch.randn(10, 4), torch.randn(10, 1))
    before = parameters.gradients.clone()
    perceptron.input_gradient(perceptron.hidden(torch.randn(10, 4))[1], 10)
    parameters.collect()
    assert torch.equal(parameters.gradients, before)
    assert (before != 0).any()


@DTYPES
@LAYER_NORM
def test_gradients_take_the_place_of_those_before(layer_norm: bool, dtype: torch.dtype) -> None:
    perceptron, parameters = by_hand(body_of((4, 8, 6, 2), layer_norm), dtype)
    inputs, gradient = torch.randn(10, 4), torch.randn(10, 2)
    descend(perceptron, parameters, inputs, gradient)
    first = parameters.gradients.clone()
    descend(perceptron, parameters, inputs, gradient)
    assert torch.equal(parameters.gradients, first)
    assert (first != 0).any()


def test_perceptrons_over_the_same_parameters_place_each_their_own() -> None:
    bodies = nn.ModuleList([body_of((4, 8, 1)), body_of((4, 8, 1), layer_norm=True)])
    parameters = Parameters(bodies, torch.float32, zeros)
    inputs, gradient, expected = torch.randn(10, 4), torch.randn(10, 1), []
    for body in bodies:
        assert isinstance(body, nn.Sequential)
        expected += gradients_of(body(inputs), [*body.parameters()], gradient)
        descend(Perceptron(body, parameters), parameters, inputs, gradient)
    torch.testing.assert_close(parameters.gradients, flat(expected), atol=1e-5, rtol=1e-5)


@EXACT
@LAYER_NORM
@pytest.mark.parametrize("sizes", SHAPES[1:], ids=str)
def test_of_half_the_digits_outputs_and_gradients_are_autograds_of_rounded_numbers(
    sizes: tuple[int, ...], layer_norm: bool, exact: bool
) -> None:
    body = body_of(sizes, layer_norm)
    inputs, gradient = torch.randn(32, sizes[0], requires_grad=True), torch.rand(32, sizes[-1]) + 1
    expected_outputs = rounded_throughout(body, inputs, exact)
    expected = gradients_of(expected_outputs, [*body.parameters()], gradient)
    (by_inputs,) = gradients_of(expected_outputs, [inputs], torch.ones(32, 1))
    inputs = inputs.detach()
    perceptron, parameters = by_hand(body, torch.bfloat16, exact)
    outputs = descend(perceptron, parameters, inputs, gradient)
    found = perceptron.input_gradient(perceptron.hidden(inputs)[1], len(inputs))
    assert {t.dtype for t in (outputs, parameters.gradients, found)} == {torch.float32}
    assert apart(outputs, expected_outputs.detach()) < 1e-3
    assert 1e-5 < apart(found, by_inputs) < NARROW
    for parameter, other in zip(body.parameters(), expected, strict=True):
        assert apart(parameters.gradient(parameter), other) < NARROW


@LAYER_NORM
def test_of_half_the_digits_a_sum_over_a_large_batch_keeps_its_own(layer_norm: bool) -> None:
    body = body_of((5, 16, 16, 1), layer_norm)
    inputs, gradient = torch.randn(4096, 5), torch.rand(4096, 1) + 1
    expected = gradients_of(rounded_throughout(body, inputs, True), [*body.parameters()], gradient)
    perceptron, parameters = by_hand(body, torch.bfloat16)
    descend(perceptron, parameters, inputs, gradient)
    for parameter, other in zip(body.parameters(), expected, strict=True):
        assert apart(parameters.gradient(parameter), other) < NARROW


@EXACT
def test_the_last_layer_has_all_digits_where_it_is_asked_to(exact: bool) -> None:
    body = body_of((5, 96, 64, 1))
    perceptron, _ = by_hand(body, torch.bfloat16, exact)
    hidden, _ = perceptron.hidden(torch.randn(100, 5))
    assert hidden.dtype == torch.bfloat16
    last = body[-1]
    assert isinstance(last, nn.Linear)
    expected = linear(hidden.float(), last.weight, last.bias).detach()
    assert (apart(perceptron.outputs(hidden), expected) < 1e-6) == exact


@DTYPES
def test_the_outputs_of_what_is_hidden_are_the_outputs(dtype: torch.dtype) -> None:
    perceptron, _ = by_hand(body_of((5, 96, 64, 1)), dtype)
    inputs = torch.randn(100, 5)
    outputs, _ = perceptron.forward(inputs)
    assert torch.equal(perceptron.outputs(perceptron.hidden(inputs)[0]), outputs)
