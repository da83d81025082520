"""A report's page as a browser's parser meets it."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "img", "source", "br", "link", "input", "hr"}


class Page(HTMLParser):
    """Tags with their attributes and text, and whether each that opens is closed.

    Args:
        text: The page.

    Attributes:
        tags: Every tag in order, with its attributes.
        text: What a person reads, blanks made one; styles left out.
        sections: Text by the ``id`` of each section.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.sections: dict[str, str] = {}
        self.text = ""
        self._open: list[str] = []
        self._section = ""
        self.feed(text)
        self.close()
        assert self._open == []
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        assert len(attributes) == len(attrs), f"<{tag}> has an attribute twice"
        self.tags.append((tag, attributes))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "section":
            self._section = attributes["id"]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        raise AssertionError(f"<{tag}/> closes itself, which HTML does not know")

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop() == tag
        if tag in ("td", "th"):
            self.handle_data(" ")
        if tag == "section":
            self._section = ""

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            return
        self.text += data
        if self._section:
            self.sections[self._section] = self.sections.get(self._section, "") + data

    def of(self, tag: str) -> list[dict[str, str]]:
        """Attributes of every ``tag``."""
        return [attributes for name, attributes in self.tags if name == tag]

    def said(self, section: str) -> str:
        """Text of a section, blanks made one."""
        return " ".join(self.sections[section].split())
