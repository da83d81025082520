"""What is reported of a run: means since the last row, and its speed."""

from __future__ import annotations

import math
import time

import pytest

from ddpg_ros.learning.agents import Episode
from ddpg_ros.learning.telemetry import Telemetry
from ddpg_ros.learning.update_report import UpdateReport

MEASURED = ("critic_loss", "actor_loss", "q", "saturation", "episode_return", "episode_length")


def fed() -> Telemetry:
    telemetry = Telemetry()
    telemetry.add_update(UpdateReport(critic_loss=1.0, actor_loss=-2.0, q=3.0, saturation=0.0))
    telemetry.add_update(UpdateReport(critic_loss=3.0, actor_loss=-4.0, q=4.0, saturation=0.5))
    telemetry.add_episode(Episode(agent=0, length=10, reward_sum=-1.0, outcome="success"))
    telemetry.add_episode(Episode(agent=0, length=30, reward_sum=-3.0, outcome="failure"))
    return telemetry


def test_a_row_holds_the_means_since_the_row_before() -> None:
    telemetry = fed()
    row = telemetry.row(noise_std=0.25)
    assert math.isnan(row.pop("steps_per_second"))
    assert row == {
        "critic_loss": 2.0,
        "actor_loss": -3.0,
        "q": 3.5,
        "saturation": 0.25,
        "episode_return": -2.0,
        "episode_length": 20.0,
        "noise_std": 0.25,
    }
    telemetry.add_update(UpdateReport(7.0, 7.0, 7.0, 1.0))
    assert telemetry.row(0.25)["critic_loss"] == 7.0


def test_where_nothing_happened_a_row_has_no_numbers() -> None:
    telemetry = fed()
    telemetry.row(0.0)
    row = telemetry.row(0.0)
    assert all(math.isnan(row[name]) for name in MEASURED)


def test_progress_tells_of_the_latest_updates_and_episodes() -> None:
    telemetry = fed()
    progress = telemetry.progress(step=100, total_steps=1000, episodes=2)
    assert (progress.q, progress.saturation, progress.episode_return) == (3.5, 0.25, -2.0)
    assert math.isnan(progress.seconds_left)
    telemetry.row(0.0)
    assert telemetry.progress(100, 1000, 2).q == 3.5


def test_progress_before_anything_happened_has_no_numbers() -> None:
    progress = Telemetry().progress(step=0, total_steps=10, episodes=0)
    assert all(math.isnan(v) for v in (progress.q, progress.saturation, progress.episode_return))


def test_the_return_told_is_the_mean_of_the_latest_twenty_episodes() -> None:
    telemetry = Telemetry()
    for number in range(50):
        telemetry.add_episode(Episode(0, 1, float(number), ""))
    assert telemetry.progress(1, 1, 50).episode_return == pytest.approx(sum(range(30, 50)) / 20)


def test_the_time_left_follows_from_the_speed() -> None:
    telemetry, times = Telemetry(), [time.monotonic()]
    telemetry.progress(step=100, total_steps=1000, episodes=0)
    times.append(time.monotonic())
    time.sleep(0.05)
    times.append(time.monotonic())
    progress = telemetry.progress(step=400, total_steps=1000, episodes=0)
    times.append(time.monotonic())
    shortest, longest = times[2] - times[1], times[3] - times[0]
    assert 300 / longest <= progress.steps_per_second <= 300 / shortest
    assert progress.seconds_left == pytest.approx(600 / progress.steps_per_second)


def test_evaluations_do_not_count_as_slow_steps_and_those_to_come_are_in_the_time_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    telemetry, now = Telemetry(), [50.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    telemetry.progress(step=100, total_steps=1000, episodes=0)
    now[0] += 3.0 + 20.0
    telemetry.pause(20.0)
    progress = telemetry.progress(400, 1000, episodes=0, evaluations_left=2.5)
    assert progress.steps_per_second == pytest.approx(100.0)
    assert progress.seconds_left == pytest.approx(600 / 100.0 + 2.5 * 20.0)
