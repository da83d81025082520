"""What onnxruntime cannot load, read or run is refused in a sentence, with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from arm_policy import METADATA, NODES, SOUND, WEIGHTS, Recipe

from ddpg_ros.contract.policy_metadata import Probes
from ddpg_ros.learning.onnx_file import Node

Refusal = Callable[[Recipe], str]


def message(number: int, content: bytes) -> bytes:
    """A short field of Protocol Buffers; what comes twice in a message is merged."""
    assert len(content) < 128
    return bytes([number << 3 | 2, len(content)]) + content


def with_centre_for(batch: int) -> Recipe:
    """A recipe whose graph takes a batch of that size alone."""
    return replace(SOUND, weights={**WEIGHTS, "centre": np.tile(WEIGHTS["centre"], (batch, 1))})


def test_a_long_reason_is_cut(refusal: Refusal) -> None:
    nodes = (Node("Sub", ["observation", "bias0"], ["a"], {}), *NODES[1:])
    long = {f"x{i}" * 60: np.zeros(1, np.float32) for i in range(3)}
    text = refusal(replace(SOUND, nodes=nodes, weights={**WEIGHTS, **long}))
    assert text.startswith("onnxruntime cannot load it ([ONNXRuntimeError] ")
    assert len(text) <= len("onnxruntime cannot load it ().") + 300


def test_weights_beside_the_file_are_refused(
    refusal: Refusal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("weights.data").write_bytes(WEIGHTS["mean"].tobytes())
    location = message(1, b"location") + message(2, b"weights.data")
    outside = b"\x08\x10\x10\x01" + message(8, b"mean") + message(13, location) + b"\x70\x01"
    inside = {name: values for name, values in WEIGHTS.items() if name != "mean"}
    assert refusal(replace(SOUND, weights=inside, more=message(7, message(5, outside)))) == (
        "it keeps weights in another file, which its digest does not cover. Export it with its "
        "weights inside."
    )


def test_a_text_that_is_no_utf_8_cannot_be_read(refusal: Refusal) -> None:
    more = message(7, message(11, message(1, b"\xff") + message(2, message(1, b"\x08\x01"))))
    assert refusal(replace(SOUND, more=more)) == (
        "onnxruntime cannot read it ('utf-8' codec can't decode byte 0xff in position 0: "
        "invalid start byte)."
    )


def test_a_graph_that_takes_no_batch_cannot_be_run(refusal: Refusal) -> None:
    text = refusal(with_centre_for(batch=3))
    assert text.startswith("onnxruntime cannot run it ([ONNXRuntimeError] ")


def test_a_graph_that_takes_no_single_observation_cannot_be_run(refusal: Refusal) -> None:
    probes = METADATA.probes
    three = Probes(probes.observations[:3], probes.actions[:3], probes.tolerance)
    texts = replace(METADATA, probes=three).to_texts()
    text = refusal(replace(with_centre_for(batch=3), texts=texts))
    assert text.startswith("onnxruntime cannot run it (Error in execution: ")
