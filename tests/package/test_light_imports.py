"""What a robot loads is light, and loading anything starts nothing."""

from __future__ import annotations

import importlib.util

import pytest
from fresh_python import result, run
from source_tree import PATHS, ROOT
from source_tree import room as room_of

FOR_ALL = {"errors", "knob", "guard_settings", "plugin"}
"""Files beside the rooms, which load nothing."""

HEAVY = ("torch", "gymnasium", "mujoco", "onnx")
OURS = tuple(str(ROOT / name) for name in ("ddpg_ros", "config", "package.xml"))
LOAD_ROOM = f"""
import importlib, json, signal, sys, threading

opened, connected, loaded = [], [], []
handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

def watch(event, arguments):
    if event == "open" and str(arguments[0]).startswith({OURS}):
        opened.append(str(arguments[0]))
    if event == "socket.connect":
        connected.append(repr(arguments))

sys.addaudithook(watch)
for name in NAMES:
    try:
        importlib.import_module(name)
        loaded.append(name)
    except ImportError as error:
        if error.name.startswith("ddpg_ros"):
            raise
rclpy = sys.modules.get("rclpy")
print(json.dumps(dict(
    loaded=loaded,
    files=[path for path in opened if not path.endswith((".py", ".pyc"))],
    connections=connected,
    threads=threading.active_count(),
    context=bool(rclpy and rclpy.ok()),
    signals=handlers != [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)],
)))
"""
NOTHING = {"files": [], "connections": [], "threads": 1, "context": False, "signals": False}


@pytest.mark.parametrize(
    "module",
    [
        "ddpg_ros.deploy.inspection",
        "ddpg_ros.ros.check_node",
        "ddpg_ros.ros.controller_node",
    ],
)
def test_a_robot_loads_nothing_that_training_needs(module: str) -> None:
    if module.startswith("ddpg_ros.ros") and importlib.util.find_spec("rclpy") is None:
        pytest.skip("needs rclpy")
    code = f"import json, sys, {module}\nprint(json.dumps(list(sys.modules)))"
    for without in (HEAVY, ()):
        loaded = result(code, without)
        assert module in loaded
        assert {name.partition(".")[0] for name in loaded}.isdisjoint(HEAVY)
        rooms = {name.split(".")[1] for name in loaded if name.startswith("ddpg_ros.")}
        assert rooms <= {"contract", "deploy", "ros", *FOR_ALL}


def test_these_tests_can_tell_a_machine_that_lacks_a_package() -> None:
    done = run("import numpy.linalg", without=["numpy"])
    assert done.stderr.splitlines()[-1] == "ModuleNotFoundError: No module named 'numpy'"


@pytest.mark.parametrize("room", ["contract", "deploy", "worlds", "learning", "cli", "ros"])
def test_loading_a_room_starts_nothing(room: str) -> None:
    names = [name for name in PATHS if room_of(name) == room and not name.endswith("__main__")]
    state = result(f"NAMES = {names}\n{LOAD_ROOM}")
    if not state.pop("loaded"):
        pytest.skip("needs what the room imports")
    assert state == NOTHING
