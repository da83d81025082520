"""JSON that is no contract, or one of a later time, is refused by name."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from ddpg_ros.contract import SCHEMA, Contract
from ddpg_ros.errors import ContractError


def changed(contract: Contract, path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    """The contract's JSON with one value put in another's place."""
    data = json.loads(contract.to_json())
    *way, last = path
    place = data
    for step in way:
        place = place[step]
    place[last] = value
    return data


def test_the_schema_is_written_first(robot: Contract) -> None:
    assert next(iter(json.loads(robot.to_json()).items())) == ("schema", SCHEMA)


def test_a_newer_schema_is_refused_with_the_remedy(robot: Contract) -> None:
    data = {"schema": SCHEMA + 1, "invented": "later"}
    text = (
        f"contract.schema: this file has schema {SCHEMA + 1}, this ddpg_ros reads up to {SCHEMA}. "
        "Upgrade ddpg_ros on this machine."
    )
    with pytest.raises(ContractError, match=re.escape(text)):
        Contract.from_dict(data)


@pytest.mark.parametrize("schema", [None, "1", 1.0, True, 0, -1, [1]])
def test_a_schema_that_is_no_version_is_refused(robot: Contract, schema: Any) -> None:
    text = f"contract.schema: expected {SCHEMA}, got {schema!r}."
    with pytest.raises(ContractError, match=re.escape(text)):
        Contract.from_dict(changed(robot, ("schema",), schema))


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        (
            ("perriod",),
            0.1,
            "contract: unknown key perriod. "
            "Known here: name, period, observation, commands, history, history_layout.",
        ),
        (
            ("observation", 1, "offset"),
            0,
            "contract.observation[1]: unknown key offset. "
            "Known here: name, sources, feature, unit, low, high.",
        ),
        (
            ("observation", 2, "sources", 0, "frame"),
            "base",
            "contract.observation[2].sources[0]: unknown key frame. "
            "Known here: topic, message, field, elements, max_age.",
        ),
        (
            ("observation", 4, "feature", "rays"),
            360,
            "contract.observation[4].feature: unknown key rays. "
            "Known here: bins, max_range, angle_low, angle_high.",
        ),
        (
            ("commands", 0, "elements", 1, "max"),
            1,
            "contract.commands[0].elements[1]: unknown key max. "
            "Known here: name, unit, low, high, safe, slew_limit.",
        ),
        (
            ("observation", 0, "feature", "kind"),
            "fft",
            "contract.observation[0].feature.kind: expected one of cos_sin, goal, identity, "
            "min_pool, projected_gravity, tool_to_goal, got 'fft'.",
        ),
        (
            ("observation", 0, "feature"),
            {"kind": ["cos_sin"]},
            "contract.observation[0].feature.kind: expected one of cos_sin, goal,",
        ),
        (("period",), "fast", "contract.period: expected a number, got 'fast'."),
        (("history",), 2.5, "contract.history: expected a whole number, got 2.5."),
        (("commands",), [], "contract: contract 'walker': needs at least one observation term"),
        (
            ("commands", 0, "elements", 0, "low"),
            7,
            "contract.commands[0].elements[0]: action element 'hip': limits must be finite "
            "with low < high, got [7.0, 2.0].",
        ),
    ],
)
def test_a_wrong_value_is_named_by_its_path(
    robot: Contract, path: tuple[str | int, ...], value: Any, text: str
) -> None:
    with pytest.raises(ContractError, match="^" + re.escape(text)):
        Contract.from_dict(changed(robot, path, value))


@pytest.mark.parametrize(
    "text", ["", "{", '{"schema": 1', "nonsense", "[" * 100_000, '{"schema": ' + "1" * 5000 + "}"]
)
def test_what_is_not_json_says_so(text: str) -> None:
    with pytest.raises(ContractError, match=re.escape("contract: not JSON (")):
        Contract.from_json(text)


@pytest.mark.parametrize(("text", "got"), [("[]", "list"), ("null", "NoneType"), ("1", "int")])
def test_json_that_is_no_mapping_says_what_it_is(text: str, got: str) -> None:
    with pytest.raises(ContractError, match=re.escape(f"expected a mapping, got {got}.")):
        Contract.from_json(text)


def test_nesting_is_refused_at_any_depth(robot: Contract) -> None:
    for depth in range(900, 1050):
        text = robot.to_json().replace("0.02", "[" * depth + "]" * depth)
        with pytest.raises(ContractError):
            Contract.from_json(text)
