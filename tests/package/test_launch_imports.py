"""Launch files run only where ROS is installed; their imports are looked at here as text."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from source_tree import NAME, PATHS, ROOT

FILES = sorted((ROOT / "launch").glob("*.launch.py"))


def top_level_names(path: Path) -> set[str]:
    """What a module defines or imports at its top level."""
    names: set[str] = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {
                leaf.id for t in targets for leaf in ast.walk(t) if isinstance(leaf, ast.Name)
            }
    return names


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_every_name_that_a_launch_file_imports_exists(file: Path) -> None:
    imported = [
        (node.module, alias.name)
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{NAME}.")
        for alias in node.names
    ]
    assert imported
    missing = [(m, name) for m, name in imported if name not in top_level_names(PATHS[m])]
    assert not missing
