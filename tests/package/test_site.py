"""The documentation as a site: builds strictly, fetches nothing, and its links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from source_tree import ROOT

pytest.importorskip("mkdocs")
pytest.importorskip("latex2mathml")

FETCHED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}
"""What a browser fetches by itself, by element."""


class Page(HTMLParser):
    """A page of the site: where it can be linked to, where it links to, and what it fetches."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.places: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.formulas = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.places |= {given[name] for name in ("id", "name") if name in given}
        self.links += [given["href"]] if tag == "a" and "href" in given else []
        fetches = tag in FETCHED and given.get("rel") not in ("next", "prev", "canonical")
        self.fetched += [given[FETCHED[tag]]] if fetches and FETCHED.get(tag) in given else []
        self.formulas += tag == "math"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Page]:
    """The pages of the site, built as ``make docs`` does."""
    folder = tmp_path_factory.mktemp("site").resolve()
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    built = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert built.returncode == 0, built.stderr
    assert "WARNING" not in built.stderr
    return {path: Page(path.read_text()) for path in folder.rglob("*.html")}


def within(site: dict[Path, Page], path: Path, link: str) -> tuple[Path, str]:
    name, _, place = unquote(link).partition("#")
    return ((path.parent / name).resolve() if name else path), place


def internal(site: dict[Path, Page]) -> Iterator[tuple[Path, str]]:
    for path, page in site.items():
        if path.name != "404.html":  # its links start at the root, wherever it is shown
            yield from ((path, link) for link in page.links if not re.match(r"\w+:", link))


def test_every_link_and_anchor_leads_somewhere(site: dict[Path, Page]) -> None:
    links = list(internal(site))
    assert len(links) > 500
    for path, link in links:
        target, place = within(site, path, link)
        target = target / "index.html" if target.is_dir() else target
        assert target.exists(), f"{path.name}: {link}"
        assert not place or place in site[target].places, f"{path.name}: {link}"


def test_every_page_of_the_docs_and_the_readme_is_there(site: dict[Path, Page]) -> None:
    folder = next(path.parent for path in site if path.name == "404.html")
    for page in (ROOT / "docs").rglob("*.md"):
        assert folder / page.relative_to(ROOT / "docs").with_suffix(".html") in site
    assert "ddpg_ros" in (folder / "index.html").read_text()


def test_a_link_to_a_line_of_code_leads_to_that_line(site: dict[Path, Page]) -> None:
    (path,) = [path for path in site if path.name == "ddpg.html"]
    lines = [link for link in site[path].links if re.search(r"\.py\.html#L-\d+$", link)]
    assert len(lines) >= 15
    target, place = within(site, path, lines[0])
    assert place in site[target].places


def test_nothing_is_fetched_from_elsewhere(site: dict[Path, Page]) -> None:
    fetched = [link for page in site.values() for link in page.fetched]
    assert any(link.endswith(".css") for link in fetched)
    assert [link for link in fetched if re.match(r"(\w+:)?//", link)] == []


def test_styles_fetch_nothing_from_elsewhere(site: dict[Path, Page]) -> None:
    folder = next(path.parent for path in site if path.name == "404.html")
    styles = [path.read_text() for path in folder.rglob("*.css")]
    assert styles
    assert [url for text in styles for url in re.findall(r"url\((?:\w+:)?//[^)]*\)", text)] == []


def test_formulas_are_shown_as_such(site: dict[Path, Page]) -> None:
    (page,) = [page for path, page in site.items() if path.name == "ddpg.html"]
    source = (ROOT / "docs" / "ddpg.md").read_text()
    assert page.formulas >= source.count("```math") + 50
