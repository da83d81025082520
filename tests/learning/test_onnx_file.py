"""The files we write are ONNX, says the onnx package."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import numpy_helper

from ddpg_ros.learning.onnx_file import IR_VERSION, OPSET, Node, onnx_model

RNG = np.random.default_rng(0)
CONSTANTS = {
    "weight": RNG.normal(size=(3, 200)).astype(np.float32),
    "bias": RNG.normal(size=3).astype(np.float32),
    "least": np.float32(-0.5),
    "most": np.array(0.5, dtype=np.float64),
}
NODES = (
    Node("Gemm", ["x", "weight", "bias"], ["gemm"], {"transB": 1}),
    Node("Clip", ["gemm", "least", "most"], ["y"], {}),
)
METADATA = {"short": "ünïcode", "empty": "", "long": "x" * 70_000}
CONTENT = onnx_model("graph name", NODES, CONSTANTS, {"x": 200}, {"y": 3}, METADATA)


@pytest.fixture(scope="module")
def model() -> onnx.ModelProto:
    return onnx.load_from_string(CONTENT)


def test_the_checker_accepts_it(model: onnx.ModelProto) -> None:
    onnx.checker.check_model(model, full_check=True)
    assert model.SerializeToString(deterministic=True)


def test_its_versions_are_those_that_old_runtimes_read(model: onnx.ModelProto) -> None:
    assert (model.ir_version, IR_VERSION) == (8, 8)
    assert [(o.domain, o.version) for o in model.opset_import] == [("", 17)] == [("", OPSET)]
    assert model.producer_name == "ddpg_ros"


def test_its_inputs_and_outputs_are_float_matrices_of_any_number_of_rows(
    model: onnx.ModelProto,
) -> None:
    for values, name, columns in ((model.graph.input, "x", 200), (model.graph.output, "y", 3)):
        (value,) = values
        tensor = value.type.tensor_type
        assert (value.name, tensor.elem_type) == (name, onnx.TensorProto.FLOAT)
        assert [d.dim_param or d.dim_value for d in tensor.shape.dim] == ["batch", columns]


def test_its_constants_are_inside_and_keep_their_shape(model: onnx.ModelProto) -> None:
    found = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    assert found.keys() == CONSTANTS.keys()
    for name, expected in CONSTANTS.items():
        assert found[name].shape == np.shape(expected)
        np.testing.assert_array_equal(found[name], expected)
    assert not any(tensor.external_data for tensor in model.graph.initializer)


def test_a_transposed_constant_is_written_row_by_row() -> None:
    turned = CONSTANTS["weight"].T
    content = onnx_model("g", NODES, {**CONSTANTS, "weight": turned}, {"x": 3}, {"y": 3}, {})
    (weight, *_) = onnx.load_from_string(content).graph.initializer
    np.testing.assert_array_equal(numpy_helper.to_array(weight), turned)


def test_its_nodes_are_those_that_were_given(model: onnx.ModelProto) -> None:
    assert model.graph.name == "graph name"
    written = [(n.op_type, list(n.input), list(n.output)) for n in model.graph.node]
    assert written == [(n.operator, n.inputs, n.outputs) for n in NODES]
    ((attribute,),) = [n.attribute for n in model.graph.node if n.attribute]
    assert (attribute.name, attribute.type, attribute.i) == ("transB", onnx.AttributeProto.INT, 1)


def test_its_metadata_is_that_which_was_given(model: onnx.ModelProto) -> None:
    assert {entry.key: entry.value for entry in model.metadata_props} == METADATA


@pytest.mark.parametrize("rows", [1, 7])
def test_onnxruntime_computes_what_numpy_computes(rows: int) -> None:
    session = onnxruntime.InferenceSession(CONTENT, providers=["CPUExecutionProvider"])
    x = RNG.normal(size=(rows, 200)).astype(np.float32) / 20
    (y,) = session.run(None, {"x": x})
    expected = np.clip(x @ CONSTANTS["weight"].T + CONSTANTS["bias"], -0.5, 0.5)
    np.testing.assert_allclose(y, expected, atol=1e-5)
    assert session.get_modelmeta().custom_metadata_map == METADATA
