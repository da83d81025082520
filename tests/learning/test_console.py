"""Progress for people: lines in a pipe, a bar in a terminal."""

from __future__ import annotations

import dataclasses
import math
import re

import pytest

from ddpg_ros.learning.console import ConsoleReporter
from ddpg_ros.learning.evaluation import Evaluation
from ddpg_ros.learning.reporting import Progress

START = Progress(0, 10_000, 0, math.nan, math.nan, math.nan, math.nan, math.nan)
MIDDLE = Progress(5_000, 10_000, 31, 12.34, 5.67, 0.125, 1234.5, 3600.0)
EVALUATION = Evaluation((1,), (2.5,), (9,), ("success",))


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


def test_in_a_pipe_it_prints_a_line_every_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    reporter = ConsoleReporter()
    for step in range(0, 10_001, 100):
        reporter.progress(Progress(step, 10_000, 0, 1.0, 1.0, 0.0, 100.0, 1.0))
    reporter.close()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" steps")[0].strip() for line in lines] == [
        f"{thousand},000" for thousand in range(1, 11)
    ]


def test_a_line_says_how_far_how_fast_and_how_well(capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleReporter().progress(MIDDLE)
    assert capsys.readouterr().out == (
        "    5,000 steps  1,234 steps/s  60:00 left  return 12.3  Q 5.7  saturated 12%\n"
    )


def test_a_line_leaves_out_what_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    reporter = ConsoleReporter()
    reporter.progress(START)
    reporter.progress(Progress(1_000, 10_000, 0, math.nan, math.nan, math.nan, math.nan, math.nan))
    assert capsys.readouterr().out == "    1,000 steps\n"


@pytest.mark.parametrize(("best", "mark"), [(True, ", the best so far"), (False, "")])
def test_an_evaluation_is_a_line(best: bool, mark: str, capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleReporter().evaluated(5_000, EVALUATION, best)
    assert capsys.readouterr().out == f"    5,000 steps  evaluation: {EVALUATION}{mark}\n"


def test_a_message_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    text = "[bold]not markup[/bold] " + "long " * 100
    ConsoleReporter().message(text)
    assert capsys.readouterr().out == f"{text}\n"


def test_a_line_names_what_looks_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleReporter().progress(dataclasses.replace(MIDDLE, ill="saturated, stalled"))
    assert capsys.readouterr().out.endswith("  look at: saturated, stalled\n")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of 80 columns."""
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "80")


def without_codes(drawn: str) -> list[str]:
    """The lines of a terminal's output."""
    return re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", drawn).replace("\r", "\n").splitlines()


@pytest.mark.usefixtures("terminal")
def test_a_terminal_shows_at_once_what_a_person_wants_to_see(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reporter = ConsoleReporter()
    reporter.progress(START)
    reporter.evaluated(4_000, EVALUATION, True)
    numbers = {"critic_loss": 0.0123, "noise_std": 0.3, "ill": "saturated, stalled"}
    reporter.progress(dataclasses.replace(MIDDLE, **numbers))
    reporter.message("a line above")
    reporter.close()
    drawn = capsys.readouterr().out
    lines = without_codes(drawn)
    assert max(map(len, lines[-4:])) <= 80
    shown = "\n".join(lines[-4:])
    for text in (
        "50%  5,000 of 10,000 steps  1,234 steps/s  60:00 left",
        "return    training 12.3   evaluation 2.5 ± 0.0   best 2.5 at 4,000",
        "learning  Q 5.7   critic's loss 0.0123   saturated 12%   noise 0.30",
        "look at   saturated, stalled",
    ):
        assert text in shown
    assert "a line above" in lines[:-4]
    assert "\x1b[?25h" in drawn[drawn.rindex("5,000 of") :]  # the cursor is back
    reporter.close()
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("terminal")
def test_a_terminal_shows_no_numbers_that_are_not_known(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reporter = ConsoleReporter()
    reporter.progress(START)
    reporter.close()
    assert "nan" not in capsys.readouterr().out


@pytest.mark.usefixtures("terminal")
def test_a_warning_stands_out(capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleReporter().warning("diverging: [red]this[/red]")
    drawn = capsys.readouterr().out
    assert without_codes(drawn) == ["diverging: [red]this[/red]"]
    assert drawn.startswith("\x1b[33m")
