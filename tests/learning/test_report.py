"""Every training ends with a report: one page that opens offline, and its data."""

from __future__ import annotations

import base64
import csv
import dataclasses
import io
import itertools
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn_point import NAME, BlindPoint, DrawnPoint
from PIL import Image
from point_world import QUICK, PointWorld, StopAfter
from report_page import Page

from ddpg_ros.contract.digest import check_seal
from ddpg_ros.errors import CheckpointError
from ddpg_ros.learning.checkpoint import read_checkpoint, write_checkpoint
from ddpg_ros.learning.job import Job
from ddpg_ros.learning.presets import preset_for
from ddpg_ros.learning.provenance import describe_origin
from ddpg_ros.learning.remaking import report_run
from ddpg_ros.learning.reporting import Reporter
from ddpg_ros.learning.run_folder import RunFolder
from ddpg_ros.learning.stop_request import StopRequest
from ddpg_ros.learning.sweep import Sweep, choose_axes
from ddpg_ros.learning.training import TrainingResult, resume_training, start_training
from ddpg_ros.worlds import WORLDS

SECTIONS = ["trained", "learning", "evaluation", "episodes", "values", "commands", "robustness"]
SECTIONS += ["contract", "provenance", "again"]


class Listener(Reporter):
    """Keeps the messages."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def message(self, text: str) -> None:
        self.messages.append(text)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunFolder]:
    """A finished run in a world that draws, its names full of what HTML would misread."""
    path = tmp_path_factory.mktemp("runs") / "a <run> & b"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(WORLDS, NAME, DrawnPoint)
        result = start_training(Job(NAME), QUICK, str(path), Reporter(), StopRequest())
        yield result.folder


def data(folder: RunFolder) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(folder.report_data.read_text())
    return content


def page(folder: RunFolder) -> Page:
    return Page(folder.report.read_text())


def test_the_page_has_every_section_with_a_heading_in_order(drawn: RunFolder) -> None:
    made = page(drawn)
    assert [section["id"] for section in made.of("section")] == SECTIONS
    levels = [int(tag[1]) for tag, _ in made.tags if re.fullmatch(r"h\d", tag)]
    assert levels[:2] == [1, 2]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert levels.count(1) == 1
    ids = [attributes["id"] for _, attributes in made.tags if "id" in attributes]
    assert len(set(ids)) == len(ids)
    assert {link["href"] for link in made.of("a")} == {f"#{name}" for name in SECTIONS}


def test_the_page_opens_with_the_network_off(drawn: RunFolder) -> None:
    made = page(drawn)
    assert {"script", "link", "iframe"}.isdisjoint(tag for tag, _ in made.tags)
    for tag, attributes in made.tags:
        assert not any(name.startswith("on") for name in attributes)
        for name in ("src", "srcset", "data", "poster", "xlink:href"):
            assert attributes.get(name, "data:").startswith("data:"), (tag, name)
    text = drawn.report.read_text()
    assert "@import" not in text
    assert "url(" not in text
    assert len(text.encode()) < 5e6


def test_everyone_can_read_the_page(drawn: RunFolder) -> None:
    made = page(drawn)
    assert made.of("html") == [{"lang": "en"}]
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in made.of("meta")
    figures = made.of("svg")
    assert len(figures) >= 6
    names = [figure["aria-label"] for figure in figures]
    assert all(figure["role"] == "img" for figure in figures)
    assert min(map(len, names)) > 20
    assert len(set(names)) == len(names)
    assert [attributes for tag, attributes in made.tags if tag == "title"][1:] == [{}] * len(names)
    assert {heading["scope"] for heading in made.of("th")} == {"row", "col"}
    for scrolled in made.of("div"):
        if scrolled.get("class") == "scroll":
            assert scrolled["aria-label"]
            assert scrolled["tabindex"] == "0"


def test_films_are_of_the_worst_the_median_and_the_best_episode(drawn: RunFolder) -> None:
    made, told = page(drawn), data(drawn)["films"]
    ranked = sorted(drawn.load_episodes(), key=lambda episode: episode.total)
    assert [film["return"] for film in told] == ["smallest", "median", "largest"]
    assert [film["seed"] for film in told] == [episode.seed for episode in ranked]
    images = made.of("img")
    assert [(image["width"], image["height"]) for image in images] == [("64", "48")] * 3
    stills = made.of("source")
    assert {still["media"] for still in stills} == {"(prefers-reduced-motion: reduce)"}
    for image, still, film in zip(images, stills, told, strict=True):
        assert f"seed {film['seed']}: " in image["alt"]
        moving, standing = opened(image["src"]), opened(still["srcset"])
        assert 2 < moving.n_frames <= film["length"] // film["every"] + 1  # equal ones are one
        assert standing.n_frames == 1
        assert moving.info["loop"] == 0


def opened(uri: str) -> Any:
    return Image.open(io.BytesIO(base64.b64decode(uri.removeprefix("data:image/webp;base64,"))))


def test_what_looked_wrong_while_it_trained_is_told(drawn: RunFolder) -> None:
    before, provenance = drawn.load_findings(), data(drawn)["provenance"]
    found = {"step": 7, "sign": "stalled", "seen": "Flat.", "means": "Lost.", "remedy": "Look."}
    drawn.save_findings([found])
    try:
        report_run(str(drawn.path), provenance)
        assert data(drawn)["findings"] == [found]
        made = page(drawn)
        assert [section["id"] for section in made.of("section")] == ["wrong", *SECTIONS]
        assert "stalled Flat. Lost. Look." in made.said("wrong")
        drawn.save_findings([found, {**found, "docs": "docs/ddpg.md#stalled"}])
        report_run(str(drawn.path), provenance)
        said = page(drawn).said("wrong")
        assert said.count("Flat. Lost. Look.") == 2
        assert said.endswith("Flat. Lost. Look. See docs/ddpg.md#stalled.")
    finally:
        drawn.save_findings(before)
        report_run(str(drawn.path), provenance)


def test_that_nothing_was_learned_stands_at_the_head(copied: RunFolder) -> None:
    assert data(copied)["unlearned"] == ""
    with copied.metrics.open() as file:
        rows = list(csv.DictReader(file))
    with copied.metrics.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        judged = {"evaluation_return": "-9.0"}
        writer.writerows({**row, **judged} if row["evaluation_return"] else row for row in rows)
    report_run(str(copied.path), {})
    said = data(copied)["unlearned"]
    assert ": nothing was learned" in said
    head, _, _ = page(copied).text.partition("What was trained")
    assert said in head
    assert "the policy of that moment" not in head


def test_a_policy_from_before_learning_is_said_to_be_the_one_that_is_shown(
    copied: RunFolder,
) -> None:
    job, config = copied.load_job()
    late = dataclasses.replace(config, warmup_steps=config.total_steps, total_steps=1000)
    copied.save_job(job, late)
    report_run(str(copied.path), {})
    head, _, _ = page(copied).text.partition("What was trained")
    assert f"{data(copied)['unlearned']} Episodes, critic and commands below are of the" in head


def test_hyperparameters_that_are_not_the_presets_stand_out(drawn: RunFolder) -> None:
    text = drawn.report.read_text()
    preset = preset_for(NAME)
    assert (preset.batch_size, QUICK.batch_size) == (256, 16)
    assert (preset.critics, QUICK.critics) == (2, 1)
    assert "<strong>16</strong> <small>preset 256</small> <small>default 256</small>" in text
    assert "<strong>1</strong> <small>preset 2</small> <small>default 1</small>" in text
    assert '<td class="n">0.99</td>' in text


def test_the_data_are_those_of_the_run(drawn: RunFolder) -> None:
    report, (_, config) = data(drawn), drawn.load_job()
    summary = drawn.load_evaluation()
    assert {key: report["evaluation"][key] for key in summary} == summary
    assert report["config"] == config.to_dict()
    assert report["contract"] == DrawnPoint().contract.to_dict()
    assert report["policy"]["digest"] == check_seal(drawn.policy.read_bytes())
    assert report["provenance"]["versions"] == describe_origin()["versions"]
    low, high = report["evaluation"]["return_interval"]
    assert low <= summary["mean"] <= high
    with drawn.metrics.open() as file:
        judged = [row for row in csv.DictReader(file) if row["evaluation_return"]]
    curve = report["learning"]["evaluation"]
    assert curve["step"] == [int(row["step"]) for row in judged]
    assert report["policy"]["step"] in curve["step"]
    assert report["policy"]["mean"] == max(curve["mean"])


def test_the_page_says_what_the_data_say(drawn: RunFolder) -> None:
    made, report = page(drawn), data(drawn)
    assert f"{report['evaluation']['episodes']} episodes" in made.said("evaluation")
    assert report["policy"]["digest"] in made.said("provenance")
    assert report["command"] in made.said("again")
    assert f"ddpg-ros report '{drawn.path}'" in made.said("again")
    assert f"{report['values']['states']} states of 3 evaluation episodes" in made.said("values")


def test_what_users_name_is_shown_and_not_obeyed(drawn: RunFolder) -> None:
    made, text = page(drawn), drawn.report.read_text()
    assert {"b", "i", "u", "run"}.isdisjoint(tag for tag, _ in made.tags)
    assert made.text.count(NAME) >= 2
    assert "a <run> & b" in made.text
    assert "<i>m</i>/s" in made.said("contract")
    assert "[<i>m</i>/s]" in made.said("commands")
    for raw in ("<b>point", "<i>m</i>", "<u>lost", "a <run>"):
        assert raw not in text


def test_episodes_are_kept_with_the_evaluation(finished: TrainingResult) -> None:
    episodes, evaluation = finished.folder.load_episodes(), finished.evaluation
    assert evaluation is not None
    assert tuple(episode.seed for episode in episodes) == evaluation.seeds
    assert tuple(episode.total for episode in episodes) == evaluation.returns
    assert tuple(episode.length for episode in episodes) == evaluation.lengths
    assert tuple(episode.outcome for episode in episodes) == evaluation.outcomes


def test_a_world_without_pictures_says_so(finished: TrainingResult) -> None:
    said = "World 'point' draws no pictures of itself."
    assert data(finished.folder)["films"] == said
    assert page(finished.folder).said("episodes") == f"Episodes {said}"


def test_a_world_that_cannot_be_drawn_here_has_a_report_that_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(WORLDS, "blind", BlindPoint)
    result = start_training(Job("blind"), QUICK, str(tmp_path / "run"), Reporter(), StopRequest())
    said = "World 'point' could not be drawn here: no <display>"
    assert page(result.folder).said("episodes") == f"Episodes {said}"


def test_a_report_is_made_again_as_it_was(drawn: RunFolder) -> None:
    before, pixels = data(drawn), page(drawn).of("img")
    again = report_run(str(drawn.path), before["provenance"])
    after = data(again)
    assert after.pop("made_at") >= before.pop("made_at")
    assert after == before
    assert page(again).of("img") == pixels


def test_a_report_holds_the_sweep_beside_the_policy(drawn: RunFolder, tmp_path: Path) -> None:
    drawn = RunFolder(shutil.copytree(drawn.path, tmp_path / "run"))
    before = data(drawn)
    assert before["sweep"] is None
    assert "No sweep has been flown." in page(drawn).said("robustness")
    sweep = Sweep(choose_axes(["delay=0,1", "mass=1,1.3"]))
    for index, cell in enumerate(sweep.cells):
        sweep.take(cell, {"mean": 1.0, "episodes": 4, "outcomes": {"success": 4 - index}})
    sweep.take(None, {"mean": 0.0, "episodes": 4, "outcomes": {"failure": 4}})
    digest = before["policy"]["digest"]
    content = {"digest": digest, "episodes": 4, "left_out": {"gain": "a <motor>"}}
    content |= sweep.to_dict()
    drawn.sweep.parent.mkdir()
    drawn.sweep.write_text(json.dumps(content))
    report_run(str(drawn.path), before["provenance"])
    assert data(drawn)["sweep"] == content
    made = page(drawn)
    said = made.said("robustness")
    assert "delay, control periods 0 as modelled 1 100 % 75 %" in said
    assert "1 as modelled 1.3 100 % 50 %" in said
    assert "Left out: gain. a <motor>" in said
    assert "another policy file" not in said
    missing = [cell["style"] for cell in made.of("td") if cell.get("class") == "score"]
    assert missing[:4] == [f"--missing: {loss}" for loss in ("0.0", "0.25", "0.0", "0.5")]
    content["digest"] = "0" * 64
    drawn.sweep.write_text(json.dumps(content))
    report_run(str(drawn.path), before["provenance"])
    assert "This sweep is of another policy file" in page(drawn).said("robustness")


def test_no_report_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[PointWorld] = []

    def worlds() -> PointWorld:
        made.append(PointWorld())
        if (tmp_path / "run" / "policy.onnx").exists():
            raise OSError("the licence server is down")
        return made[-1]

    monkeypatch.setitem(WORLDS, "point", worlds)
    listener, path = Listener(), str(tmp_path / "run")
    result = start_training(Job("point"), QUICK, path, listener, StopRequest())
    assert result.evaluation is not None
    said = listener.messages[-1]
    assert said.startswith(f"no report (OSError: the licence server is down, in {__file__}, line ")
    assert said.endswith(f"). It can be made with: ddpg-ros report {path}")
    assert not result.folder.report.exists()


def test_a_report_is_given_up_when_the_run_is_asked_to_stop(copied: RunFolder) -> None:
    copied.report.unlink()

    class StopAtReport(StopRequest):
        """Asks for the end as soon as the policy file is there."""

        def requested(self) -> bool:
            return copied.policy.exists()

    copied.policy.unlink()
    listener = Listener()
    result = resume_training(str(copied.path), listener, StopAtReport())
    assert result.evaluation is not None
    assert listener.messages[-1].startswith("no report, as the run was asked to stop. ")
    assert not copied.report.exists()


def test_a_run_that_was_not_evaluated_has_no_report(tmp_path: Path) -> None:
    path = str(tmp_path / "run")
    start_training(Job("point"), QUICK, path, Reporter(), StopAfter(100))
    assert not RunFolder(tmp_path / "run").report.exists()
    with pytest.raises(CheckpointError, match=r"evaluation\.csv: .* 'ddpg-ros train --resume "):
        report_run(path, {})


def test_a_critic_that_was_not_kept_is_missed_in_words(
    copied: RunFolder, finished: TrainingResult
) -> None:
    contract = PointWorld().contract
    state = read_checkpoint(copied.checkpoint, contract)
    assert state is not None
    del state["selection"]["best"]["critic"], state["contract"]
    write_checkpoint(copied.checkpoint, contract, state)
    report_run(str(copied.path), {})
    assert "keeps no critic beside the best policy" in page(copied).said("values")
    assert isinstance(data(finished.folder)["values"], dict)


def test_the_same_worlds_are_flown_as_in_the_evaluation(
    copied: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds: list[int | None] = []

    class Watched(PointWorld):
        """Keeps the seeds of its episodes."""

        def _restart(self, seed: int | None) -> dict[str, Any]:
            seeds.append(seed)
            return super()._restart(seed)

    monkeypatch.setitem(WORLDS, "point", Watched)
    report_run(str(copied.path), {})
    assert seeds[:3] == [episode.seed for episode in copied.load_episodes()]
    steps = sum(episode.length for episode in copied.load_episodes())
    assert data(copied)["commands"]["steps"] == steps


def test_a_run_without_metrics_has_a_page_all_the_same(copied: RunFolder) -> None:
    copied.metrics.unlink()
    report_run(str(copied.path), {})
    assert page(copied).said("learning") == "Learning The run left no metrics."


def test_commands_lie_within_the_limits(finished: TrainingResult) -> None:
    (element,) = data(finished.folder)["commands"]["elements"]
    assert (element["low"], element["high"]) == (-1.0, 1.0)
    assert sum(element["share"]) == pytest.approx(1.0)
    assert np.isfinite([element["mean"], element["std"], element["saturated"]]).all()
