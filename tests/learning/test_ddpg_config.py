"""A hyperparameter that has no meaning is refused by name, with what was expected."""

from __future__ import annotations

import dataclasses
import json
import math
import re
from typing import Any

import pytest

from ddpg_ros.errors import ConfigError
from ddpg_ros.learning.config import DdpgConfig

FIELDS = {field.name: field for field in dataclasses.fields(DdpgConfig)}
SMALLEST = {"total_steps": 2, "warmup_steps": 0, "batch_size": 1}
NUMBERS = [n for n, f in FIELDS.items() if type(f.default) in (int, float)]


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("total_steps", 0, "expected in [1, 10000000000], got 0."),
        ("gamma", 1.5, "expected in [0, 1], got 1.5."),
        ("gamma", -0.1, "expected in [0, 1], got -0.1."),
        ("tau", math.nan, "expected in [0, 1], got nan."),
        ("warmup_steps", -1, "expected at least 0, got -1."),
        ("weight_decay", -1e-9, "expected at least 0, got -1e-09."),
        ("seed", 2**31, "expected in [0, 2147483647], got 2147483648."),
        ("hidden_sizes", (64, 0), "expected in [1, 65536], got 0."),
        ("hidden_sizes", (64, 0.5), "expected a whole number, got 0.5."),
        ("hidden_sizes", 64, "expected a list of whole numbers, got 64."),
        ("hidden_sizes", "64", "expected a list of whole numbers, got '64'."),
        ("batch_size", 1.5, "expected a whole number, got 1.5."),
        ("batch_size", True, "expected a whole number, got True."),
        ("gamma", "high", "expected a number, got 'high'."),
        ("gamma", "1.5", "expected in [0, 1], got 1.5."),
        ("gamma", True, "expected a number, got True."),
        ("gamma", None, "expected a number, got None."),
        ("normalise_observations", 1, "expected true or false, got 1."),
        ("noise", 3, "expected a text, got 3."),
        ("noise", "pink", "expected one of gaussian, ornstein_uhlenbeck, none, got 'pink'."),
        ("device", "gpu", "expected one of auto, cpu, cuda, got 'gpu'."),
    ],
)
def test_a_wrong_value_is_refused_by_name(name: str, value: Any, problem: str) -> None:
    with pytest.raises(ConfigError, match=f"^{re.escape(f'{name}: {problem}')}$"):
        DdpgConfig.from_dict({name: value})


@pytest.mark.parametrize("name", NUMBERS)
def test_every_number_has_a_range_and_keeps_to_it(name: str) -> None:
    low, high = FIELDS[name].metadata["low"], FIELDS[name].metadata["high"]
    steps = {"total_steps": 101} if name == "updates_per_step" else {}
    DdpgConfig.from_dict({**SMALLEST, **steps, name: max(low, SMALLEST.get(name, low))})
    with pytest.raises(ConfigError, match=f"^{name}: expected .*, got {low - 1}"):
        DdpgConfig.from_dict({name: low - 1})
    if high is not None:
        with pytest.raises(ConfigError, match=f"^{name}: expected .*, got {high + 1}"):
            DdpgConfig.from_dict({name: high + 1})


@pytest.mark.parametrize("name", FIELDS)
def test_every_hyperparameter_is_described_in_a_sentence(name: str) -> None:
    assert re.fullmatch(r"[A-Z].*\.", FIELDS[name].metadata["description"])


def test_layers_normalised_in_two_ways_at_once_are_refused() -> None:
    text = (
        "layer_norm and batch_norm are both true: the critics' layers are normalised over "
        "themselves or over the batch. Choose one."
    )
    with pytest.raises(ConfigError, match=f"^{re.escape(text)}$"):
        DdpgConfig(layer_norm=True, batch_norm=True)


