"""Policy files made to do harm; all but the damaged ones carry a digest that is right."""

from __future__ import annotations

import json
import pickle
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from typing import Any

import numpy as np
from arm_policy import METADATA, NODES, SOUND, WEIGHTS
from onnx import AttributeProto, ModelProto, TensorProto, helper, numpy_helper

from ddpg_ros.contract.digest import BLANK_DIGEST, seal
from ddpg_ros.learning.onnx_file import Node, onnx_model

Build = Callable[[], bytes]
HOSTILE: dict[str, Build] = {}
"""Builders of the files, by what is wrong with them."""

_DIGEST = BLANK_DIGEST.encode()


def _hostile(name: str) -> Callable[[Build], Build]:
    def keep(build: Build) -> Build:
        HOSTILE[name] = build
        return build

    return keep


def _model(change: Callable[[ModelProto], Any]) -> bytes:
    """The sound file with a change to its model, sealed again."""
    recipe = (SOUND.nodes, SOUND.weights, SOUND.inputs, SOUND.outputs)
    model = ModelProto.FromString(onnx_model("arm", *recipe, SOUND.texts))
    change(model)
    return seal(model.SerializeToString())


def _texts(key: str, text: str) -> bytes:
    return replace(SOUND, texts={**SOUND.texts, key: text}).sealed()


def _changed(key: str, change: Callable[[Any], Any]) -> bytes:
    """The sound file with a change to the JSON of one of its texts."""
    data = json.loads(SOUND.texts[key])
    change(data)
    return _texts(key, json.dumps(data))


def _contract(**changes: Any) -> bytes:
    return _changed("contract", lambda data: data.update(changes))


def _after(*nodes: Node, **weights: np.ndarray) -> bytes:
    """The sound file, to whose action it adds what ``nodes`` compute: ``bomb``."""
    sound = replace(NODES[-1], outputs=["sound"])
    total = Node("Add", ["sound", "bomb"], ["action"], {})
    nodes = (*NODES[:-1], sound, *nodes, total)
    return replace(SOUND, nodes=nodes, weights={**WEIGHTS, **weights}).sealed()


def _insert(*nodes: Any, **weights: np.ndarray) -> bytes:
    """As :func:`_after`, with nodes of the onnx package, which know more kinds of attribute."""

    def change(model: ModelProto) -> None:
        model.graph.node[-1].output[0] = "sound"
        total = helper.make_node("Add", ["sound", "bomb"], ["action"])
        model.graph.node.extend([*nodes, total])
        for name, value in weights.items():
            model.graph.initializer.append(numpy_helper.from_array(value, name))

    return _model(change)


def _weights(name: str, **fields: Any) -> bytes:
    """The sound file, one of whose tensors says other things of itself."""

    def change(model: ModelProto) -> None:
        tensor = next(t for t in model.graph.initializer if t.name == name)
        for field, value in fields.items():
            tensor.ClearField(field)
            if isinstance(value, list):
                getattr(tensor, field).extend(value)
            else:
                setattr(tensor, field, value)

    return _model(change)


def _external(location: str) -> bytes:
    def change(model: ModelProto) -> None:
        tensor = model.graph.initializer[0]
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value=location)

    return _model(change)


def _body(*inputs: str) -> Any:
    """A graph that hands its inputs on, of any type, as Loop, If and Scan want it."""
    kept = [helper.make_tensor_value_info("kept", TensorProto.BOOL, [])]
    nodes = [helper.make_node("Identity", ["go"], ["kept"])]
    given = [
        helper.make_tensor_value_info("round", TensorProto.INT64, []),
        helper.make_tensor_value_info("go", TensorProto.BOOL, []),
    ]
    for name in inputs:
        given.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]))
        kept.append(helper.make_tensor_value_info(f"{name}_kept", TensorProto.FLOAT, [1]))
        nodes.append(helper.make_node("Add", [name, name], [f"{name}_kept"]))
    return helper.make_graph(nodes, "body", given, kept)


_ONE = np.ones(1, np.float32)


@_hostile("a bit flipped in a weight")
def _flipped() -> bytes:
    content = bytearray(SOUND.sealed())
    content[content.index(WEIGHTS["weight0"].tobytes()) + 7] ^= 0x40
    return bytes(content)


