"""Writes ONNX files.

The format is a Protocol Buffers message whose schema has been stable for years
(https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3). The few fields a policy needs are written
here rather than with the ``onnx`` package, which no rosdep key installs; the tests hold every file
against that package's checker.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

IR_VERSION = 8
OPSET = 17
"""Read by onnxruntime 1.13 and later."""

_FLOAT = 1
_VARINT, _BYTES = 0, 2


@dataclass(frozen=True)
class Node:
    """One operation of a graph: ``outputs = operator(inputs)``, with integer attributes."""

    operator: str
    inputs: Sequence[str]
    outputs: Sequence[str]
    attributes: Mapping[str, int]


def onnx_model(
    name: str,
    nodes: Sequence[Node],
    constants: Mapping[str, np.ndarray],
    inputs: Mapping[str, int],
    outputs: Mapping[str, int],
    metadata: Mapping[str, str],
) -> bytes:
    """A model of float32 matrices, its weights inside.

    Args:
        name: The graph's name.
        nodes: Operations, each after those it depends on.
        constants: Weights by name, written as float32.
        inputs: Columns of each input; rows are the batch.
        outputs: Columns of each output.
        metadata: Texts by key.

    Returns:
        The bytes of the file.
    """
    graph = [_message(1, _node(node)) for node in nodes]
    graph += [_text(2, name)]
    graph += [_message(5, _tensor(key, value)) for key, value in constants.items()]
    graph += [_message(11, _value_info(key, columns)) for key, columns in inputs.items()]
    graph += [_message(12, _value_info(key, columns)) for key, columns in outputs.items()]
    parts = [_number(1, IR_VERSION), _text(2, "ddpg_ros"), _message(7, b"".join(graph))]
    parts += [_message(8, _text(1, "") + _number(2, OPSET))]
    parts += [_message(14, _text(1, key) + _text(2, value)) for key, value in metadata.items()]
    return b"".join(parts)


def _node(node: Node) -> bytes:
    parts = [_text(1, name) for name in node.inputs]
    parts += [_text(2, name) for name in node.outputs]
    parts += [_text(4, node.operator)]
    for name, value in node.attributes.items():
        parts += [_message(5, _text(1, name) + _number(3, value) + _number(20, 2))]
    return b"".join(parts)


def _tensor(name: str, values: np.ndarray) -> bytes:
    raw = np.asarray(values, dtype="<f4", order="C")
    shape = b"".join(_number(1, size) for size in raw.shape)
    return shape + _number(2, _FLOAT) + _text(8, name) + _message(9, raw.tobytes())


def _value_info(name: str, columns: int) -> bytes:
    batch = _message(1, _text(2, "batch"))
    shape = _message(2, batch + _message(1, _number(1, columns)))
    return _text(1, name) + _message(2, _message(1, _number(1, _FLOAT) + shape))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3 | _VARINT) + _varint(value)


def _text(field: int, text: str) -> bytes:
    return _message(field, text.encode())


def _message(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | _BYTES) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    digits = bytearray()
    while value > 0x7F:
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    digits.append(value)
    return bytes(digits)
