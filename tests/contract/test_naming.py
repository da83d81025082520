"""Names are short, printable and unique; topics are relative ROS names."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddpg_ros.contract.naming import check_name, check_topic, check_unique
from ddpg_ros.errors import ContractError


@pytest.mark.parametrize(
    "name", ["", "a b", " ", "a\tb", "a\nb", "\x00", "a\u00a0b", "\ud800", "\u202ehip", "a" * 201]
)
def test_a_name_that_cannot_be_printed_on_one_line_is_refused(name: str) -> None:
    text = f"element: a name is 1 to 200 printable characters without blanks, got {name[:200]!r}."
    with pytest.raises(ContractError, match=re.escape(text)):
        check_name(name, "element")


@pytest.mark.parametrize("name", ["a", "a" * 200, "linear.x", "左腕", "cos(é)", "0"])
def test_any_printable_name_will_do(name: str) -> None:
    check_name(name, "element")


@pytest.mark.parametrize("name", ["scan", "joint_states", "arm/commands", "_a1/b_2"])
def test_a_relative_ros_name_is_a_topic(name: str) -> None:
    check_topic(name, "topic")


@pytest.mark.parametrize(
    "name", ["/scan", "scan/", "a//b", "~/scan", "1scan", "a/2b", "a-b", "a.b", "{x}", "é", "²"]
)
def test_a_topic_that_ros_cannot_remap_is_refused(name: str) -> None:
    text = (
        f"topic: expected a relative ROS name such as joint_states or arm/commands, got '{name}'."
    )
    with pytest.raises(ContractError, match=re.escape(text)):
        check_topic(name, "topic")


@given(st.text(max_size=8))
def test_a_topic_is_what_ros_takes_for_a_relative_name(name: str) -> None:
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*(/[A-Za-z_][A-Za-z0-9_]*)*", name):
        check_topic(name, "topic")
    else:
        with pytest.raises(ContractError):
            check_topic(name, "topic")


def test_the_first_name_that_comes_twice_is_named() -> None:
    check_unique(iter("abc"), "joint")
    text = "joint 'b' is there twice; names must be unique."
    with pytest.raises(ContractError, match=re.escape(text)):
        check_unique(iter("abcba"), "joint")