HOSTILE["cut off in the middle"] = lambda: SOUND.sealed()[: len(SOUND.sealed()) // 2]
HOSTILE["empty"] = lambda: b""
HOSTILE["two digests"] = lambda: SOUND.sealed() + _DIGEST


class _Harm:
    """Runs code when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return exec, ("raise SystemExit('unpickled')",)


HOSTILE["a pickle that runs code"] = lambda: seal(pickle.dumps(_Harm()) + _DIGEST)


@_hostile("a zip bomb with a digest")
def _zip_bomb() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.pkl", bytes(10**8))
    return seal(file.getvalue() + BLANK_DIGEST.encode())


HOSTILE["a gzip bomb with a digest"] = lambda: seal(zlib.compress(bytes(10**8)) + _DIGEST)


@_hostile("a protobuf nested 20,000 deep")
def _nested() -> bytes:
    content = b""
    for _ in range(20_000):
        size, digits = len(content), b""
        while size > 0x7F:
            digits += bytes([size & 0x7F | 0x80])
            size >>= 7
        content = b"\x3a" + digits + bytes([size]) + content
    return replace(SOUND, more=content).sealed()


HOSTILE["a length of 2^63 bytes"] = lambda: replace(
    SOUND, more=b"\x3a" + b"\xff" * 8 + b"\x7f"
).sealed()
HOSTILE["ten million empty fields"] = lambda: replace(SOUND, more=b"\x12\x00" * 10**7).sealed()
HOSTILE["weights of 2^62 numbers"] = lambda: _weights("weight0", dims=[2**31, 2**31])
HOSTILE["weights whose size overflows to 0"] = lambda: _weights(
    "weight0", dims=[2**62, 4], raw_data=b""
)
HOSTILE["weights of negative size"] = lambda: _weights("weight0", dims=[-32, -16])
HOSTILE["weights in /etc/passwd"] = lambda: _external("/etc/passwd")
HOSTILE["weights in ../../dev/zero"] = lambda: _external("../../../../../../dev/zero")
HOSTILE["weights of float64"] = lambda: _weights("mean", data_type=TensorProto.DOUBLE)
HOSTILE["weights that are texts"] = lambda: _weights(
    "mean", data_type=TensorProto.STRING, raw_data=b"", string_data=[b"x"] * 16
)
HOSTILE["NaN weights"] = lambda: replace(
    SOUND, weights={**WEIGHTS, "bias1": np.full(2, np.nan)}
).sealed()
HOSTILE["infinite weights"] = lambda: replace(
    SOUND, weights={**WEIGHTS, "weight1": np.full((2, 32), np.inf)}
).sealed()


@_hostile("a Loop of 2^62 rounds")
def _loop() -> bytes:
    loop = helper.make_node("Loop", ["rounds", "go", "one"], ["bomb"], body=_body("x"))
    return _insert(loop, rounds=np.array(2**62), go=np.array(True), one=_ONE)


@_hostile("an If")
def _if() -> bytes:
    value = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])
    branch = helper.make_graph([helper.make_node("Identity", ["one"], ["y"])], "b", [], [value])
    node = helper.make_node("If", ["go"], ["bomb"], then_branch=branch, else_branch=branch)
    return _insert(node, go=np.array(True), one=_ONE)


@_hostile("a Scan of 10^8 rounds")
def _scan() -> bytes:
    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, []) for name in "xy"]
    body = helper.make_graph([helper.make_node("Exp", ["x"], ["y"])], "b", value[:1], value[1:])
    make = helper.make_node("ConstantOfShape", ["rounds"], ["many"])
    scan = helper.make_node("Scan", ["many"], ["all"], body=body, num_scan_inputs=1)
    total = helper.make_node("ReduceMean", ["all"], ["bomb"])
    return _insert(make, scan, total, rounds=np.array([10**8]))


@_hostile("ConstantOfShape of 16 GB")
def _constant() -> bytes:
    make = helper.make_node("ConstantOfShape", ["size"], ["many"])
    return _insert(make, helper.make_node("ReduceMean", ["many"], ["bomb"]), size=np.array([2**32]))


@_hostile("Expand to 16 GB")
def _expand() -> bytes:
    expand = helper.make_node("Expand", ["one", "size"], ["many"])
    mean = helper.make_node("ReduceMean", ["many"], ["bomb"])
    return _insert(expand, mean, one=_ONE, size=np.array([2**32]))


@_hostile("weights broadcast to 16 GB")
def _broadcast() -> bytes:
    column = np.ones((65536, 1), np.float32)
    add = Node("Add", ["column", "row"], ["many"], {})
    mean = Node("ReduceMean", ["many"], ["bomb"], {})
    return _after(add, mean, column=column, row=column.T)


@_hostile("an outer product of 16 GB")
def _outer() -> bytes:
    column = np.ones((65536, 1), np.float32)
    product = Node("MatMul", ["column", "row"], ["many"], {})
    return _after(product, Node("ReduceMean", ["many"], ["bomb"], {}), column=column, row=column.T)


@_hostile("40 times joined with itself")
def _joined() -> bytes:
    names = ["action0", *(f"twice{i}" for i in range(40))]
    joins = [Node("Concat", [a, a], [b], {"axis": 1}) for a, b in pairwise(names)]
    mean = Node("ReduceMean", [names[-1]], ["bomb"], {})
    return _after(Node("Identity", ["e"], ["action0"], {}), *joins, mean)


@_hostile("200,000 operations")
def _many() -> bytes:
    names = ["e", *(f"x{i}" for i in range(200_000)), "bomb"]
    chain = [Node("Neg", [a], [b], {}) for a, b in pairwise(names)]
    return _after(*chain)


HOSTILE["an unknown operator"] = lambda: _after(Node("Frobnicate", ["e"], ["bomb"], {}))
HOSTILE["an operator with escape codes"] = lambda: _after(
    Node("\x1b[2J\x1b]0;harm\x07\n\u202e", ["e"], ["bomb"], {})
)
HOSTILE["an operator of another domain"] = lambda: _insert(
    helper.make_node("Gelu", ["e"], ["bomb"], domain="com.microsoft")
)
HOSTILE["random numbers"] = lambda: _insert(
    helper.make_node("RandomNormal", [], ["bomb"], shape=[1, 2])
)
HOSTILE["a circle of operations"] = lambda: _after(
    Node("Neg", ["bomb"], ["x"], {}), Node("Neg", ["x"], ["bomb"], {})
)


@_hostile("a function that calls itself")
def _function() -> bytes:
    node = helper.make_node("Again", ["x"], ["y"], domain="own")
    opset = [helper.make_opsetid("own", 1)]

    def change(model: ModelProto) -> None:
        model.functions.append(helper.make_function("own", "Again", ["x"], ["y"], [node], opset))
        model.graph.node[-2].CopyFrom(helper.make_node("Again", ["f"], ["g"], domain="own"))

    return _model(change)


HOSTILE["two inputs"] = lambda: replace(SOUND, inputs={"observation": 16, "more": 3}).sealed()
HOSTILE["an output of another name"] = lambda: replace(SOUND, outputs={"f": 2}).sealed()
HOSTILE["an input of 2^40 columns"] = lambda: replace(SOUND, inputs={"observation": 2**40}).sealed()


@_hostile("an attribute that is a graph")
def _attribute() -> bytes:
    def change(model: ModelProto) -> None:
        graph = AttributeProto(name="g", type=AttributeProto.GRAPH, g=_body())
        model.graph.node[0].attribute.append(graph)

    return _model(change)


HOSTILE["a contract nested 100,000 deep"] = lambda: _texts("contract", "[" * 100_000)
HOSTILE["provenance nested 100,000 deep"] = lambda: _texts(
    "provenance", '{"a":' * 100_000 + "1" + "}" * 100_000
)
HOSTILE["statistics of a million lists"] = lambda: _texts("statistics", f"[{'[],' * 10**6}[]]")
HOSTILE["30 MB of lists"] = lambda: _texts("provenance", f"[{'[],' * 10**7}[]]")
HOSTILE["a number of 10,000 digits"] = lambda: _texts("contract", '{"schema":' + "1" * 10_000 + "}")
HOSTILE["a period of 1e400"] = lambda: _contract(period="1e400")
HOSTILE["a negative period"] = lambda: _contract(period=-0.02)
HOSTILE["a period that is no number"] = lambda: _contract(period=float("nan"))
HOSTILE["a period that is a list"] = lambda: _contract(period=[0.02])
HOSTILE["a contract without commands"] = lambda: _changed(
    "contract", lambda data: data.pop("commands")
)
HOSTILE["a history of 1e9"] = lambda: _contract(history=10**9)


def _laser(bins: int) -> dict[str, Any]:
    return {
        "name": "scan",
        "sources": [
            {"topic": "scan", "message": "sensor_msgs/LaserScan", "field": "ranges", "elements": []}
        ],
        "feature": {"kind": "min_pool", "bins": bins, "max_range": 5.0},
    }


HOSTILE["a scan of 1e9 sectors"] = lambda: _contract(observation=[_laser(10**9)])
HOSTILE["a thousand scans"] = lambda: _contract(observation=[_laser(4096)] * 1000)
HOSTILE["100 scans"] = lambda: _contract(observation=[_laser(4096)] * 100)


def _arm(hinges: int, length: Any = 0.0) -> bytes:
    chain = [{"joint": f"j{i}", "xyz": [length, 0, 0]} for i in range(hinges)]
    goal = {"topic": "goal_pose", "message": "geometry_msgs/PoseStamped", "field": "pose.position"}
    joints = {"topic": "joint_states", "message": "sensor_msgs/JointState", "field": "position"}
    joints["elements"] = [hinge["joint"] for hinge in chain]
    term = {"name": "to_goal", "sources": [goal, joints]}
    return _contract(observation=[{**term, "feature": {"kind": "tool_to_goal", "chain": chain}}])


HOSTILE["an arm of 4,000 hinges"] = lambda: _arm(4000)
HOSTILE["an arm of infinite length"] = lambda: _arm(2, "inf")


@_hostile("10,000 action elements that are read back")
def _read_back() -> bytes:
    def change(data: dict[str, Any]) -> None:
        names = [f"j{i}" for i in range(10_001)]
        limits = {"unit": "", "low": 0, "high": 1}
        data["commands"][0]["elements"] = [{"name": name, **limits} for name in names]
        data["observation"][2]["sources"][0]["elements"] = names

    return _changed("contract", change)


@_hostile("an unknown key of a megabyte")
def _long_key() -> bytes:
    return _contract(**{"k" * 400_000: 1})


def _joint(name: str) -> Callable[[dict[str, Any]], Any]:
    def change(data: dict[str, Any]) -> None:
        data["commands"][0]["elements"][0]["name"] = name

    return change


HOSTILE["a joint called by a lone surrogate"] = lambda: _changed("contract", _joint("\ud800"))
HOSTILE["a joint written right to left"] = lambda: _changed("contract", _joint("\u202eredluohs"))
HOSTILE["a topic of homoglyphs"] = lambda: _changed(
    "contract", lambda data: data["commands"][0].update(topic="cоmmands")
)
HOSTILE["a safe value out of reach"] = lambda: _changed(
    "contract", lambda data: data["commands"][0]["elements"][0].update(safe=1e308)
)
HOSTILE["a newer schema"] = lambda: _contract(schema=10**9)


def _probes(count: int) -> bytes:
    rows = np.resize(METADATA.probes.observations, (count, 16))
    actions = np.resize(METADATA.probes.actions, (count, 2))
    probes = replace(METADATA.probes, observations=rows, actions=actions)
    return replace(SOUND, texts=replace(METADATA, probes=probes).to_texts()).sealed()


HOSTILE["no probes"] = lambda: _probes(0)
HOSTILE["50,000 probes"] = lambda: _probes(50_000)
HOSTILE["a probe tolerance of infinity"] = lambda: _changed(
    "probes", lambda data: data.update(tolerance=float("inf"))
)
HOSTILE["probes that are no base64"] = lambda: _changed(
    "probes", lambda data: data.update(actions="ὁ" * 40)
)
HOSTILE["statistics that are NaN"] = lambda: _changed(
    "statistics", lambda data: data.update(mean=[float("nan")] * 16)
)
HOSTILE["a count of 10^1000"] = lambda: _changed(
    "statistics", lambda data: data.update(count=10**1000)
)
HOSTILE["texts that are no UTF-8"] = lambda: replace(
    SOUND, more=b"\x72\x09\x0a\x04note\x12\x01\xff"
).sealed()
HOSTILE["a contract that is there twice"] = lambda: _model(
    lambda model: model.metadata_props.add(key="contract", value=SOUND.texts["contract"])
)
