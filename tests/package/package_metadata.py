"""What package.xml and setup.py say."""

from __future__ import annotations

import ast
from typing import Any
from xml.etree import ElementTree

from source_tree import ROOT

PACKAGE_XML = ElementTree.parse(ROOT / "package.xml").getroot()
VERSION = PACKAGE_XML.findtext("version")

DEPENDS = {e.text or "": e.get("condition") for e in PACKAGE_XML.findall("exec_depend")}
"""What rosdep installs, and on which condition."""

ROS_PACKAGES = {name for name in DEPENDS if not name.startswith("python3-")}


def setup_arguments() -> dict[str, Any]:
    """The arguments of ``setup`` that are written out in setup.py."""
    tree = ast.parse((ROOT / "setup.py").read_text())
    constants = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    (call,) = (n.value for n in tree.body if isinstance(n, ast.Expr) and _is_setup(n.value))
    return {k.arg: _written(k.value, constants) for k in call.keywords if k.arg}


def _is_setup(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "setup"


def _written(node: ast.expr, constants: dict[str, Any]) -> Any:
    if isinstance(node, ast.Name) and node.id in constants:
        return constants[node.id]
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return {_written(k, constants): _written(v, constants) for k, v in pairs if k}
    try:
        return ast.literal_eval(node)
    except ValueError:
        return ast.unparse(node)
