"""Who may import whom: the rules of the design, held against every import of every file."""

from __future__ import annotations

import ast

import pytest
from package_metadata import ROS_PACKAGES
from source_tree import PATHS, imported, imports_of, reached_from, room, third_party

ROOMS = ("contract", "deploy", "worlds", "learning", "ros", "cli")
FOR_ALL = {"errors", "knob", "guard_settings", "plugin", "yaml_reading"}
"""Files beside the rooms that every room may import."""
MAY_IMPORT = {
    "": set(),
    "errors": set(),
    "knob": {"errors"},
    "plugin": {"errors"},
    "yaml_reading": {"errors"},
    "guard_settings": {"errors", "knob"},
    "contract": FOR_ALL,
    "deploy": {"contract", *FOR_ALL},
    "worlds": {"contract", *FOR_ALL},
    "learning": {"contract", "worlds", *FOR_ALL},
    "ros": {"contract", *FOR_ALL},
    "cli": {"contract", "deploy", "learning", "ros", "worlds", *FOR_ALL},
}
NODES_MAY_IMPORT = {
    "ddpg_ros.ros.check_node": {"contract", "deploy"},
    "ddpg_ros.ros.controller_node": {"contract", "deploy"},
    "ddpg_ros.ros.recorder_node": {"contract"},
    "ddpg_ros.ros.world_node": {"contract", "worlds"},
    "ddpg_ros.ros.trainer_node": {"contract", "learning", "worlds"},
}
SERVES_A_NODE = {
    "ddpg_ros.ros.check_node": {"deploy"},
    "ddpg_ros.ros.camera_feed": {"worlds"},
    "ddpg_ros.ros.control_loop": {"deploy"},
    "ddpg_ros.ros.control_record": {"deploy"},
    "ddpg_ros.ros.control_report": {"deploy"},
    "ddpg_ros.ros.controller_node": {"deploy"},
    "ddpg_ros.ros.diagnostics": {"deploy"},
    "ddpg_ros.ros.flight_log": {"worlds"},
    "ddpg_ros.ros.insight": {"deploy"},
    "ddpg_ros.ros.launch_recording": {"deploy"},
    "ddpg_ros.ros.ros_world": {"worlds"},
    "ddpg_ros.ros.switches": {"deploy"},
    "ddpg_ros.ros.timing_record": {"deploy"},
    "ddpg_ros.ros.trainer_node": {"learning", "worlds"},
    "ddpg_ros.ros.watchdog": {"deploy"},
    "ddpg_ros.ros.world_node": {"worlds"},
    "ddpg_ros.ros.world_output": {"worlds"},
}
"""The files of room ros that may import a room besides what ros may."""

OF_ITS_OWN = {
    "ddpg_ros.yaml_reading": {"yaml"},
    "ddpg_ros.deploy.mcap_messages": {"mcap", "mcap_ros2"},
}
ONLY_THESE = {
    "": set(),
    **{name: set() for name in FOR_ALL},
    "contract": {"numpy"},
    "deploy": {"numpy", "onnxruntime"},
    "cli": set(),
}
"""The packages from elsewhere that a room may import, where that is ruled."""


def modules_of(name: str) -> set[str]:
    return {module for module in PATHS if room(module) == name}


def test_an_import_is_seen_wherever_it_hides() -> None:
    text = "import a.b\nfrom c import d\ndef f():\n  if 0:\n    from ddpg_ros import ros\n"
    assert imported(text) == {"a.b", "c", "ddpg_ros", "ddpg_ros.ros"}
    text = "from . import guard\nfrom ..errors import E\nfrom .. import ros"
    seen = {"ddpg_ros", "ddpg_ros.deploy", "ddpg_ros.deploy.guard", "ddpg_ros.errors"}
    assert imported(text, "ddpg_ros.deploy.core") == {*seen, "ddpg_ros.ros"}
    assert imported("from .core import X", "ddpg_ros.deploy", True) == {"ddpg_ros.deploy.core"}


def test_every_file_lies_in_a_room_with_rules() -> None:
    assert {room(module) for module in PATHS} == {"", *FOR_ALL, *ROOMS}


@pytest.mark.parametrize("module", PATHS)
def test_a_file_imports_no_room_but_those_its_own_may(module: str) -> None:
    own = room(module)
    allowed = {"", own} | MAY_IMPORT[own] | SERVES_A_NODE.get(module, set())
    ours = {name for name in imports_of(module) if name.split(".")[0] == "ddpg_ros"}
    assert {name for name in ours if room(name) not in allowed} == set()
    assert {name for name in ours if name not in PATHS} == set()


@pytest.mark.parametrize("module", PATHS)
def test_a_file_imports_no_package_but_those_its_room_may(module: str) -> None:
    used = third_party({module}) - OF_ITS_OWN.get(module, set())
    assert used <= ONLY_THESE.get(room(module), used)


@pytest.mark.parametrize("name", ["contract", "deploy", "worlds", "learning", "cli"])
def test_ros_is_imported_in_room_ros_alone(name: str) -> None:
    assert "rclpy" in third_party(modules_of("ros"))
    assert third_party(modules_of(name)) & ROS_PACKAGES == set()


def test_onnx_is_imported_nowhere() -> None:
    assert "onnx" not in third_party(set(PATHS))


@pytest.mark.parametrize("node", NODES_MAY_IMPORT)
def test_a_node_and_all_it_loads_stay_within_its_rooms(node: str) -> None:
    allowed = {"", "ros", *FOR_ALL} | NODES_MAY_IMPORT[node]
    assert {room(module) for module in reached_from(node)} <= allowed


@pytest.mark.parametrize("node", ["ddpg_ros.ros.check_node", "ddpg_ros.ros.controller_node"])
def test_what_runs_on_a_robot_loads_nothing_a_robot_lacks(node: str) -> None:
    used = third_party(reached_from(node)) - ROS_PACKAGES
    assert used == {"numpy", "onnxruntime", "yaml"}


def test_a_computed_name_is_imported_for_nodes_messages_and_a_users_code_alone() -> None:
    names = {"import_module", "__import__", "exec", "eval"}
    users = {
        module
        for module, path in PATHS.items()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) in names
    }
    assert users == {
        "ddpg_ros.cli.nodes",
        "ddpg_ros.plugin",
        "ddpg_ros.ros.message_definitions",
    }
