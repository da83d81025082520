"""Delays, losses, noise and pushes between a world and whoever steps it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from arm_world import Arm, act

from ddpg_ros.contract import Reading
from ddpg_ros.contract.readings import joint_state
from ddpg_ros.errors import WorldError
from ddpg_ros.worlds import DisturbedWorld, PeriodEnd, Randomisation, World
from ddpg_ros.worlds.randomisation import Draw


class Noisy(Arm):
    """An arm whose clockwork has mass, takes pushes, and is read with noise of 0.5."""

    sensor_noise = {"joint_states": {"position": 0.5}}  # noqa: RUF012

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.masses: list[float] = []
        self.pushes: list[tuple[float, float]] = []

    def vary(self, draw: Draw) -> None:
        self.masses.append(draw.factor("mass"))

    def push(self, speed: float, rng: np.random.Generator) -> None:
        self.pushes.append((self.age, speed))


class Misnamed(Arm):
    """An arm that is wrong about its own sensors."""

    sensor_noise = {  # noqa: RUF012
        "joint_states": {"position": 0.1, "angle": 0.1},
        "imu": {"orientation": 0.1},
    }


def disturbed(world: World, **ranges: Any) -> DisturbedWorld:
    return DisturbedWorld(world, Randomisation.from_dict(ranges))


def ages(world: World, periods: int = 5, seed: int = 0) -> list[float]:
    """How many substeps old the latest reading says it is, at the start and after each period."""
    observation, _ = world.reset(seed=seed)
    return [observation[-3], *(act(world)[0][-3] for _ in range(periods))]


def episode(world: World, seed: int, periods: int = 12) -> list[Any]:
    observation, info = world.reset(seed=seed)
    rows: list[Any] = [observation.tolist(), info]
    rng = np.random.default_rng(0)
    for _ in range(periods):
        observation, *rest = world.step(rng.uniform(-1, 1, 2))
        rows.append([observation.tolist(), *rest])
    return rows


def test_without_a_range_it_is_the_world_itself() -> None:
    assert episode(disturbed(Arm(life=30)), seed=3) == episode(Arm(life=30), seed=3)


def test_it_reads_drives_and_lasts_what_the_world_does() -> None:
    world = disturbed(Arm(), mass=1)
    assert (world.contract, world.substeps) == (Arm().contract, 4)
    assert world.observation_space == Arm().observation_space


@pytest.mark.parametrize(
    ("delay", "seen"),
    [
        (0.0, [0, 4, 8, 12, 16, 20]),
        (0.25, [0, 3, 7, 11, 15, 19]),
        (0.75, [0, 1, 5, 9, 13, 17]),
        (1.0, [0, 0, 4, 8, 12, 16]),
        (1.5, [0, 0, 2, 6, 10, 14]),
        (3.0, [0, 0, 0, 0, 4, 8]),
    ],
)
def test_readings_are_late_by_the_delay_and_the_first_stays_until_then(
    delay: float, seen: list[int]
) -> None:
    assert ages(disturbed(Arm(), observation_delay=delay)) == seen


@pytest.mark.parametrize(("delay", "late"), [(0.0, 0), (0.25, 1), (1.0, 4), (1.5, 6)])
def test_commands_are_late_by_the_delay_and_the_safe_one_holds_until_then(
    delay: float, late: int
) -> None:
    arm = Arm()
    world = disturbed(arm, action_delay=delay)
    world.reset(seed=0)
    for quick in (1.0, 2.0, -1.0):
        act(world, quick=quick)
    applied = [command[1] for command in arm.applied]
    wanted = [0.0] * late + [1.0] * 4 + [2.0] * 4 + [-1.0] * 4
    assert applied == wanted[:12]
    assert arm.applied[0][0] == (0.25 if late else pytest.approx(0.05))


def test_the_previous_command_is_the_one_that_was_sent_however_late_it_is() -> None:
    world = disturbed(Arm(), action_delay=2)
    world.reset(seed=0)
    observation = act(world, quick=1.5)[0]
    assert observation[-1] == 1.5


def test_a_fraction_of_a_substep_is_rounded_at_random_with_the_right_mean() -> None:
    world = disturbed(Arm(), observation_delay=0.4)
    substeps = np.array([8 - ages(world, 2, seed)[-1] for seed in range(300)])
    assert set(substeps) == {1, 2}
    assert substeps.mean() == pytest.approx(1.6, abs=0.1)


def test_an_episode_has_one_delay_of_its_own() -> None:
    world = disturbed(Arm(), observation_delay=[0, 1])
    seen = set()
    for seed in range(60):
        late = np.arange(8, 24, 4) - ages(world, 5, seed)[2:]
        assert len(set(late)) == 1
        seen.add(late[0])
    assert seen == {0, 1, 2, 3, 4}


def test_an_episode_that_ends_within_a_period_ends_with_a_reading_of_that_moment() -> None:
    world = disturbed(Arm(life=6))
    world.reset(seed=0)
    act(world)
    observation, reward, terminated, *_ = act(world)
    assert (observation[-3], reward, terminated) == (6, 5.5, True)


def test_a_lost_message_leaves_the_one_before() -> None:
    assert ages(disturbed(Arm(), drop=1)) == [0] * 6
    world = disturbed(Arm(), drop=0.3)
    seen = ages(world, 2000)
    fresh = [age == 4 * period for period, age in enumerate(seen)]
    assert np.mean(fresh) == pytest.approx(0.7, abs=0.05)
    assert all(
        here in (4 * period, before)
        for period, (before, here) in enumerate(pairwise(seen), start=1)
    )


def test_noise_has_the_deviation_of_the_sensor_times_the_factor() -> None:
    errors = np.array(ages(disturbed(Noisy(), sensor_noise=2), 4000)) - 4 * np.arange(4001)
    assert errors.mean() == pytest.approx(0.0, abs=0.1)
    assert errors.std() == pytest.approx(1.0, rel=0.05)
    assert abs(np.corrcoef(errors[1:], errors[:-1])[0, 1]) < 0.05


def test_bias_stays_for_the_episode() -> None:
    world = disturbed(Noisy(), sensor_bias=[-2, 4])
    biases = []
    for seed in range(200):
        errors = np.array(ages(world, 3, seed)) - [0, 4, 8, 12]
        assert np.ptp(errors) < 1e-5
        biases.append(errors[0])
    assert min(biases) < -0.8
    assert max(biases) > 1.8
    assert all(-1.0 <= bias <= 2.0 for bias in biases)


def test_readings_are_copies_that_the_world_does_not_change_behind_ones_back() -> None:
    class Live(Arm):
        def __init__(self) -> None:
            super().__init__()
            self.value = np.zeros(1)

        def readings(self) -> dict[str, Reading]:
            self.value[0] = self.age
            return {"joint_states": joint_state(["age"], self.value)}  # type: ignore[arg-type]

    assert ages(disturbed(Live(), observation_delay=1)) == [0, 0, 4, 8, 12, 16]


def test_between_two_periods_ends_the_sensors_say_the_same() -> None:
    assert seen_every_substep(disturbed(Arm(), drop=[0, 0.0]), 8) == [0, 0, 0, 4, 4, 4, 4, 8]


def test_to_somebody_who_looks_at_any_time_the_sensors_say_as_much_as_undisturbed() -> None:
    world = DisturbedWorld(Noisy(), Randomisation(mass=(1.1, 1.1)), steadily=True)
    assert seen_every_substep(world) == list(range(1, 11))


def test_to_somebody_who_looks_at_any_time_they_are_late_by_the_delay_at_any_time() -> None:
    late = Randomisation(observation_delay=(0.75, 0.75))
    assert seen_every_substep(DisturbedWorld(Arm(), late, steadily=True)) == [
        *[0, 0, 0],
        *range(1, 8),
    ]
    assert ages(DisturbedWorld(Arm(), late, steadily=True)) == [0, 1, 5, 9, 13, 17]


def test_to_somebody_who_looks_at_any_time_a_loss_lasts_a_period() -> None:
    world = DisturbedWorld(Arm(), Randomisation(drop=(0.5, 0.5)), steadily=True)
    seen = np.reshape(seen_every_substep(world, 4000), (1000, 4))
    fresh = seen == np.arange(1, 4001).reshape(1000, 4)
    assert set(fresh.sum(axis=1)) == {0, 4}
    assert fresh.mean() == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("delay", [0.0, 0.25, 0.75, 1.0, 1.5])
def test_late_and_lost_at_once_it_is_the_same_to_both(delay: float) -> None:
    ranges = Randomisation(observation_delay=(delay, delay), drop=(0.5, 0.5))
    now = 4 * np.arange(3, 4001)
    late, steady = (
        now - ages(DisturbedWorld(Arm(), ranges, steadily=steadily), 4000)[3:]
        for steadily in (False, True)
    )
    assert set(steady[10:]) >= set(late[late < 12]) >= {4 * delay, 4 * delay + 4}
    assert np.mean(steady) == pytest.approx(np.mean(late), abs=0.25)
    assert np.mean(steady == 4 * delay) == pytest.approx(0.5, abs=0.03)


def seen_every_substep(world: World, substeps: int = 10) -> list[float]:
    world.reset(seed=0)
    said = []
    for _ in range(substeps):
        world.advance(np.zeros(2))
        said.append(world.readings()["joint_states"].fields["position"][0])
    return said


def test_pushes_come_at_random_moments_at_their_rate() -> None:
    arm = Noisy()
    world = disturbed(arm, push_rate=2, push=[0.5, 1.5])
    arm.pushes.clear()
    world.reset(seed=0)
    for _ in range(5000):
        act(world)
    times, speeds = np.transpose(arm.pushes)
    assert len(times) == pytest.approx(2 * 500, rel=0.1)
    assert np.ptp(np.diff(times)) > 20
    assert (speeds.min(), speeds.max()) == (
        pytest.approx(0.5, abs=0.02),
        pytest.approx(1.5, abs=0.02),
    )
    arm.pushes.clear()
    often = disturbed(arm, push_rate=100, push=1)
    often.reset(seed=0)
    for _ in range(500):
        act(often)
    assert len(arm.pushes) == pytest.approx(100 * 50, rel=0.1)
    arm.pushes.clear()
    still = disturbed(arm, mass=[0.5, 2])
    still.reset(seed=0)
    act(still)
    assert arm.pushes == []


def test_the_physics_are_drawn_once_an_episode() -> None:
    arm = Noisy()
    world = disturbed(arm, mass=[0.5, 2])
    arm.masses.clear()
    for seed in range(20):
        ages(world, 3, seed)
    assert len(set(arm.masses)) == 20
    assert min(arm.masses) >= 0.5
    assert max(arm.masses) <= 2.0


ALL = Randomisation(
    mass=(0.5, 2.0),
    sensor_noise=(0.0, 2.0),
    sensor_bias=(-1.0, 1.0),
    observation_delay=(0.0, 2.0),
    action_delay=(0.0, 2.0),
    drop=(0.0, 0.3),
    push_rate=(0.0, 3.0),
    push=(0.0, 1.0),
)


def test_the_same_seed_gives_the_same_episode_and_another_another() -> None:
    one, other = Noisy(), Noisy()
    first, second = DisturbedWorld(one, ALL), DisturbedWorld(other, ALL)
    expected = episode(first, seed=3)
    episode(second, seed=4)
    for arm in (one, other):
        arm.masses.clear()
        arm.pushes.clear()
    assert episode(first, seed=3) == expected == episode(second, seed=3)
    assert len(one.pushes) > 0
    assert (one.masses, one.pushes) == (other.masses, other.pushes)
    assert episode(first, seed=5) != expected


def test_episodes_without_a_seed_of_their_own_follow_from_the_first() -> None:
    def run() -> list[Any]:
        world = DisturbedWorld(Noisy(), ALL)
        world.reset(seed=1)
        rows = []
        for _ in range(3):
            rows.append(world.reset()[0].tolist())
            rows += [act(world)[0].tolist() for _ in range(4)]
        return rows

    rows = run()
    assert rows == run()
    assert rows[0] != rows[5] != rows[10]


def test_the_world_draws_for_itself_what_it_would_without_disturbance() -> None:
    class Drawing(Noisy):
        def _restart(self, seed: int | None) -> dict[str, Any]:
            super()._restart(seed)
            return {"start": self.np_random.uniform()}

    plain, changed = Drawing(), DisturbedWorld(Drawing(), ALL)
    for seed in (1, None, 2, None):
        assert changed.reset(seed=seed)[1] == plain.reset(seed=seed)[1]


@pytest.mark.parametrize(
    ("make", "ranges", "text"),
    [
        (
            Arm,
            {"mass": 1.1, "motor_gain": 0.9, "drop": 0.1},
            "world 'arm': its mass, motor_gain cannot be varied. Physics that are not a MuJoCo "
            "model's vary by what World.vary asks for.",
        ),
        (
            Noisy,
            {"mass": 1.1, "inertia": 0.9},
            "world 'arm': its inertia cannot be varied, its mass can. Physics that are not a "
            "MuJoCo model's vary by what World.vary asks for.",
        ),
        (
            Arm,
            {"sensor_noise": 1, "sensor_bias": 1},
            "world 'arm': sensor_noise and sensor_bias cannot be varied, because it does not say "
            "how noisy its sensors are. Give it an attribute sensor_noise, such as "
            "{'joint_states': {'position': 0.01}}.",
        ),
        (Arm, {"push_rate": 1, "push": 1}, "world 'arm': cannot be pushed."),
        (
            Misnamed,
            {"sensor_noise": 1},
            "world 'arm': its sensor_noise names joint_states.angle, imu.orientation, which its "
            "readings do not have. They have joint_states.position.",
        ),
    ],
)
def test_what_a_world_cannot_follow_is_said_at_once(
    make: Callable[[], World], ranges: dict[str, Any], text: str
) -> None:
    with pytest.raises(WorldError) as refused:
        disturbed(make(), **ranges)
    assert str(refused.value) == text


def test_it_draws_and_closes_the_world_in_it() -> None:
    class Painter(Arm):
        closed = False

        def snapshot(self) -> float:
            return self.age

        def draw(self, snapshot: float) -> np.ndarray:
            return np.full((1, 1, 3), snapshot, dtype=np.uint8)

        def close(self) -> None:
            self.closed = True

        def _advance(self, command: np.ndarray) -> PeriodEnd:
            return super()._advance(command)

    painter = Painter()
    world = disturbed(painter, drop=1)
    world.reset(seed=0)
    act(world)
    assert world.render().tolist() == [[[4, 4, 4]]]
    world.close()
    assert painter.closed
