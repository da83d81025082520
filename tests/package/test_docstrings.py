"""Every file says what it is, and everything public says what it does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from source_tree import FILES, ROOT

LIFECYCLE = ("configure", "activate", "deactivate", "cleanup", "shutdown", "error")
DOCUMENTED_ELSEWHERE = {
    "Env": {"close", "render"},
    "LifecycleNode": {f"on_{event}" for event in LIFECYCLE},
}
"""Methods by base class of gymnasium and rclpy."""

TREES = {path: ast.parse(path.read_text()) for path in FILES}
CLASSES = {
    node.name: node
    for tree in TREES.values()
    for node in ast.walk(tree)
    if isinstance(node, ast.ClassDef)
}


def bases(cls: ast.ClassDef) -> list[str]:
    names = (ast.unparse(base).partition("[")[0] for base in cls.bases)
    return [name.rpartition(".")[2] for name in names]


def inherits(cls: ast.ClassDef, method: str) -> bool:
    """Whether a base, ours or not, says already what ``method`` does."""
    return any(
        method in DOCUMENTED_ELSEWHERE.get(base, ())
        or (
            base in CLASSES
            and (documents(CLASSES[base], method) or inherits(CLASSES[base], method))
        )
        for base in bases(cls)
    )


def documents(cls: ast.ClassDef, method: str) -> bool:
    return any(
        isinstance(node, ast.FunctionDef) and node.name == method and ast.get_docstring(node)
        for node in cls.body
    )


def undocumented(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            if not ast.get_docstring(node):
                yield node.name
            if isinstance(node, ast.ClassDef):
                yield from undocumented_methods(node)


def undocumented_methods(cls: ast.ClassDef) -> Iterator[str]:
    for node in cls.body:
        public = isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if public and not (ast.get_docstring(node) or inherits(cls, node.name)):
            yield f"{cls.name}.{node.name}"


def test_what_says_nothing_is_found() -> None:
    text = "class A:\n  def f(self): ...\n  def _g(self): ...\ndef h():\n  '''Say.'''\ndef i(): ..."
    assert list(undocumented(ast.parse(text))) == ["A", "A.f", "i"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_and_everything_public_in_it_has_a_docstring(path: Path) -> None:
    assert ast.get_docstring(TREES[path])
    assert list(undocumented(TREES[path])) == []
