"""The package as text: which file imports what, wherever in the file it does so."""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAME = "ddpg_ros"
FILES = sorted((ROOT / NAME).rglob("*.py"))


def module_name(path: Path) -> str:
    """``ddpg_ros.deploy.guard``; a package's own file bears the package's name."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


PATHS = {module_name(path): path for path in FILES}


def room(module: str) -> str:
    """``deploy`` of ``ddpg_ros.deploy.guard``; empty for the package itself."""
    return ".".join(module.split(".")[1:2])


def imported(text: str, module: str = "", is_package: bool = False) -> set[str]:
    """Every module that ``text`` imports, in functions and under conditions too.

    Args:
        text: Python.
        module: The module's own name, for relative imports.
        is_package: Whether it is an ``__init__.py``.
    """
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = module.split(".")[: len(module.split(".")) + is_package - node.level]
            source = ".".join([*(parents if node.level else ()), *filter(None, [node.module])])
            members = {f"{source}.{alias.name}" for alias in node.names}
            found.update({source} | (members & PATHS.keys()))
    return found


@cache
def imports_of(module: str) -> frozenset[str]:
    """Every module that a module of the package imports, itself and its parents' files aside."""
    path = PATHS[module]
    return frozenset(imported(path.read_text(), module, path.name == "__init__.py") - {module})


def reached_from(module: str) -> set[str]:
    """Every module of the package that is loaded with ``module``."""
    reached: set[str] = set()
    waiting = [module]
    while waiting:
        parts = waiting.pop().split(".")
        for name in (".".join(parts[:end]) for end in range(1, len(parts) + 1)):
            if name in PATHS and name not in reached:
                reached.add(name)
                waiting += imports_of(name)
    return reached


def third_party(modules: set[str]) -> set[str]:
    """Top-level names of what ``modules`` import from neither Python nor this package."""
    tops = {name.partition(".")[0] for module in modules for name in imports_of(module)}
    return tops - sys.stdlib_module_names - {NAME}
