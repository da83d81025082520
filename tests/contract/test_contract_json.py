"""A contract goes to JSON and back without loss."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from ddpg_ros.contract import (
    ActionElement,
    Command,
    Contract,
    CosSin,
    Goal,
    Hinge,
    Identity,
    MinPool,
    ObservationTerm,
    ProjectedGravity,
    Source,
    ToolToGoal,
    readings,
)

NAMES = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=8)
NAME_LISTS = st.lists(NAMES, min_size=1, max_size=4, unique=True).map(tuple)
ABOVE_ZERO = st.floats(min_value=0, exclude_min=True)
LIMITS = st.tuples(st.floats(allow_nan=False), st.floats(allow_nan=False)).filter(
    lambda pair: pair[0] != pair[1]
)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
TRIPLES = st.tuples(*[st.floats(-1e3, 1e3)] * 3)
FIXED = [
    (message, field, elements)
    for message, fields in readings.FIELDS.items()
    for field, elements in fields.items()
    if elements
]


def hinges(joint: str) -> st.SearchStrategy[Hinge]:
    axes = TRIPLES.filter(lambda axis: math.hypot(*axis) > 1e-6)
    return st.builds(Hinge, st.just(joint), TRIPLES, TRIPLES, axes)


@st.composite
def terms(draw: st.DrawFn, index: int) -> ObservationTerm:
    """A term on topics of its own, for a topic has one type."""
    topic = f"t{index}"
    joints = Source(topic, readings.JOINT_STATE, "velocity", draw(NAME_LISTS), draw(ABOVE_ZERO))
    message, field, elements = draw(st.sampled_from(FIXED))
    some = draw(st.lists(st.sampled_from(elements), unique=True).map(tuple))
    vector = Source(topic, message, field, some, draw(ABOVE_ZERO))
    imu = Source(topic, readings.IMU, "orientation", max_age=draw(ABOVE_ZERO))
    scan = Source(topic, readings.LASER_SCAN, "ranges", max_age=draw(ABOVE_ZERO))
    goal = (
        Source(topic, readings.POSE_STAMPED, "pose.position", ("x", "y"), draw(ABOVE_ZERO)),
        Source(f"{topic}/odom", readings.ODOMETRY, "pose.pose.position"),
        Source(f"{topic}/odom", readings.ODOMETRY, "pose.pose.orientation"),
    )
    reach = (
        Source(topic, readings.POSE_STAMPED, "pose.position", max_age=draw(ABOVE_ZERO)),
        Source(f"{topic}/joints", readings.JOINT_STATE, "position", joints.elements),
    )
    chain = tuple(draw(hinges(name)) for name in joints.elements)
    to_goal = ToolToGoal(chain, draw(TRIPLES), draw(st.sampled_from([0.0, 0.1])), draw(NAMES))
    low = draw(st.floats(-10, 10))
    pool = MinPool(
        draw(st.integers(1, 9)), draw(st.floats(1e-3, 1e3)), low, low + draw(st.floats(0.1, 6))
    )
    sources, feature = draw(
        st.sampled_from(
            [
                ((joints,), Identity()),
                ((joints,), CosSin()),
                ((vector,), Identity()),
                ((imu,), ProjectedGravity()),
                ((scan,), pool),
                (goal, Goal()),
                (reach, to_goal),
            ]
        )
    )
    size = len(feature.names(sources))
    pairs = [sorted(draw(LIMITS)) for _ in range(size)]
    lows, highs = zip(*pairs, strict=True)
    return ObservationTerm(f"term{index}", sources, feature, draw(st.text(max_size=5)), lows, highs)


@st.composite
def action_elements(draw: st.DrawFn, name: str) -> ActionElement:
    low, high = sorted(draw(st.tuples(FINITE, FINITE).filter(lambda pair: pair[0] != pair[1])))
    unit, safe = draw(st.text(max_size=5)), draw(st.floats(low, high))
    return ActionElement(name, unit, low, high, safe, slew_limit=draw(ABOVE_ZERO))


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    observation = [draw(terms(index)) for index in range(draw(st.integers(1, 4)))]
    message, field = draw(
        st.sampled_from([(readings.FLOAT64_MULTI_ARRAY, ""), (readings.JOINT_STATE, "effort")])
    )
    elements = tuple(draw(action_elements(name)) for name in draw(NAME_LISTS))
    commands = (Command("commands", message, elements, field),)
    return Contract(
        draw(NAMES),
        draw(st.floats(1e-4, 60)),
        tuple(observation),
        commands,
        draw(st.integers(1, min(1000, 5000 // sum(term.size for term in observation)))),
    )


@given(contracts())
def test_a_contract_survives_json_without_loss(contract: Contract) -> None:
    text = contract.to_json()
    assert "\n" not in text
    again = Contract.from_json(text)
    assert again == contract
    assert again.to_json() == text
