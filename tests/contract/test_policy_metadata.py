"""What a policy file says of itself comes back bit for bit, or is refused: never another error."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddpg_ros.contract import generic_contract
from ddpg_ros.contract.digest import BLANK_DIGEST
from ddpg_ros.contract.policy_metadata import ObservationStatistics, PolicyMetadata, Probes
from ddpg_ros.errors import PolicyFileError

KEYS = ("contract", "probes", "statistics", "provenance")


def metadata() -> PolicyMetadata:
    """Two observations, one action, three probes."""
    random = np.random.default_rng(7)
    return PolicyMetadata(
        contract=generic_contract("toy", [-1, -1], [1, 1], [-2], [2], period=0.1),
        probes=Probes(
            observations=random.normal(size=(3, 2)).astype(np.float32),
            actions=random.normal(size=(3, 1)).astype(np.float32),
            tolerance=1e-5,
        ),
        statistics=ObservationStatistics(1000, *random.normal(size=(4, 2))),
        provenance={"seed": 7, "evaluation": {"return": -123.456}},
    )


TEXTS = metadata().to_texts()


def with_change(key: str, **changes: Any) -> dict[str, str]:
    return {**TEXTS, key: json.dumps({**json.loads(TEXTS[key]), **changes})}


def read_or_refused(texts: dict[str, str]) -> PolicyMetadata | str:
    try:
        return PolicyMetadata.from_texts(texts)
    except PolicyFileError as error:
        return str(error)


def test_metadata_comes_back_bit_for_bit() -> None:
    before, after = metadata(), PolicyMetadata.from_texts(TEXTS)
    assert (after.contract, after.provenance) == (before.contract, before.provenance)
    assert (after.probes.tolerance, after.statistics.count) == (1e-5, 1000)
    for part in ("probes", "statistics"):
        for name, value in vars(getattr(before, part)).items():
            again = np.asarray(getattr(getattr(after, part), name))
            assert (again.dtype, again.shape) == (np.asarray(value).dtype, np.shape(value))
            assert again.tobytes() == np.asarray(value).tobytes()
    assert after.to_texts() == TEXTS


def test_the_digest_is_left_blank_for_the_sealer() -> None:
    assert TEXTS["digest"] == BLANK_DIGEST
    assert set(TEXTS) == {*KEYS, "digest"}


def test_metadata_of_another_maker_says_what_is_missing() -> None:
    text = (
        "its metadata has no contract, probes, statistics, provenance, so it is not a ddpg_ros "
        "policy. Export it with 'ddpg-ros export'."
    )
    with pytest.raises(PolicyFileError, match=re.escape(text)):
        PolicyMetadata.from_texts({"author": "somebody"})


def test_a_wrong_contract_is_named_by_its_path() -> None:
    text = "its contract is wrong: contract.period: expected a number, got 'fast'."
    with pytest.raises(PolicyFileError, match=re.escape(text)):
        PolicyMetadata.from_texts(with_change("contract", period="fast"))


@pytest.mark.parametrize(
    ("key", "changes", "text"),
    [
        ("probes", {"actions": "AAAA"}, "buffer size must be a multiple of element size"),
        ("probes", {"actions": "AAAAAA=="}, "3 probe observations for 1 actions"),
        ("probes", {"actions": "", "observations": ""}, "0 probe observations for 0 actions"),
        ("probes", {"actions": "?"}, ""),
        ("probes", {"actions": 7}, ""),
        ("probes", {"observations": "AADAfwAAwH8AAMB/AADAfwAAwH8AAMB/"}, "a probe is not finite"),
        ("probes", {"tolerance": 0.011}, "probe tolerance 0.011 is not in (0, 0.01]"),
        ("probes", {"tolerance": 0}, "probe tolerance 0.0 is not in (0, 0.01]"),
        ("probes", {"tolerance": float("nan")}, "probe tolerance nan is not in (0, 0.01]"),
        ("probes", {"tolerance": 10**400}, "int too large to convert to float"),
        ("statistics", {"mean": [1.0]}, "statistics.mean has shape (1,)"),
        ("statistics", {"std": [1.0, None]}, "statistics.std is not finite"),
        ("statistics", {"maximum": [1, 10**400]}, "int too large to convert to float"),
        ("statistics", {"count": float("inf")}, "cannot convert float infinity to integer"),
    ],
)
def test_a_value_that_does_not_fit_is_malformed(key: str, changes: dict, text: str) -> None:
    with pytest.raises(PolicyFileError, match=re.escape(f"its metadata is malformed ({text}")):
        PolicyMetadata.from_texts(with_change(key, **changes))


@pytest.mark.parametrize("key", ["probes", "statistics", "provenance"])
@pytest.mark.parametrize("text", ["", "{", "null", "[]", '"text"', "3", "[" * 100_000])
def test_a_part_that_is_no_mapping_is_malformed(key: str, text: str) -> None:
    with pytest.raises(PolicyFileError, match=re.escape("its metadata is malformed (")):
        PolicyMetadata.from_texts({**TEXTS, key: text})


ODD = st.one_of(
    st.sampled_from([10**400, -(10**400), [[]], [[[0.0]]], {"kind": []}, [{}], "AAAA", [None] * 2]),
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4)),
        lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(max_size=4), inner)),
        max_leaves=4,
    ),
)


@settings(max_examples=400)
@given(st.sampled_from(KEYS), st.integers(0, 2), st.data())
def test_whatever_is_changed_the_file_is_read_or_refused(
    key: str, leave: int, data: st.DataObject
) -> None:
    changed = json.loads(TEXTS[key])
    place, deeper = changed, [changed]
    while deeper:
        place = data.draw(st.sampled_from(deeper))
        children = place.values() if isinstance(place, dict) else place
        deeper = [child for child in children if isinstance(child, (dict, list)) and child]
        if data.draw(st.booleans()):
            break
    step = data.draw(st.sampled_from(list(place) if isinstance(place, dict) else range(len(place))))
    if leave:
        place[step] = data.draw(ODD)
    else:
        del place[step]
    text = json.dumps(changed)
    cut = data.draw(st.one_of(st.just(len(text)), st.integers(0, len(text)))) if leave > 1 else None
    read = read_or_refused({**TEXTS, key: text[:cut]})
    if isinstance(read, str):
        assert read.startswith(("its contract is wrong: ", "its metadata is malformed ("))
    else:
        assert isinstance(read.provenance, dict)
        assert read.statistics.mean.shape == (read.contract.observation_size,)
        assert np.isfinite(read.probes.observations).all()
