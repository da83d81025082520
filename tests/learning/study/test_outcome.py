"""What is kept of a training: its evaluations, and whether it diverged."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import pytest
from point_world import QUICK, StopAfter

from ddpg_ros.learning.metrics import COLUMNS
from ddpg_ros.learning.stop_request import StopRequest
from ddpg_ros.learning.study.outcome import MEASURED, Course, Outcome, Row
from ddpg_ros.learning.study.results import Results
from ddpg_ros.learning.study.training import Training
from ddpg_ros.worlds import WORLDS, PeriodEnd

POINT = Training(
    "plain", "point", "", dataclasses.replace(QUICK, threads=1, log_interval=120, gamma=0.9)
)
NOTHING = dict.fromkeys(MEASURED, math.nan)


def line(**cells: float) -> dict[str, str]:
    return {name: str(cells.get(name, "")) for name in COLUMNS}


def outcome(largest_q: float = 1.0, q_bound: float = 2.0, error: str = "") -> Outcome:
    return Outcome((Row(10, 1.5, NOTHING),), largest_q, q_bound, error, 1.25, "abc")


def test_each_evaluation_has_the_metrics_up_to_it() -> None:
    lines = [
        line(step=100, q=2.0, saturation=0.5),
        line(step=100, evaluation_return=7.0, q_minus_monte_carlo=1.0),
        line(step=200, q=-9.0, saturation=0.25, largest_reward=4.0),
        line(step=200, evaluation_return=8.0, q_minus_monte_carlo=0.5),
        line(step=250, q=3.0),
    ]
    course = Course.read(lines)
    first, second = course.rows
    assert (first.step, first.score, first.measured["q"]) == (100, 7.0, 2.0)
    assert (second.step, second.score, second.measured["q"]) == (200, 8.0, -9.0)
    assert (second.measured["saturation"], second.measured["q_minus_monte_carlo"]) == (0.25, 0.5)
    assert math.isnan(second.measured["critic_loss"])
    assert (course.largest_q, course.largest_reward) == (9.0, 4.0)


@pytest.mark.parametrize(
    ("found", "diverged"),
    [
        (outcome(), False),
        (outcome(largest_q=2.0), False),
        (outcome(largest_q=2.01), True),
        (outcome(error="a weight is not finite"), True),
        (outcome(q_bound=math.inf), False),
    ],
)
def test_a_training_diverged_if_q_left_what_rewards_allow(found: Outcome, diverged: bool) -> None:
    assert found.diverged is diverged


def test_what_is_kept_is_strict_json_and_comes_back_as_it_was() -> None:
    for found in (outcome(), outcome(q_bound=math.inf, error="x"), outcome(largest_q=math.inf)):
        text = json.dumps(found.to_dict(), allow_nan=False)
        back = Outcome.from_dict(json.loads(text))
        assert repr(back) == repr(found)  # NaN is not equal to itself


def test_a_training_on_the_point_keeps_every_evaluation() -> None:
    told: list[int] = []
    found = POINT.run(StopRequest(), told.append)
    assert found is not None
    assert [row.step for row in found.rows] == [120, 240, 360, 420]
    assert all(math.isfinite(value) for value in found.rows[-1].measured.values())
    assert all(-40 < row.score < 0 for row in found.rows)
    assert 10 * 0.5 < found.q_bound <= 10 * 1.2**2 * 1.5  # max r is x^2, where x is lost beyond 1.2
    assert found.largest_q > 0
    assert (found.error, found.diverged) == ("", False)
    again = POINT.run(StopRequest())
    assert again is not None
    assert again.rows == found.rows


def test_a_training_that_is_asked_to_stop_leaves_nothing() -> None:
    assert POINT.run(StopAfter(100)) is None


def test_a_training_whose_numbers_are_not_finite_is_an_outcome(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class PayingWorld(WORLDS["point"]):  # type: ignore[misc]
        periods = 0

        def _advance(self, command: object) -> PeriodEnd:
            end = super()._advance(command)
            self.periods += 1
            reward = 1e38 if self.periods >= 200 else end.reward
            return PeriodEnd(reward, end.terminated, end.truncated, end.info)

    monkeypatch.setitem(WORLDS, "paying", PayingWorld)
    found = dataclasses.replace(POINT, world="paying").run(StopRequest())
    assert found is not None
    assert [row.step for row in found.rows] == [120]
    assert found.diverged
    assert "both must be finite" in found.error


def test_a_training_is_found_again_by_what_it_trains_and_no_other(tmp_path: Path) -> None:
    results = Results(tmp_path, "any")
    results.make()
    assert results.load(POINT) is None
    results.save(POINT, outcome())
    assert repr(results.load(dataclasses.replace(POINT, variant="renamed"))) == repr(outcome())
    longer = dataclasses.replace(POINT.config, total_steps=421)
    for other in ({"config": longer}, {"world": "pendulum"}):
        assert results.load(dataclasses.replace(POINT, **other)) is None  # type: ignore[arg-type]
    contract = tmp_path / "contract.yaml"
    contract.write_text("one")
    with_contract = dataclasses.replace(POINT, contract_file=str(contract))
    assert results.load(with_contract) is None
    results.save(with_contract, outcome())
    contract.write_text("another")
    assert results.load(with_contract) is None


@pytest.mark.parametrize("damage", ["", "{", "[]", "{}", '{"rows": [{}]}'])
def test_a_training_whose_file_is_damaged_is_run_again(damage: str, tmp_path: Path) -> None:
    results = Results(tmp_path, "any")
    results.make()
    results.file_of(POINT).write_text(damage)
    assert results.load(POINT) is None
