"""Progress for people: lines in a pipe, a bar in a terminal."""

from __future__ import annotations

import math

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


def test_in_a_terminal_it_draws_a_bar_and_takes_it_down(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "200")
    reporter = ConsoleReporter()
    reporter.progress(START)
    reporter.progress(MIDDLE)
    reporter.message("a line above the bar")
    reporter.close()
    drawn = capsys.readouterr().out
    assert "5,000 steps  1,234 steps/s  60:00 left" in drawn
    assert "a line above the bar" in drawn
    assert "\x1b[?25h" in drawn[drawn.rindex("5,000 steps") :]  # the cursor is back
    reporter.close()
    assert capsys.readouterr().out == ""
