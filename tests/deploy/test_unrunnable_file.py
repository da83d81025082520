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


def test_an_unknown_operator_cannot_be_loaded(refusal: Refusal) -> None:
    nodes = (*NODES[:-1], Node("Frobnicate", ["g"], ["action"], {}))
    text = refusal(replace(SOUND, nodes=nodes))
    assert text.startswith("onnxruntime cannot load it ([ONNXRuntimeError] ")
    assert "Frobnicate" in text


def test_a_file_of_another_format_cannot_be_loaded(refusal: Refusal) -> None:
    text = refusal(replace(SOUND, more=b"no protocol buffer"))
    assert text.startswith("onnxruntime cannot load it ([ONNXRuntimeError] ")


def test_a_long_reason_is_cut(refusal: Refusal) -> None:
    nodes = (*NODES[:-1], Node("Frobnicate" * 100, ["g"], ["action"], {}))
    assert len(refusal(replace(SOUND, nodes=nodes))) == len("onnxruntime cannot load it ().") + 300


def test_weights_beside_the_file_are_refused(
    refusal: Refusal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("weights.data").write_bytes(WEIGHTS["mean"].tobytes())
    location = message(1, b"location") + message(2, b"weights.data")
    outside = b"\x08\x10\x10\x01" + message(8, b"mean") + message(13, location) + b"\x70\x01"
    inside = {name: values for name, values in WEIGHTS.items() if name != "mean"}
    text = refusal(replace(SOUND, weights=inside, more=message(7, message(5, outside))))
    assert text.startswith("onnxruntime cannot load it (")
    assert "weights.data" in text


@pytest.mark.parametrize(
    "more",
    [
        message(14, message(1, b"note") + message(2, b"\xff")),
        message(7, message(11, message(1, b"\xff") + message(2, message(1, b"\x08\x01")))),
    ],
    ids=["metadata", "name of an input"],
)
def test_a_text_that_is_no_utf_8_cannot_be_read(more: bytes, refusal: Refusal) -> None:
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