def test_a_batch_larger_than_the_memory_is_refused() -> None:
    text = (
        "batch_size 256 is larger than buffer_size 100: no batch would ever fill. "
        "Make the buffer larger or the batch smaller."
    )
    with pytest.raises(ConfigError, match=f"^{re.escape(text)}$"):
        DdpgConfig(buffer_size=100)


def test_more_agents_than_the_memory_holds_are_refused() -> None:
    text = (
        "num_envs 300 is larger than buffer_size 299: one step would overwrite itself. "
        "Make the buffer larger."
    )
    with pytest.raises(ConfigError, match=f"^{re.escape(text)}$"):
        DdpgConfig(num_envs=300, buffer_size=299)


@pytest.mark.parametrize(("warmup_steps", "batch_size"), [(100, 20), (20, 100)])
def test_a_run_that_ends_before_it_learns_is_refused(warmup_steps: int, batch_size: int) -> None:
    text = (
        f"total_steps 100: learning starts after 100 steps (warmup_steps {warmup_steps}, "
        f"batch_size {batch_size}), so nothing would be learned. Train longer, or start earlier."
    )
    options = {"warmup_steps": warmup_steps, "batch_size": batch_size}
    with pytest.raises(ConfigError, match=f"^{re.escape(text)}$"):
        DdpgConfig(total_steps=100, **options)
    assert DdpgConfig(total_steps=101, **options).total_steps == 101


def test_a_run_too_short_for_its_first_update_is_refused() -> None:
    text = (
        "updates_per_step 0.01: the 99 steps that are left when learning starts are too few for "
        "one update. Raise it, or train longer."
    )
    with pytest.raises(ConfigError, match=f"^{re.escape(text)}$"):
        DdpgConfig(total_steps=1099, updates_per_step=0.01)
    assert DdpgConfig(total_steps=1100, updates_per_step=0.01).updates() == 1


def test_a_run_whose_agents_end_it_in_the_round_before_it_learns_is_refused() -> None:
    options = {"warmup_steps": 100, "batch_size": 20, "num_envs": 7}
    with pytest.raises(ConfigError, match=r"^total_steps 105: learning starts after 105 steps "):
        DdpgConfig(total_steps=105, **options)
    assert DdpgConfig(total_steps=106, **options).total_steps == 106


def test_an_unknown_name_suggests_the_one_that_was_meant() -> None:
    with pytest.raises(ConfigError) as refused:
        DdpgConfig.from_dict({"batchsize": 64})
    known = ", ".join(FIELDS)
    assert str(refused.value) == (
        f"no hyperparameter is called 'batchsize'. Did you mean batch_size? Known: {known}."
    )


def test_a_name_like_no_other_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError) as refused:
        DdpgConfig.from_dict({"xyzzy": 64})
    assert str(refused.value).startswith("no hyperparameter is called 'xyzzy'. Known: total_steps,")


@pytest.mark.parametrize("written", [1, "1", "1e0", 1.0])
def test_a_number_may_be_written_as_people_and_yaml_write_it(written: Any) -> None:
    config = DdpgConfig.from_dict({"gamma": written})
    assert config.gamma == 1.0
    assert isinstance(config.gamma, float)


def test_what_is_not_given_comes_from_the_base() -> None:
    base = DdpgConfig(tau=0.5, seed=7)
    assert DdpgConfig.from_dict({"seed": 8}, base) == DdpgConfig(tau=0.5, seed=8)
    assert DdpgConfig.from_dict({}) == DdpgConfig()


def test_it_survives_json() -> None:
    config = DdpgConfig(hidden_sizes=(3, 5), noise="none", checkpoint_seconds=0.1)
    assert DdpgConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_without_noise_its_deviation_is_not_told_as_set() -> None:
    noise = {"noise_std": 0.6, "noise_decay_steps": 6000}
    assert DdpgConfig(gamma=0.9, **noise).changed() == {"gamma": 0.9, **noise}
    assert DdpgConfig(gamma=0.9, noise="none", **noise).changed() == {"gamma": 0.9, "noise": "none"}
