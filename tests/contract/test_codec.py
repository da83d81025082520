"""JSON values become the same dataclasses again, and what does not fit is named by its path."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddpg_ros.contract.codec import decode, encode
from ddpg_ros.errors import ContractError


class Shape:
    pass


@dataclass(frozen=True)
class Circle(Shape):
    radius: float
    kind: ClassVar[str] = "circle"


@dataclass(frozen=True)
class Dot(Shape):
    kind: ClassVar[str] = "dot"


@dataclass(frozen=True)
class Drawing:
    title: str
    copies: int
    shapes: tuple[Shape, ...] = ()
    size: tuple[float, ...] | float = 1.0
    note: str | None = None
    frame: Shape = field(default_factory=Dot)

    def __post_init__(self) -> None:
        if self.copies < 0:
            raise ContractError("copies must not be negative.")


DRAWING = {"title": "a", "copies": 1}
NUMBERS = st.floats(allow_nan=False)


@given(
    st.builds(
        Drawing,
        title=st.text(),
        copies=st.integers(min_value=0),
        shapes=st.lists(st.one_of(st.builds(Circle, NUMBERS), st.builds(Dot))).map(tuple),
        size=st.one_of(NUMBERS, st.lists(NUMBERS).map(tuple)),
        note=st.one_of(st.none(), st.text()),
        frame=st.builds(Circle, NUMBERS),
    )
)
def test_what_was_encoded_decodes_to_an_equal_value(drawing: Drawing) -> None:
    assert decode(Drawing, encode(drawing), "drawing") == drawing


def test_a_kind_is_written_first_and_infinities_as_texts() -> None:
    assert list(encode(Circle(math.inf)).items()) == [("kind", "circle"), ("radius", "inf")]
    assert encode(Circle(-math.inf))["radius"] == "-inf"


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"copies": 1.0}, "drawing.copies: expected a whole number, got 1.0."),
        ({"copies": True}, "drawing.copies: expected a whole number, got True."),
        ({"title": 7}, "drawing.title: expected a text, got 7."),
        ({"title": None}, "drawing.title: expected a text, got None."),
        ({"note": 7}, "drawing.note: expected a text, got 7."),
        ({"size": "large"}, "drawing.size: expected a number, got 'large'."),
        ({"size": "nan"}, "drawing.size: expected a number, got 'nan'."),
        ({"size": False}, "drawing.size: expected a number, got False."),
        ({"size": 10**400}, "drawing.size: expected a number, got 1000"),
        ({"size": [1, None]}, "drawing.size[1]: expected a number, got None."),
        ({"shapes": "circle"}, "drawing.shapes: expected a list, got 'circle'."),
        ({"shapes": {}}, "drawing.shapes: expected a list, got {}."),
        ({"shapes": [1]}, "drawing.shapes[0]: expected a mapping, got 1."),
        ({"shapes": [{}]}, "drawing.shapes[0].kind: expected one of circle, dot, got None."),
        ({"frame": {"kind": "box"}}, "drawing.frame.kind: expected one of circle, dot, got 'box'."),
        ({"frame": {"kind": ["dot"]}}, "drawing.frame.kind: expected one of circle, dot, got ["),
        ({"frame": {"kind": "circle"}}, "drawing.frame: radius missing. Add it to the contract."),
        ({"frame": {"kind": "dot", "x": 1}}, "drawing.frame: unknown key x. Known here: ."),
        ({"copies": -1}, "drawing: copies must not be negative."),
        (
            {"colour": 1, "tint": 2},
            "drawing: unknown key colour, tint. "
            "Known here: title, copies, shapes, size, note, frame.",
        ),
    ],
)
def test_what_does_not_fit_is_named_by_its_path(change: dict[str, Any], text: str) -> None:
    with pytest.raises(ContractError, match="^" + re.escape(text)):
        decode(Drawing, {**DRAWING, **change}, "drawing")


def test_missing_keys_are_all_named() -> None:
    text = "drawing: title, copies missing. Add it to the contract."
    with pytest.raises(ContractError, match=re.escape(text)):
        decode(Drawing, {}, "drawing")


def test_a_huge_or_endless_value_makes_a_short_message() -> None:
    deep: list[Any] = []
    deep.append(deep)
    for value in ("x" * 10**6, list(range(10**6)), deep):
        with pytest.raises(ContractError) as caught:
            decode(Drawing, {**DRAWING, "copies": value}, "drawing")
        assert len(str(caught.value)) < 150


def test_what_is_decoded_is_left_as_it_was() -> None:
    data = {**DRAWING, "frame": {"kind": "dot"}}
    decode(Drawing, data, "drawing")
    assert data == {**DRAWING, "frame": {"kind": "dot"}}
