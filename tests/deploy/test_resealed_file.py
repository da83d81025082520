"""A file whose digest is right is refused when its parts do not fit together."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from arm_policy import METADATA, NODES, SOUND, WEIGHTS, Recipe

from ddpg_ros.learning.onnx_file import Node

Refusal = Callable[[Recipe], str]
UNPROVED = "it does not reproduce itself on this machine: "


def text_of(key: str, **changes: Any) -> Mapping[str, str]:
    return {**SOUND.texts, key: json.dumps({**json.loads(SOUND.texts[key]), **changes})}


WIDER = {"mean": np.zeros(17), "inverse_std": np.ones(17), "weight0": np.zeros((32, 17))}


@pytest.mark.parametrize(
    ("recipe", "got", "asked"),
    [
        (
            replace(SOUND, weights={**WEIGHTS, **WIDER}, inputs={"observation": 17}),
            "observation [17]",
            "observation [batch, 16]",
        ),
        (
            replace(SOUND, inputs={"observation": 16, "more": 3}),
            "observation [16] of tensor(float), more [3]",
            "observation [batch, 16]",
        ),
        (replace(SOUND, outputs={"f": 2}), "f [2]", "action [batch, 2]"),
        (
            replace(SOUND, outputs={"action": 2, "f": 2}),
            "action [2] of tensor(float), f [2]",
            "action [batch, 2]",
        ),
    ],
)
def test_a_graph_that_its_contract_does_not_fit_is_refused(
    recipe: Recipe, got: str, asked: str, refusal: Refusal
) -> None:
    assert refusal(recipe) == (
        f"its graph has {got} of tensor(float) where its contract asks for {asked} in float32. "
        "Export it again with 'ddpg-ros export'."
    )


def test_a_graph_that_reads_something_else_is_refused(refusal: Refusal) -> None:
    nodes = (Node("Sub", ["obs", "mean"], ["a"], {}), *NODES[1:])
    assert refusal(replace(SOUND, nodes=nodes, inputs={"obs": 16})) == (
        "its graph reads 'obs', which nothing before it computes."
    )


@pytest.mark.parametrize("key", ["contract", "probes", "statistics", "provenance"])
def test_missing_metadata_is_named(key: str, refusal: Refusal) -> None:
    texts = {name: text for name, text in SOUND.texts.items() if name != key}
    assert refusal(replace(SOUND, texts=texts)) == (
        f"its metadata has no {key}, so it is not a ddpg_ros policy. "
        "Export it with 'ddpg-ros export'."
    )


def test_a_newer_schema_asks_for_a_newer_package(refusal: Refusal) -> None:
    assert refusal(replace(SOUND, texts=text_of("contract", schema=2))) == (
        "its contract is wrong: contract.schema: this file has schema 2, this ddpg_ros reads up "
        "to 1. Upgrade ddpg_ros on this machine."
    )


def test_a_contract_that_the_probes_do_not_fit_is_refused(refusal: Refusal) -> None:
    text = refusal(replace(SOUND, texts=text_of("contract", history=1)))
    assert text == "its metadata is malformed (32 probe observations for 16 actions)."


@pytest.mark.parametrize("error", [2e-5, -0.5, 1e30])
def test_one_wrong_probe_is_enough_to_refuse_a_file(error: float, refusal: Refusal) -> None:
    actions = METADATA.probes.actions.copy()
    actions[11, 1] += 4.0 * error
    texts = replace(METADATA, probes=replace(METADATA.probes, actions=actions)).to_texts()
    text = refusal(replace(SOUND, texts=texts))
    told = re.match(f"{UNPROVED}probe 11 of 16, action 'elbow' is off by (.+) of its range", text)
    assert told is not None
    assert float(told[1]) == pytest.approx(abs(error), rel=0.02)
    assert "at most 1e-05 is allowed. Do not use it here; compare onnxruntime " in text


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 3e38])
@pytest.mark.parametrize("name", ["bias1", "centre", "half_range"])
def test_weights_beyond_reason_are_refused(name: str, value: float, refusal: Refusal) -> None:
    spoilt = WEIGHTS[name].copy()
    spoilt[0] = value
    text = refusal(replace(SOUND, weights={**WEIGHTS, name: spoilt}))
    assert text.startswith(f"{UNPROVED}probe ")
    assert "action 'shoulder' is off by " in text


def test_no_number_is_told_as_an_infinite_error(refusal: Refusal) -> None:
    weights = {**WEIGHTS, "bias1": np.array([np.nan, 0.0], np.float32)}
    text = f"{UNPROVED}probe 0 of 16, action 'shoulder' is off by inf of its range"
    assert refusal(replace(SOUND, weights=weights)).startswith(text)


def test_an_error_beyond_float32_is_told(refusal: Refusal) -> None:
    actions = np.full((16, 2), -3e38, np.float32)
    texts = replace(METADATA, probes=replace(METADATA.probes, actions=actions)).to_texts()
    weights = {**WEIGHTS, "centre": -actions[0]}
    assert "is off by 1.50e+38 of its range" in refusal(
        replace(SOUND, weights=weights, texts=texts)
    )


def test_a_graph_that_acts_otherwise_in_a_batch_is_refused(refusal: Refusal) -> None:
    mean, add = Node("ReduceMean", ["f"], ["m"], {}), Node("Add", ["h", "m"], ["action"], {})
    nodes = (*NODES[:-1], Node("Add", ["g", "centre"], ["h"], {}), mean, add)
    actions = METADATA.probes.actions
    actions = actions + ((actions - WEIGHTS["centre"]) / WEIGHTS["half_range"]).mean()
    texts = replace(METADATA, probes=replace(METADATA.probes, actions=actions)).to_texts()
    assert refusal(replace(SOUND, nodes=nodes, texts=texts)).startswith(f"{UNPROVED}probe ")
