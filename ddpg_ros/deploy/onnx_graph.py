"""What a policy file may ask of the machine, decided from its bytes before onnxruntime sees them.

onnxruntime runs any program: loops without end, files read from elsewhere, matrices larger than
the machine. A policy is a chain of feed-forward operations on matrices, whose sizes follow from
those of its weights; so only that is let through, and only as large as a controller can afford.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TypeVar

from ddpg_ros.contract.policy_metadata import INPUT_NAME
from ddpg_ros.deploy.protobuf import BYTES, FIXED32, VARINT, ProtobufReader, text
from ddpg_ros.errors import PolicyFileError

T = TypeVar("T")
Shape = tuple[int, ...]

_ELEMENTWISE = frozenset(
    """Abs Add BatchNormalization Celu Clip Cos Div Elu Erf Exp Gelu HardSigmoid HardSwish Identity
    LayerNormalization LeakyRelu Log LogSoftmax Max Mean Min Mish Mul Neg PRelu Pow Reciprocal
    ReduceMean Relu Selu Sigmoid Sign Sin Slice Softmax Softplus Softsign Split Sqrt Sub Sum Tanh
    ThresholdedRelu""".split()  # noqa: SIM905
)
"""Operators whose outputs are no larger than their inputs, broadcast."""

_OTHERS = frozenset(("Concat", "Constant", "Flatten", "Gemm", "MatMul"))

_MAX_NODES = 1000
_MAX_VALUES = 2**25
"""Float32 numbers in all intermediate results of all probes together, 128 MiB."""
_MAX_PRODUCTS = 2**32
"""Multiplications to replay all probes, some tenths of a second."""

_TENSOR_TYPES = {1: "float32", 7: "int64"}

# Field numbers and wire types of onnx.proto3. What is left out is what a policy must not have:
# functions, training, subgraphs, sparse weights.
_TEXT, _NUMBER, _MESSAGE = (BYTES,), (VARINT,), (BYTES,)
_MODEL = {1: _NUMBER, 2: _TEXT, 3: _TEXT, 4: _TEXT, 5: _NUMBER, 6: _TEXT}
_MODEL |= {7: _MESSAGE, 8: _MESSAGE, 14: _MESSAGE}
_GRAPH = {1: _MESSAGE, 2: _TEXT, 5: _MESSAGE, 10: _TEXT}
_GRAPH |= {11: _MESSAGE, 12: _MESSAGE, 13: _MESSAGE, 16: _MESSAGE}
_NODE = {1: _TEXT, 2: _TEXT, 3: _TEXT, 4: _TEXT, 5: _MESSAGE, 6: _TEXT, 7: _TEXT, 9: _MESSAGE}
_ATTRIBUTE = {1: _TEXT, 2: (FIXED32,), 3: _NUMBER, 4: _TEXT, 5: _MESSAGE, 7: (FIXED32, BYTES)}
_ATTRIBUTE |= {8: (VARINT, BYTES), 13: _TEXT, 20: _NUMBER}
_TENSOR = {1: (VARINT, BYTES), 2: _NUMBER, 4: (FIXED32, BYTES), 7: (VARINT, BYTES), 8: _TEXT}
_TENSOR |= {9: (BYTES,), 12: _TEXT, 13: _MESSAGE, 14: _NUMBER, 16: _MESSAGE}
_ENTRY = {1: _TEXT, 2: _TEXT}


@dataclass
class _Node:
    operator: str = ""
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    integers: dict[str, int] = field(default_factory=dict)
    tensor: Shape | None = None


class OnnxGraph:
    """The operations of an ONNX file, the shapes of its weights, and its metadata.

    Args:
        content: The bytes of the file.

    Raises:
        PolicyFileError: They are no ONNX file, or hold what no policy needs.

    Attributes:
        texts: The metadata by key.
    """

    def __init__(self, content: bytes) -> None:
        self.texts: dict[str, str] = {}
        self._reader = ProtobufReader()
        self._nodes: list[_Node] = []
        self._shapes: dict[str, Shape] = {}
        for number, value in self._reader.fields(memoryview(content), "the model", _MODEL):
            if number == 7:
                self._read_graph(value)
            if number == 14:
                entry = {n: text(v) for n, v in self._reader.fields(value, "the metadata", _ENTRY)}
                _define(self.texts, entry.get(1, ""), entry.get(2, ""))

    def check_size(self, observations: int, observation_size: int) -> None:
        """Raise PolicyFileError unless so many observations can be answered at small cost."""
        _define(self._shapes, INPUT_NAME, (observations, observation_size))
        values = products = 0
        for node in self._nodes:
            inputs = [self._shape_of(name) for name in node.inputs if name]
            output, depth = _output_of(node, inputs)
            for name in filter(None, node.outputs):
                _define(self._shapes, name, output)
                values += math.prod(output)
            products += math.prod(output) * depth
            if values > _MAX_VALUES or products > _MAX_PRODUCTS:
                raise PolicyFileError(
                    f"to replay its {observations} probes takes more than {_MAX_VALUES} numbers "
                    f"or {_MAX_PRODUCTS} multiplications (at {node.operator}). Use a smaller "
                    "network."
                )

    def _shape_of(self, name: str) -> Shape:
        if name not in self._shapes:
            raise PolicyFileError(f"its graph reads '{name}', which nothing before it computes.")
        return self._shapes[name]

    def _read_graph(self, message: memoryview) -> None:
        for number, value in self._reader.fields(message, "the graph", _GRAPH):
            if number == 1:
                self._nodes.append(self._read_node(value))
            if number == 5:
                _define(self._shapes, *self._read_tensor(value))
            if len(self._nodes) > _MAX_NODES:
                raise PolicyFileError(f"its graph has more than {_MAX_NODES} operations.")

    def _read_node(self, message: memoryview) -> _Node:
        node, domain = _Node(), ""
        attributes = []
        for number, value in self._reader.fields(message, "an operation", _NODE):
            if number == 5:
                attributes.append(value)
            elif number == 1:
                node.inputs.append(text(value))
            elif number == 2:
                node.outputs.append(text(value))
            elif number == 4:
                node.operator = text(value)
            elif number == 7:
                domain = text(value)
        if domain not in ("", "ai.onnx") or node.operator not in _ELEMENTWISE | _OTHERS:
            raise PolicyFileError(
                f"its graph uses the operator {domain}{'.' if domain else ''}{node.operator}. "
                f"A policy may use {', '.join(sorted(_ELEMENTWISE | _OTHERS))}."
            )
        for value in attributes:
            self._read_attribute(value, node)
        return node

    def _read_attribute(self, message: memoryview, node: _Node) -> None:
        name, integer = "", 0
        what = f"an attribute of {node.operator}"
        for number, value in self._reader.fields(message, what, _ATTRIBUTE):
            if number == 1:
                name = text(value)
            elif number == 3:
                integer = value - 2**64 if value >= 2**63 else value
            elif number == 5:
                _, node.tensor = self._read_tensor(value)
        _define(node.integers, name, integer)

    def _read_tensor(self, message: memoryview) -> tuple[str, Shape]:
        """Name and shape of a tensor that is no larger than its bytes."""
        name, kind = "", 0
        shape: list[int] = []
        for number, value in self._reader.fields(message, "the weights", _TENSOR):
            if number == 1:
                shape += [value] if isinstance(value, int) else self._reader.numbers(value)
            elif number == 2:
                kind = value
            elif number == 8:
                name = text(value)
            elif number in (13, 14) and value:
                raise PolicyFileError(
                    "it keeps weights in another file, which its digest does not cover. Export it "
                    "with its weights inside."
                )
        if kind not in _TENSOR_TYPES:
            raise PolicyFileError(
                f"its weights '{name}' are of ONNX's type {kind}; "
                f"expected {' or '.join(_TENSOR_TYPES.values())}."
            )
        if len(shape) > 2 or 0 in shape or math.prod(shape) > len(message):
            raise PolicyFileError(
                f"its weights '{name}' have shape {shape}; expected at most two dimensions, and as "
                "many numbers as the file holds."
            )
        return name, tuple(shape)


def _define(names: dict[str, T], name: str, value: T) -> None:
    if name in names:
        raise PolicyFileError(f"'{name}' is defined twice in it.")
    names[name] = value


def _output_of(node: _Node, inputs: list[Shape]) -> tuple[Shape, int]:
    """Bounds of each dimension of a node's outputs, and multiplications an element."""
    operator, flag = node.operator, node.integers.get
    if operator == "Constant" and node.tensor is not None:
        return node.tensor, 0
    if operator in ("Gemm", "MatMul") and len(inputs) >= 2 and len(inputs[1]) == 2:
        left, right = inputs[0], inputs[1]
        if operator == "Gemm" and flag("transB", 0):
            right = right[::-1]
        if len(left) == 2 and not flag("transA", 0):
            return (left[0], right[1]), right[0]
    if operator == "Concat" and inputs and all(len(shape) == 2 for shape in inputs):
        rows, columns = zip(*inputs, strict=True)
        if flag("axis", 1) in (1, -1):
            return (max(rows), sum(columns)), 1
    if operator == "Flatten" and len(inputs) == 1 and len(inputs[0]) == 2 and flag("axis", 1) == 1:
        return inputs[0], 1
    if operator in _ELEMENTWISE and inputs and flag("keepdims", 1):
        return _broadcast(inputs), 1
    raise PolicyFileError(
        f"its graph uses {operator} in a way no policy needs: expected matrices [batch, n], each "
        "multiplied by weights or joined along its columns."
    )


def _broadcast(shapes: list[Shape]) -> Shape:
    backwards = zip_longest(*(shape[::-1] for shape in shapes), fillvalue=1)
    return tuple(max(sizes) for sizes in backwards)[::-1]
