"""Every number and figure of a study that the documentation cites comes from a table beside it."""

from __future__ import annotations

import csv
import hashlib
import re
from pathlib import Path

import pytest
from source_tree import ROOT

STUDIES = ROOT / "docs" / "studies"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
CITATION = re.compile(r"([-−]?\d[\d,]*(?:\.\d+)?)<!-- (\w+)\.csv: ([^<>]+), (\w+) -->")
"""A number, and in a comment right behind it the file, the variant and the column."""
COMMENT = re.compile(r"<!--\s*\w+\.csv")
PICTURE = re.compile(r"studies/(\w+)\.png")
PROVENANCE = ("steps", "seeds", "commit")


def pages() -> list[tuple[Path, str]]:
    return [(path, FENCE.sub("", path.read_text())) for path in PAGES]


def table(name: str) -> dict[str, dict[str, str]]:
    """Rows of a study by variant."""
    with (STUDIES / f"{name}.csv").open(newline="") as file:
        return {row["variant"]: row for row in csv.DictReader(file)}


def is_said(number: str, cell: str) -> bool:
    """Whether a cell, rounded to the digits of ``number``, is that number."""
    text = number.replace(",", "").replace("−", "-")
    decimals = len(text.partition(".")[2])
    return abs(float(text) - float(cell)) <= 0.5 * 10**-decimals * (1 + 1e-9)


@pytest.mark.parametrize(
    ("number", "cell", "same"),
    [
        ("143.2", "143.214", True),
        ("143.2", "143.26", False),
        ("1,050", "1049.7", True),
        ("−3", "-3.2", True),
        ("3", "-3", False),
    ],
)
def test_a_number_is_held_against_a_cell_to_its_own_digits(
    number: str, cell: str, same: bool
) -> None:
    assert is_said(number, cell) is same


def test_a_citation_is_read_wherever_its_variant_has_commas() -> None:
    found = CITATION.findall("got 1.5<!-- a_b.csv: terminal, gamma 0.98, final_low --> here")
    assert found == [("1.5", "a_b", "terminal, gamma 0.98", "final_low")]


def test_every_cited_number_is_in_its_table() -> None:
    for path, text in pages():
        found = CITATION.findall(text)
        assert len(found) == len(COMMENT.findall(text)), f"{path}: a citation cannot be read"
        for number, study, variant, column in found:
            cell = table(study)[variant][column]
            assert is_said(number, cell), f"{path}: {study}, {variant}, {column}: {number}, {cell}"


def test_every_figure_that_is_shown_was_made_with_the_table_beside_it() -> None:
    image = pytest.importorskip("PIL.Image")
    shown = {name for _, text in pages() for name in PICTURE.findall(text)}
    for name in shown | {path.stem for path in STUDIES.glob("*.csv")}:
        for row in table(name).values():
            assert all(row[column] for column in PROVENANCE), name
            assert "+changes" not in row["commit"], name
        with image.open(STUDIES / f"{name}.png") as picture:
            said = picture.text
        digest = hashlib.sha256((STUDIES / f"{name}.csv").read_bytes()).hexdigest()
        assert said["Source"] == digest, name
        for words in (f"{int(row['steps']):,} steps", f"{row['seeds']} seeds", row["commit"][:8]):
            assert words in said["Description"], name
