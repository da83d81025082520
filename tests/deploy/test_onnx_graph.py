"""What a graph may compute: feed-forward operations on matrices, of a size a controller affords."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from arm_policy import METADATA, NODES, SOUND, WEIGHTS, Recipe

from ddpg_ros.deploy import OnnxPolicy
from ddpg_ros.deploy.onnx_graph import OnnxGraph
from ddpg_ros.errors import PolicyFileError
from ddpg_ros.learning.onnx_file import Node

Refusal = Callable[[Recipe], str]
NO_NEED = "in a way no policy needs: "


def test_operators_that_other_exporters_write_are_let_through() -> None:
    nodes = (
        Node("Flatten", ["observation"], ["flat"], {"axis": 1}),
        Node("Sub", ["flat", "mean"], ["a"], {}),
        Node("Mul", ["a", "inverse_std"], ["b"], {}),
        Node("Split", ["b"], ["left", "right"], {"axis": 1}),
        Node("Concat", ["left", "right"], ["joined"], {"axis": 1}),
        Node("MatMul", ["joined", "turned"], ["product"], {}),
        Node("Add", ["product", "bias0"], ["c"], {}),
        *NODES[3:],
    )
    weights = {**WEIGHTS, "turned": WEIGHTS["weight0"].T}
    policy = OnnxPolicy(replace(SOUND, nodes=nodes, weights=weights).sealed())
    assert policy.largest_probe_error < 1e-5


@pytest.mark.parametrize(
    "node",
    [
        Node("MatMul", ["observation", "mean"], ["x"], {}),
        Node("Gemm", ["observation", "weight0"], ["x"], {"transA": 1}),
        Node("Concat", ["observation", "mean"], ["x"], {"axis": 1}),
        Node("Concat", ["observation", "observation"], ["x"], {"axis": 0}),
        Node("Flatten", ["observation"], ["x"], {"axis": 0}),
        Node("ReduceMean", ["observation"], ["x"], {"keepdims": 0}),
        Node("Constant", [], ["x"], {"value_int": 3}),
        Node("Relu", [], ["x"], {}),
    ],
    ids=lambda node: f"{node.operator} {node.attributes}",
)
def test_what_would_make_the_sizes_uncertain_is_refused(node: Node, refusal: Refusal) -> None:
    text = refusal(replace(SOUND, nodes=(node, *NODES)))
    assert text.startswith(f"its graph uses {node.operator} {NO_NEED}")


def test_a_name_stands_for_one_value(refusal: Refusal) -> None:
    for taken in ("mean", "observation", "a"):
        nodes = (*NODES, Node("Relu", ["a"], [taken], {}))
        assert refusal(replace(SOUND, nodes=nodes)) == f"'{taken}' is defined twice in it."


def test_every_probe_counts() -> None:
    graph = OnnxGraph(SOUND.sealed())
    graph.check_size(len(METADATA.probes.observations), 16)
    with pytest.raises(PolicyFileError, match=r"^to replay its 1000000 probes takes more than "):
        OnnxGraph(SOUND.sealed()).check_size(1_000_000, 16)


def test_another_domain_is_refused_and_the_operators_are_told(refusal: Refusal) -> None:
    text = refusal(replace(SOUND, nodes=(*NODES, Node("Loop", ["a"], ["x"], {}))))
    assert text.startswith("its graph uses the operator Loop. A policy may use Abs, Add, ")


def test_weights_are_as_large_as_the_file_says(refusal: Refusal) -> None:
    weights = {**WEIGHTS, "cube": np.zeros((2, 2, 2), np.float32)}
    assert refusal(replace(SOUND, weights=weights)).startswith(
        "its weights 'cube' have shape [2, 2, 2]; expected at most two dimensions"
    )


def test_bytes_that_are_no_onnx_file_are_refused(refusal: Refusal) -> None:
    assert refusal(replace(SOUND, more=b"no protocol buffer")) == (
        "it is no ONNX file, or has a part that no policy needs: field 13 of wire type 6 in the "
        "model. Export it with 'ddpg-ros export'."
    )
    assert refusal(replace(SOUND, more=b"\x12\x05cut")) == (
        "it is not a sound ONNX file: its parts do not fit into each other. "
        "Give the path of a policy.onnx, or export it again with 'ddpg-ros export'."
    )
