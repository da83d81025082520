"""One vector holds all parameters of a network, and the network sees what happens to it."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor, nn

from ddpg_ros.learning.compute.parameters import Parameters
from ddpg_ros.learning.networks import BatchNorm

DTYPES = pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 5), nn.LayerNorm(5), nn.ReLU(), nn.Linear(5, 2))


def zeros(size: int, dtype: torch.dtype) -> Tensor:
    return torch.zeros(size, dtype=dtype)


def flat(network: nn.Module) -> Tensor:
    return torch.cat([p.detach().flatten() for p in network.parameters()])


@DTYPES
def test_a_network_stays_what_it_was(dtype: torch.dtype) -> None:
    kept, inputs = network(), torch.randn(4, 3)
    before, outputs = flat(kept), kept(inputs)
    parameters = Parameters(kept, dtype, zeros)
    assert torch.equal(parameters.values, before)
    assert torch.equal(flat(kept), before)
    assert torch.equal(kept(inputs), outputs)


def test_the_networks_parameters_are_the_vector() -> None:
    kept = network()
    parameters = Parameters(kept, torch.float32, zeros)
    parameters.values.copy_(torch.arange(float(parameters.values.numel())))
    assert flat(kept).tolist() == list(range(parameters.values.numel()))
    nn.init.constant_(kept[3].bias, -1.0)
    assert parameters.values[-2:].tolist() == [-1.0, -1.0]


def test_a_state_that_is_loaded_arrives_in_the_vector() -> None:
    kept, other = network(), network()
    nn.init.normal_(other[0].weight)
    parameters = Parameters(kept, torch.float32, zeros)
    kept.load_state_dict(other.state_dict())
    assert torch.equal(parameters.values, flat(other))


def test_every_parameters_gradient_is_its_part_of_the_gradients() -> None:
    kept = network()
    parameters = Parameters(kept, torch.float32, zeros)
    for number, parameter in enumerate(kept.parameters()):
        parameters.gradient(parameter).fill_(number)
        assert parameter.grad is not None
        assert (parameter.grad == number).all()
    counts = [p.numel() for p in kept.parameters()]
    expected = [float(n) for n, count in enumerate(counts) for _ in range(count)]
    assert parameters.gradients.tolist() == expected


@DTYPES
def test_what_products_put_in_place_is_the_gradient_once_it_is_collected(
    dtype: torch.dtype,
) -> None:
    kept = network()
    parameters = Parameters(kept, dtype, zeros)
    for number, parameter in enumerate(kept.parameters()):
        place = parameters.product(parameter)
        assert (place.dtype, place.shape) == (dtype, parameter.shape)
        place.fill_(number + 1 / 3)
    parameters.collect()
    for number, parameter in enumerate(kept.parameters()):
        assert parameter.grad is not None
        expected = torch.tensor(number + 1 / 3).to(dtype).float()
        assert (parameter.grad == expected).all()
    assert parameters.gradients.dtype == torch.float32


def test_operands_of_all_digits_are_the_values_themselves() -> None:
    kept = network()
    parameters = Parameters(kept, torch.float32, zeros)
    assert parameters.operands is parameters.values
    nn.init.constant_(kept[3].weight, 7.0)
    assert (parameters.operand(kept[3].weight) == 7.0).all()


def test_operands_of_fewer_digits_are_a_copy_that_a_refresh_renews() -> None:
    kept = network()
    parameters = Parameters(kept, torch.bfloat16, zeros)
    assert torch.equal(parameters.operands, parameters.values.bfloat16())
    before = parameters.operands.clone()
    nn.init.constant_(kept[3].weight, 1 / 3)
    assert torch.equal(parameters.operands, before)
    parameters.refresh()
    assert torch.equal(parameters.operands, parameters.values.bfloat16())
    operand = parameters.operand(kept[3].weight)
    assert operand.shape == (2, 5)
    assert (operand.float() - 1 / 3).abs().max() < 2**-9
    assert (kept[3].weight == 1 / 3).all()


@DTYPES
@pytest.mark.parametrize("tau", [0.0, 0.25, 1.0])
def test_a_follower_goes_its_share_of_the_way(tau: float, dtype: torch.dtype) -> None:
    leader = network()
    follower = copy.deepcopy(leader).requires_grad_(False)
    nn.init.normal_(leader[0].weight)
    ahead, behind = (Parameters(n, dtype, zeros) for n in (leader, follower))
    start, end = behind.values.clone(), ahead.values.clone()
    behind.follow(ahead, tau)
    torch.testing.assert_close(behind.values, (1 - tau) * start + tau * end, atol=1e-7, rtol=0)
    assert torch.equal(behind.operands, behind.values.to(dtype))
    assert torch.equal(flat(follower), behind.values)
    assert torch.equal(ahead.values, end)


@DTYPES
def test_vectors_come_from_where_it_is_told(dtype: torch.dtype) -> None:
    made: list[Tensor] = []

    def allocate(size: int, dtype: torch.dtype) -> Tensor:
        made.append(zeros(size, dtype))
        return made[-1]

    kept = network()
    parameters = Parameters(kept, dtype, allocate)
    places = {vector.data_ptr() for vector in made}
    for vector in (parameters.values, parameters.gradients, parameters.operands):
        assert vector.data_ptr() in places
    assert {vector.numel() for vector in made} == {flat(kept).numel()}
    assert {vector.dtype for vector in made} == {torch.float32, dtype}


def test_buffers_lie_behind_the_parameters_and_follow_as_they_do() -> None:
    kept, other = (nn.Sequential(BatchNorm(3), nn.Linear(3, 2)) for _ in range(2))
    parameters, leader = (Parameters(n, torch.float32, zeros) for n in (kept, other))
    assert parameters.values.numel() == parameters.gradients.numel() == flat(kept).numel()
    assert parameters.everything.numel() == parameters.values.numel() + 3 + 3 + 1
    state = {name: torch.full_like(value, 8.0) for name, value in other.state_dict().items()}
    other.load_state_dict(state)
    assert (leader.everything == 8.0).all()
    parameters.follow(leader, 0.5)
    assert parameters.everything[-7:].tolist() == [4.0] * 3 + [4.5] * 3 + [4.0]
    assert [b.tolist() for b in kept.buffers()] == [[4.0] * 3, [4.5] * 3, [4.0]]
