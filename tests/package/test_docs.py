"""What the documentation says of files, links, hyperparameters, contracts and tests is so."""

from __future__ import annotations

import dataclasses
import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from cited_lines import QUOTE, lines_of, renumbered
from source_tree import ROOT

from ddpg_ros.contract import Contract
from ddpg_ros.contract.yaml_file import load_contract
from ddpg_ros.learning import remedies
from ddpg_ros.learning.config import DdpgConfig
from ddpg_ros.ros.controller_parameters import ControllerParameters
from ddpg_ros.ros.settings import FAULTS, FaultParameters, TrainerParameters, WorldParameters

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
LINKING = [path for path in (ROOT / "README.md", *PAGES) if path.exists()]
FENCE = re.compile(r"^```(.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PATH = re.compile(r"\b(?:ddpg_ros|tests|config|launch|examples|docs)/[\w./-]*\w")
TEST = re.compile(r"(tests/[\w/]+\.py)::(\w+)")
ROW = re.compile(r"^\| `([\w.]+)` \|(.*)\|$", re.MULTILINE)
SETTINGS = {
    "ddpg_controller": ControllerParameters,
    "ddpg_world": WorldParameters,
    "ddpg_trainer": TrainerParameters,
}
KINDS = {"bool": bool, "double": float, "int": int, "string": str}
KINDS |= {f"{kind}[]": list for kind in KINDS}
STEPS = [
    "Initialise",
    "Act",
    "The environment responds",
    "Remember",
    "Learn",
    "Four networks",
    "Evaluate",
]
CONTRACTS = [
    body for info, body in FENCE.findall((DOCS / "contract.md").read_text()) if "contract" in info
]


def anchors(path: Path) -> set[str]:
    """What GitHub makes of the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", path.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def rows(page: str, heading: str) -> dict[str, list[str]]:
    """Cells by name of the table under a heading, the name itself left out."""
    _, _, section = (DOCS / page).read_text().partition(f"\n{heading}\n")
    table = ROW.findall(re.split(r"^#", section, maxsplit=1, flags=re.MULTILINE)[0])
    return {name: [cell.strip(" `") for cell in cells.split(" | ")] for name, cells in table}


def as_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


@pytest.mark.parametrize("page", LINKING, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", page.read_text())):
        if not link.startswith(("http:", "https:", "mailto:")):
            name, _, anchor = link.partition("#")
            target = (page.parent / name).resolve() if name else page
            assert target.exists(), link
            if anchor and target.suffix == ".md":
                assert anchor in anchors(target), link
            elif anchor:
                lines = len(target.read_text().splitlines())
                assert all(0 < int(n) <= lines for n in re.findall(r"\d+", anchor)), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_is_named_exists(page: Path) -> None:
    missing = [path for path in PATH.findall(page.read_text()) if not (ROOT / path).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_that_is_named_exists(page: Path) -> None:
    for path, name in TEST.findall(page.read_text()):
        assert f"def {name}(" in (ROOT / path).read_text(), f"{path}::{name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_code_that_is_quoted_stands_on_the_lines_that_are_named(page: Path) -> None:
    text = page.read_text()
    assert renumbered(text) == text, "run: python tests/package/cited_lines.py"


def test_every_step_of_the_algorithm_quotes_the_line_that_does_it() -> None:
    text = (DOCS / "ddpg.md").read_text()
    steps = re.split(r"^## ", text.partition("\n## Hyperparameters\n")[0], flags=re.MULTILINE)[1:]
    assert [step.partition("\n")[0] for step in steps] == STEPS
    for step in steps:
        assert "```python\n" in step, step
        assert step.count("```python\n") == len(QUOTE.findall(step)), step


def test_code_that_is_not_there_is_not_quoted() -> None:
    with pytest.raises(LookupError, match="has 0 times"):
        lines_of("self.updates += 2", "ddpg_ros/learning/ddpg.py")


def test_every_metric_has_a_formula() -> None:
    metrics = pytest.importorskip("ddpg_ros.learning.metrics")
    assert list(rows("ddpg.md", "## Metrics")) == list(metrics.COLUMNS)


def test_every_sign_of_an_ill_run_has_a_section_that_it_links_to() -> None:
    for sign in remedies.REMEDIES:
        assert sign in anchors(ROOT / remedies.DOCS), sign


def test_every_hyperparameter_has_its_default_and_range_in_the_table() -> None:
    table = rows("ddpg.md", "## Hyperparameters")
    fields = dataclasses.fields(DdpgConfig)
    assert list(table) == [field.name for field in fields]
    for field in fields:
        default, span, *_ = table[field.name]
        assert yaml.safe_load(default) == as_json(field.default), field.name
        low, high, choices = (field.metadata[key] for key in ("low", "high", "choices"))
        if low is None:
            assert tuple(span.split(", ")) == (choices or ("true", "false")), field.name
        else:
            ends = [float(end) for end in span.strip("[]").split(", ")]
            assert ends == [low, math.inf if high is None else high], field.name


@pytest.mark.parametrize("node", ["ddpg_controller", "ddpg_world", "ddpg_trainer"])
def test_every_parameter_that_is_listed_exists_with_that_default(node: str) -> None:
    defaults = {f.name: as_json(f.default) for f in dataclasses.fields(SETTINGS[node])}
    table = rows("deploy.md", f"### Parameters of `{node}`")
    for name, (kind, default, _) in table.items():
        assert yaml.safe_load(default) == defaults[name], name
        assert type(defaults[name]) is KINDS[kind], name
    assert node != "ddpg_controller" or sorted(table) == sorted(defaults)


def test_every_fault_has_its_default_and_range_in_the_table() -> None:
    table = rows("deploy.md", "### Faults of `ddpg_world`")
    fields = dataclasses.fields(FaultParameters)
    assert list(table) == [FAULTS + field.name for field in fields]
    for field in fields:
        default, span, _ = table[FAULTS + field.name]
        assert yaml.safe_load(default) == field.default, field.name
        low, high = field.metadata["low"], field.metadata["high"]
        assert span == ("" if low is None else f"{low:g} to {high:g}"), field.name


def test_every_fault_is_off_in_the_parameter_file_of_the_world() -> None:
    text = (ROOT / "config" / "world.yaml").read_text()
    shown = yaml.safe_load(text)["/**/ddpg_world"]["ros__parameters"]["faults"]
    assert shown == dataclasses.asdict(FaultParameters())
    for field in dataclasses.fields(FaultParameters):
        assert field.metadata["description"] in " ".join(text.replace("#", " ").split())


def test_every_parameter_of_the_controller_is_in_its_file_with_its_default() -> None:
    text = (ROOT / "config" / "controller.yaml").read_text()
    shown = yaml.safe_load(text)["/**/ddpg_controller"]["ros__parameters"]
    fields = dataclasses.fields(ControllerParameters)
    assert shown == {f.name: f.default for f in fields if f.default not in ("", ())}
    for field in fields:
        assert field.metadata["description"] in " ".join(text.replace("#", " ").split())
        assert re.search(rf"^    (# )?{field.name}: ", text, re.MULTILINE), field.name


def test_every_range_has_its_default_and_bounds_in_the_table() -> None:
    randomisation = pytest.importorskip("ddpg_ros.worlds.randomisation")
    table = rows("randomisation.md", "## The ranges")
    fields = dataclasses.fields(randomisation.Randomisation)
    assert list(table) == [field.name for field in fields]
    for field in fields:
        default, span, _ = table[field.name]
        assert field.default == (float(default),) * 2, field.name
        assert span == f"{field.metadata['low']:g} to {field.metadata['high']:g}", field.name


def test_every_key_and_column_of_a_study_is_in_its_table() -> None:
    study_file = pytest.importorskip("ddpg_ros.learning.study.study_file")
    tables = pytest.importorskip("ddpg_ros.learning.study.tables")
    assert list(rows("studies.md", "## A study of yours")) == list(study_file.KEYS)
    assert tuple(rows("studies.md", "### Columns of the summary")) == tables.SUMMARY_COLUMNS


def test_the_study_that_is_shown_can_be_read(tmp_path: Path) -> None:
    study_file = pytest.importorskip("ddpg_ros.learning.study.study_file")
    (shown,) = [b for i, b in FENCE.findall((DOCS / "studies.md").read_text()) if i == "yaml"]
    (tmp_path / "mine.yaml").write_text(shown)
    assert len(study_file.read_study(tmp_path / "mine.yaml").variants) == 3


def test_every_axis_of_a_sweep_has_its_values_in_the_table() -> None:
    sweep = pytest.importorskip("ddpg_ros.learning.sweep")
    table = rows("randomisation.md", "## The sweep")
    assert list(table) == list(sweep.AXES)
    for name, (sets, values, nominal) in table.items():
        axis = sweep.AXES[name]
        assert sets.partition("`")[0] == axis.range, name
        assert [float(value) for value in values.split(", ")] == list(axis.values), name
        assert float(nominal) == axis.nominal, name


@pytest.mark.parametrize("number", range(len(CONTRACTS)))
def test_every_contract_that_is_shown_loads(number: int, tmp_path: Path) -> None:
    path = tmp_path / "contract.yaml"
    path.write_text(CONTRACTS[number])
    assert isinstance(load_contract(path), Contract)


def test_there_is_a_contract_to_load() -> None:
    assert len(CONTRACTS) >= 1
