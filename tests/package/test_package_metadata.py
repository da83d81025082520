"""package.xml and setup.py fit the package: one version, every dependency, every executable."""

from __future__ import annotations

import ast
import re
import sys
from importlib import metadata
from pathlib import Path

import pytest
from package_metadata import DEPENDS, PACKAGE_XML, ROS_PACKAGES, VERSION, setup_arguments
from source_tree import FILES, PATHS, ROOT, imported, reached_from, third_party

import ddpg_ros

ROSDEP = {
    "PIL": "python3-pil",
    "gymnasium": "python3-gymnasium-pip",
    "imageio": "python3-imageio",
    "jinja2": "python3-jinja2",
    "matplotlib": "python3-matplotlib",
    "mcap": "mcap-ros2-support",
    "mcap_ros2": "mcap-ros2-support",
    "mujoco": "python3-mujoco-pip",
    "numpy": "python3-numpy",
    "onnxruntime": "python3-onnxruntime-pip",
    "rich": "python3-rich",
    "torch": "python3-pytorch-pip",
    "yaml": "python3-yaml",
}
PIP = {"PIL": "pillow", "mcap_ros2": "mcap-ros2-support", "yaml": "pyyaml"}
LOADED_BY_OTHERS = {"python3-tensorboard-pip", "lifecycle_msgs"}
"""By ``torch.utils.tensorboard`` and ``rclpy.lifecycle``."""

VERBS = {"train", "evaluate", "export", "report", "inspect", "check", "record", "replay", "demo"}
VERBS |= {"study", "controller", "world"}


def launch_imports() -> set[str]:
    texts = [path.read_text() for path in (ROOT / "launch").glob("*.py")]
    tops = {name.partition(".")[0] for text in texts for name in imported(text)}
    return tops - sys.stdlib_module_names - {"ddpg_ros"}


def requirements(names: list[str]) -> set[str]:
    return {re.split(r"[\[<>=~ ]", name)[0] for name in names}


def test_the_version_stands_in_package_xml_and_nowhere_else() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", VERSION or "")
    assert "package.xml" in setup_arguments()["version"]
    for path in (ROOT / "setup.py", *FILES):
        constants = (getattr(n, "value", None) for n in ast.walk(ast.parse(path.read_text())))
        assert VERSION not in constants, path


def test_the_installed_package_knows_its_version() -> None:
    assert ddpg_ros.__version__ == metadata.version("ddpg_ros") == VERSION


def test_an_unknown_name_of_the_package_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"^module 'ddpg_ros' has no attribute 'version'$"):
        _ = ddpg_ros.version


def test_rosdep_installs_what_the_package_imports_and_no_more() -> None:
    used = third_party(set(PATHS)) | launch_imports()
    assert {ROSDEP.get(name, name) for name in used} == DEPENDS.keys() - LOADED_BY_OTHERS


def test_a_robot_gets_what_the_controller_imports() -> None:
    used = third_party(reached_from("ddpg_ros.ros.controller_node")) | launch_imports()
    assert {n for n in used if DEPENDS[ROSDEP.get(n, n)] is not None} == set()


def test_a_robot_is_spared_what_training_imports() -> None:
    for name in ("torch", "gymnasium", "mujoco"):
        assert DEPENDS[ROSDEP[name]] == "$DDPG_ROS_ROLE != robot"


def test_pip_installs_what_the_package_imports() -> None:
    arguments = setup_arguments()
    always, extras = requirements(arguments["install_requires"]), arguments["extras_require"]
    robot = third_party(reached_from("ddpg_ros.ros.controller_node")) - ROS_PACKAGES
    assert {PIP.get(name, name) for name in robot} <= always
    used = third_party(set(PATHS)) - ROS_PACKAGES
    assert {PIP.get(name, name) for name in used} <= (
        always | requirements(extras["train"]) | requirements(extras["record"])
    )


def test_every_executable_is_a_function_of_the_package() -> None:
    scripts = dict(s.split(" = ") for s in setup_arguments()["entry_points"]["console_scripts"])
    assert scripts.keys() == {"ddpg-ros", *VERBS}
    for target in scripts.values():
        module, _, attribute = target.partition(":")
        tree = ast.parse(PATHS[module].read_text())
        names = {getattr(node, "name", "") for node in tree.body}
        names |= {a.name for n in tree.body if isinstance(n, ast.ImportFrom) for a in n.names}
        names |= {ast.unparse(t) for n in tree.body if isinstance(n, ast.Assign) for t in n.targets}
        assert attribute in names, target


def test_the_package_is_named_the_same_everywhere() -> None:
    names = {PACKAGE_XML.findtext("name"), setup_arguments()["name"]}
    names |= {path.name for path in (ROOT / "resource").iterdir()}
    assert names == {Path(ddpg_ros.__file__).parent.name} == {"ddpg_ros"}
