"""What MkDocs lacks to show the pages as GitHub does: a hook, named in ``mkdocs.yml``.

The README is the first page. Links that leave ``docs/`` lead to pages too: Markdown as such, any
other file as a listing whose lines can be linked to. Headings have GitHub's anchors. Formulas
are MathML, which browsers show by themselves.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from latex2mathml.converter import convert
from markdown import Extension, Markdown
from markdown.inlinepatterns import InlineProcessor
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import TextLexer, get_lexer_for_filename
from pygments.util import ClassNotFound

ROOT = Path(__file__).resolve().parents[1]
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(\]\()([^)\s]+)(\))")
PRIME = "<mi>&#x02032;</mi>"
PRIMED = re.compile(
    rf"<(msup|msubsup)>(?P<letter><mi>[^<]*</mi>)(?P<index><mi>[^<]*</mi>)??{PRIME}</\1>"
)
"""A letter with a prime for a superscript: too high, since the sign is high by itself."""
LISTED = "source/"
"""Where pages for what lies outside ``docs/`` are."""


def on_config(config: MkDocsConfig) -> None:
    """Teach Markdown math, and headings GitHub's anchors."""
    config.markdown_extensions.append(InlineMath())  # type: ignore[arg-type]
    fence = {"name": "math", "class": "math", "format": _block}
    config.mdx_configs.setdefault("pymdownx.superfences", {})["custom_fences"] = [fence]
    config.mdx_configs["toc"]["slugify"] = lambda heading, _: anchor(heading)


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Add the README, and whatever the pages link to that lies outside ``docs/``."""
    files.append(_generated(config, "index.md", (ROOT / "README.md").read_text()))
    waiting = [_repository_path(file.src_uri) for file in files.documentation_pages()]
    seen = set(waiting)
    while waiting:
        path = waiting.pop()
        for target in _targets(path):
            if target in seen or target.startswith("docs/"):
                continue
            seen.add(target)
            markdown = target.endswith(".md")
            text = (ROOT / target).read_text() if markdown else ""
            files.append(_generated(config, _page_of(target), text))
            waiting += [target] if markdown else []


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Have links lead to the pages of what they name."""
    path = _repository_path(page.file.src_uri)
    if page.file.src_uri.startswith(LISTED):
        page.meta["search"] = {"exclude": True}
        page.title = page.title or path

    def lead(match: re.Match[str]) -> str:
        target, _, place = match[2].partition("#")
        found = _target(path, target)
        if found is None:
            return match[0]
        there = posixpath.relpath(_page_of(found), posixpath.dirname(page.file.src_uri))
        if not found.endswith(".md"):
            place = re.sub(r"^L(\d+).*", r"L-\1", place)
        return f"{match[1]}{there}{'#' if place else ''}{place}{match[3]}"

    parts = re.split(f"({FENCE.pattern})", markdown, flags=FENCE.flags)
    return "".join(_one_word(p) if p.startswith("```") else LINK.sub(lead, p) for p in parts)


def on_page_content(html: str, page: Page, **_: Any) -> str:
    """Fill in the listings."""
    path = _repository_path(page.file.src_uri)
    if not page.file.src_uri.startswith(LISTED) or path.endswith(".md"):
        return html
    try:
        lexer = get_lexer_for_filename(path)
    except ClassNotFound:
        lexer = TextLexer()
    formatter = HtmlFormatter(linenos="inline", lineanchors="L", cssclass="highlight listing")
    text = (ROOT / path).read_text()
    lines = {f"L-{number + 1}" for number in range(text.count("\n"))}
    page.present_anchor_ids = lines  # MkDocs looks for anchors in Markdown alone
    return f"<h1>{path}</h1>{highlight(text, lexer, formatter)}"


def anchor(heading: str) -> str:
    """What GitHub makes of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def mathml(tex: str, display: str) -> str:
    """A formula as MathML.

    Raises:
        ValueError: It has a command that is not known, which would be shown as it is.
    """
    formula = PRIMED.sub(_primed, convert(tex, display=display))
    words = "".join(ElementTree.fromstring(formula).itertext())
    if "\\" in words:
        raise ValueError(f"no MathML for {tex!r}: {words!r}")
    return formula


def _primed(match: re.Match[str]) -> str:
    letter = f"<mrow>{match['letter']}{PRIME}</mrow>"
    return f"<msub>{letter}{match['index']}</msub>" if match["index"] else letter


class InlineMath(Extension):
    """``$...$``."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Look for formulas before anything but code."""
        md.inlinePatterns.register(_Inline(r"(?<![\\$])\$([^$]+?)\$", md), "math", 185)


class _Inline(InlineProcessor):
    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[str, int, int]:
        return self.md.htmlStash.store(mathml(m[1], "inline")), m.start(0), m.end(0)


def _one_word(fence: str) -> str:
    """A fence with the language alone behind its first marks, all that MkDocs takes."""
    return re.sub(r"\A```(\w+)[^\n]*", r"```\1", fence)


def _block(source: str, *_: Any, **__: Any) -> str:
    return f'<div class="math">{mathml(source, "block")}</div>'


def _generated(config: MkDocsConfig, uri: str, text: str) -> File:
    hidden = InclusionLevel.NOT_IN_NAV if uri.startswith(LISTED) else InclusionLevel.INCLUDED
    return File.generated(config, uri, content=text, inclusion=hidden)


def _targets(path: str) -> Iterator[str]:
    """What the page at ``path`` links to in the repository."""
    for match in LINK.finditer(FENCE.sub("", (ROOT / path).read_text())):
        found = _target(path, match[2].partition("#")[0])
        if found is not None:
            yield found


def _target(path: str, link: str) -> str | None:
    """The file that a link on the page at ``path`` names; None if it names none of ours."""
    if not link or ":" in link:
        return None
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), link))
    if (ROOT / target).is_dir():
        target = posixpath.join(target, "README.md")
    return target if (ROOT / target).is_file() else None


def _page_of(path: str) -> str:
    """The page, relative to ``docs/``, that shows a file of the repository."""
    if path == "README.md":
        return "index.md"
    if path.startswith("docs/"):
        return path.removeprefix("docs/")
    return f"{LISTED}{path}" if path.endswith(".md") else f"{LISTED}{path}.md"


def _repository_path(page: str) -> str:
    """The file of the repository that a page shows."""
    if page == "index.md":
        return "README.md"
    if not page.startswith(LISTED):
        return f"docs/{page}"
    path = page.removeprefix(LISTED)
    return path if (ROOT / path).is_file() else path.removesuffix(".md")
