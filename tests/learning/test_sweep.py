"""The grid of disturbances, how its cells are judged, and how they are told."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from matplotlib.image import imread

from ddpg_ros.errors import ConfigError
from ddpg_ros.learning.heat_maps import draw_heat_maps
from ddpg_ros.learning.sweep import (
    AXES,
    NOMINAL,
    NORMALISED_RETURN,
    SUCCESS,
    Sweep,
    choose_axes,
    randomisation_of,
)
from ddpg_ros.worlds import Randomisation


def summary(mean: float, **outcomes: int) -> dict[str, Any]:
    return {"episodes": sum(outcomes.values()), "mean": mean, "outcomes": outcomes}


def small() -> Sweep:
    """Delay and mass, of two disturbed values each."""
    return Sweep(choose_axes(["delay=0,1,2", "mass=0.7,1,1.3"]))


def flown(sweep: Sweep) -> Sweep:
    """One in which each disturbed axis costs a quarter of the successes."""
    sweep.idle = summary(0.0, failure=4)
    for cell in sweep.cells:
        lost = len(cell)
        sweep.found[cell] = summary(1.0, success=4 - lost, failure=lost)
    return sweep


def test_the_grid_is_the_model_each_axis_alone_and_each_two_together() -> None:
    sweep = small()
    assert sweep.cells == [
        NOMINAL,
        (("delay", 1.0),),
        (("delay", 2.0),),
        (("mass", 0.7),),
        (("mass", 1.3),),
        (("delay", 1.0), ("mass", 0.7)),
        (("delay", 1.0), ("mass", 1.3)),
        (("delay", 2.0), ("mass", 0.7)),
        (("delay", 2.0), ("mass", 1.3)),
    ]


def test_the_usual_grid_has_four_axes_and_what_comes_all_at_once() -> None:
    sweep = Sweep(choose_axes([]))
    assert [axis.name for axis in sweep.axes] == ["delay", "noise", "mass", "friction"]
    assert len(sweep.cells) == len(set(sweep.cells)) == 1 + 4 * 4 + 2 + 6 * 4 * 4
    assert (("delay", 1.0), ("noise", 2.0), ("mass", 1.3)) in sweep.cells


@pytest.mark.parametrize("axis", AXES.values(), ids=AXES.keys())
def test_an_axis_ascends_and_has_its_nominal_value_which_disturbs_nothing(axis: Any) -> None:
    assert list(axis.values) == sorted(set(axis.values))
    assert randomisation_of(((axis.name, axis.nominal),)) == Randomisation()
    assert axis.nominal in axis.values


def test_the_nominal_value_joins_those_that_are_given() -> None:
    (mass,) = choose_axes(["mass=1.5,0.5"])
    assert mass.values == (0.5, 1.0, 1.5)


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        (["speed"], "--axis speed: no such axis. Known: delay, noise, mass, friction, gain, drop."),
        (["mass=heavy"], "--axis mass=heavy: expected numbers as in delay=0,1,2."),
        (["mass="], "--axis mass=: expected numbers as in delay=0,1,2."),
        (["mass", "drop", "mass=2"], "--axis: mass is given twice; name all its values in one."),
        (
            ["mass=0"],
            "--axis mass=0: mass: expected a value in [0.01, 100], got 0.",
        ),
    ],
)
def test_an_axis_that_cannot_be_is_refused(texts: list[str], sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        choose_axes(texts)
    assert str(refused.value) == sentence


def test_a_cell_is_a_robot_of_exactly_these_values() -> None:
    ranges = randomisation_of((("delay", 1.5), ("noise", 2.0), ("mass", 0.7), ("friction", 2.0)))
    assert ranges == Randomisation(
        observation_delay=(1.5, 1.5), sensor_noise=(2, 2), mass=(0.7, 0.7), friction=(2, 2)
    )
    assert randomisation_of(NOMINAL) == Randomisation()


def test_where_a_world_knows_success_its_rate_counts() -> None:
    sweep = flown(small())
    assert sweep.judged_by == SUCCESS
    assert sweep.at() == sweep.at(delay=0, mass=1) == 1.0
    assert sweep.at(delay=2.0) == sweep.at(delay=2.0, mass=1.0) == 0.75
    assert sweep.at(mass=0.7, delay=1.0) == 0.5


def test_elsewhere_the_return_counts_between_the_safe_commands_and_the_nominal_one() -> None:
    sweep = small()
    sweep.found = {
        NOMINAL: summary(-100.0, time_limit=4),
        (("delay", 1.0),): summary(-150.0, time_limit=4),
    }
    assert sweep.judged_by == NORMALISED_RETURN
    assert math.isnan(sweep.at(delay=1.0))
    sweep.idle = summary(-300.0, time_limit=4)
    assert sweep.at() == 1.0
    assert sweep.at(delay=1.0) == 0.75
    assert math.isnan(sweep.at(delay=2.0))
    assert sweep.why_unscored() == ""
    sweep.idle = summary(-90.0, time_limit=4)
    assert math.isnan(sweep.at(delay=1.0))
    assert sweep.why_unscored() == (
        "no score: as modelled the policy returns -100, no more than the safe command does, -90"
    )


def test_the_table_has_a_row_of_values_and_one_of_scores_for_each_axis() -> None:
    sweep = flown(Sweep(choose_axes(["delay=0,1", "mass=0.7,1,1.3", "noise=0,2"])))
    del sweep.found[(("noise", 2.0),)]
    assert sweep.rows() == [
        ("delay", "[control periods]", "0", "1", ""),
        ("", "", "100%", "75%", ""),
        ("mass", "[of the model's]", "0.7", "1", "1.3"),
        ("", "", "75%", "100%", "75%"),
        ("noise", "[nominal deviations]", "0", "2", ""),
        ("", "", "100%", "-", ""),
        ("together", "delay 1, noise 2, mass 0.7", "25%", "", ""),
        ("together", "delay 1, noise 2, mass 1.3", "25%", "", ""),
    ]


def test_what_was_found_is_json_however_much_is_missing() -> None:
    sweep = small()
    assert json.loads(json.dumps(sweep.to_dict()))["cells"] == []
    assert not sweep.complete
    content = json.loads(json.dumps(flown(sweep).to_dict()))
    assert sweep.complete
    assert content["complete"]
    assert content["axes"][0] == {
        "name": "delay",
        "unit": "control periods",
        "nominal": 0.0,
        "values": [0.0, 1.0, 2.0],
    }
    assert content["cells"][5] == {
        "disturbance": {"delay": 1.0, "mass": 0.7},
        "score": 0.5,
        **summary(1.0, success=2, failure=2),
    }


def test_each_two_axes_are_a_picture_even_of_a_grid_that_is_not_whole(tmp_path: Path) -> None:
    sweep = flown(Sweep(choose_axes(["delay=0,1", "mass=1,2", "friction=1,2"])))
    whole = draw_heat_maps(sweep, tmp_path / "whole", "arm")
    assert [path.name for path in whole] == [
        "delay-mass.png",
        "delay-friction.png",
        "mass-friction.png",
    ]
    del sweep.found[(("delay", 1.0), ("mass", 2.0))]
    partial = draw_heat_maps(sweep, tmp_path / "partial", "arm")
    pictures = [imread(path) for path in (whole[0], partial[0], whole[1], partial[1])]
    assert (pictures[0] != pictures[1]).any()
    assert (pictures[2] == pictures[3]).all()
