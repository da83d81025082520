"""No episode of training is ever flown again in an evaluation."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ddpg_ros.learning.seeds import evaluation_seeds, selection_seeds, training_seed

ANY_SEED, ANY_COUNT = st.integers(0, 2**31 - 1), st.integers(0, 10**7)
FLOWN_AGAIN = {*evaluation_seeds(100_000), *selection_seeds(10_000)}


@settings(deadline=None, derandomize=True, database=None)
@given(ANY_SEED, st.integers(0, 4095), ANY_COUNT)
def test_training_never_meets_an_evaluation(seed: int, agent: int, episode: int) -> None:
    flown = training_seed(seed, agent, episode)
    assert flown not in FLOWN_AGAIN
    assert 0 <= flown < min(FLOWN_AGAIN)
    assert flown == training_seed(seed, agent, episode)


def test_the_choice_of_a_policy_never_meets_its_evaluation() -> None:
    assert len(FLOWN_AGAIN) == 110_000


def test_seeds_stay_what_they_are_or_published_results_could_not_be_repeated() -> None:
    assert evaluation_seeds(2) == [2147483648, 2147483649]
    assert selection_seeds(2) == [3221225472, 3221225473]
    assert [training_seed(0, 0, 0), training_seed(1, 2, 3)] == [1484405855, 1911094848]


def test_further_evaluation_episodes_follow_the_first() -> None:
    assert evaluation_seeds(5) == evaluation_seeds(2) + evaluation_seeds(3, first=2)


def test_every_episode_of_every_agent_and_run_is_another() -> None:
    drawn = [training_seed(s, a, e) for s in range(5) for a in range(8) for e in range(250)]
    assert len(set(drawn)) == len(drawn)
