"""Code that the documentation quotes, with the lines it stands on.

Run as a program, it writes the lines' present numbers into the pages.
"""

from __future__ import annotations

import re
from pathlib import Path

from source_tree import ROOT

QUOTE = re.compile(
    r"```python\n(?P<code>(?:(?!```).)*?)```\n\[`(?P<path>[\w./]+)`, lines? [\d to]+\]"
    r"\((?P<way>(?:\.\./)+)(?P=path)#[L\d-]+\)",
    re.DOTALL,
)


def lines_of(code: str, path: str) -> tuple[int, int]:
    """First and last line of a file on which ``code`` stands, its indentation aside.

    Raises:
        LookupError: It does not stand there, or more than once.
    """
    quoted = [line.strip() for line in code.strip().splitlines()]
    lines = [line.strip() for line in (ROOT / path).read_text().splitlines()]
    found = [n for n in range(len(lines)) if lines[n : n + len(quoted)] == quoted]
    if len(found) != 1:
        raise LookupError(f"{path} has {len(found)} times what is quoted of it:\n{code}")
    return found[0] + 1, found[0] + len(quoted)


def renumbered(text: str) -> str:
    """A page whose quotes name the lines they stand on."""

    def number(quote: re.Match[str]) -> str:
        code, path = quote["code"], quote["path"]
        first, last = lines_of(code, path)
        words = f"line {first}" if first == last else f"lines {first} to {last}"
        anchor = f"L{first}" if first == last else f"L{first}-L{last}"
        return f"```python\n{code}```\n[`{path}`, {words}]({quote['way']}{path}#{anchor})"

    return QUOTE.sub(number, text)


def write(pages: list[Path]) -> None:
    """Bring the numbers in the pages up to date."""
    for page in pages:
        page.write_text(renumbered(page.read_text()))


if __name__ == "__main__":
    write(sorted((ROOT / "docs").rglob("*.md")))
